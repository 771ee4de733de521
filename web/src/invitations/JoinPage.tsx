import { problemOf } from "../api/problem";
import { AuthCard } from "../auth/AuthCard";
import type { Membership, Session } from "../auth/session";
import { useServices } from "../services";
import { Notice } from "../ui/Notice";
import { useSubmit } from "../ui/useSubmit";
import { enterWorkspace } from "../workspace/entering";
import { DeadInvitation } from "./DeadInvitation";
import { InvitationWords } from "./InvitationWords";
import { useInvitationPreview } from "./queries";

/** Asks somebody who is signed in whether to accept an invitation, and says as whom. */
export default function JoinPage({ token, session }: { token: string; session: Session }) {
  const services = useServices();
  const { api, invitation, session: sessions } = services;
  const { data, error, refetch } = useInvitationPreview(token);
  const { isBusy, problem, submit } = useSubmit();
  const failure = problem ?? (error && problemOf(error));
  if (failure && (error || failure.code === "invitation_not_found")) {
    return (
      <DeadInvitation
        problem={failure}
        onRetry={() => void refetch()}
        way={session.workspace ? `Go to ${session.workspace.name}` : "Go on"}
        onLeave={invitation.putAside}
      />
    );
  }
  if (!data) return <AuthCard title="Your invitation" lead="One moment." />;

  const join = () =>
    submit(async () => {
      const workspace = await api.post<Membership>("/v1/invitations/accept", { token });
      enterWorkspace(services, workspace);
      invitation.putAside();
    });
  const change = () => {
    void api.logout().catch(() => undefined);
    sessions.close();
  };
  return (
    <AuthCard
      title={`Join ${data.workspace_name}`}
      lead={<InvitationWords invitation={data} />}
      isAnnounced
    >
      <p className="sign-in-lead">
        You are signed in as <strong>{session.user.email}</strong>.{" "}
        <button type="button" className="link" onClick={change}>
          Use another account
        </button>
      </p>
      {problem && <Notice problem={problem} />}
      <div className="auth-choices">
        <button
          type="button"
          className="button button-primary"
          aria-disabled={isBusy}
          onClick={() => void join()}
        >
          {isBusy ? "Joining…" : `Join ${data.workspace_name}`}
        </button>
        <button type="button" className="button" onClick={invitation.putAside}>
          Not now
        </button>
      </div>
    </AuthCard>
  );
}
