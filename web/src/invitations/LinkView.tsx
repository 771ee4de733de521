import { useQuery } from "@tanstack/react-query";
import { AuthCard } from "../auth/AuthCard";
import type { Opening } from "../auth/SignIn";
import { useServices } from "../services";
import { Notice } from "../ui/Notice";
import { useSubmit } from "../ui/useSubmit";
import { InvitationWords } from "./InvitationWords";
import { useInvitationPreview } from "./queries";

interface LinkViewProps {
  token: string;
  refreshToken: string;
  invitation: string;
  /** Called when there is nothing left to do here; without an opening, one is signed in. */
  onDone: (opening: Opening | null) => void;
}

const EXPIRED = "This link has expired or was used before. Sign in to accept the invitation.";

/** Where the mail of an invitation leads who has an account: anyone can send a link with a session in it,
 * so it is said whose it is before it is taken up. */
export function LinkView({ token, refreshToken, invitation, onDone }: LinkViewProps) {
  const { api, enter } = useServices();
  const { isBusy, problem, submit } = useSubmit();
  const { data } = useInvitationPreview(invitation);
  const owner = useQuery({ queryKey: ["recovery", token], queryFn: () => api.owner(token) });
  const goOn = () =>
    submit(async () => {
      enter(await api.enterByLink(refreshToken));
      onDone(null);
    });
  const email = owner.data?.user.email;
  return (
    <AuthCard
      title={data ? `Join ${data.workspace_name}` : "Your invitation"}
      lead={data ? <InvitationWords invitation={data} /> : "One moment."}
      isAnnounced
    >
      {problem && <Notice problem={problem} />}
      {owner.error && <Notice message={EXPIRED} isBad />}
      <div className="auth-choices">
        {email && (
          <button
            type="button"
            className="button button-primary"
            aria-disabled={isBusy}
            onClick={() => void goOn()}
          >
            {isBusy ? "Signing you in…" : `Join as ${email}`}
          </button>
        )}
        <button type="button" className="button" onClick={() => onDone(null)}>
          Sign in another way
        </button>
      </div>
    </AuthCard>
  );
}
