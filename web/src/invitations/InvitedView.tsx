import type { UseQueryResult } from "@tanstack/react-query";
import type { Config, InvitationPreview } from "../api/shapes";
import { problemOf } from "../api/problem";
import { AuthCard } from "../auth/AuthCard";
import { GoogleButton } from "../auth/GoogleButton";
import type { Opening, ViewProps } from "../auth/SignIn";
import { useServices } from "../services";
import { Notice } from "../ui/Notice";
import { DeadInvitation } from "./DeadInvitation";
import { InvitationWords } from "./InvitationWords";

interface InvitedViewProps extends ViewProps {
  config: Config | undefined;
  opening: Opening | null;
  invited: UseQueryResult<InvitationPreview>;
}

/** What somebody sees first who follows an invitation and is not signed in. */
export function InvitedView({ config, opening, invited, onEmail, onShow }: InvitedViewProps) {
  const { invitation } = useServices();
  const { data, error, refetch } = invited;
  if (error) {
    return (
      <DeadInvitation
        problem={problemOf(error)}
        onRetry={() => void refetch()}
        way="Go to sign-in"
        onLeave={() => {
          invitation.putAside();
          onShow("sign-in");
        }}
      />
    );
  }
  if (!data) return <AuthCard title="Your invitation" lead="One moment." />;
  const goOn = (view: "sign-in" | "sign-up") => {
    onEmail(data.email);
    onShow(view);
  };
  return (
    <AuthCard
      title={`Join ${data.workspace_name}`}
      lead={<InvitationWords invitation={data} />}
      isAnnounced
    >
      {opening && <Notice {...opening} />}
      {config?.sign_up?.has_google && (
        <>
          <GoogleButton isStandIn={config.is_auth_embedded} />
          <p className="divider">
            <span>or with a password</span>
          </p>
        </>
      )}
      <div className="auth-choices">
        <button type="button" className="button button-primary" onClick={() => goOn("sign-up")}>
          Create an account
        </button>
        <button type="button" className="button" onClick={() => goOn("sign-in")}>
          I have an account
        </button>
      </div>
    </AuthCard>
  );
}
