import type { SignUp } from "../api/shapes";
import { AuthCard } from "./AuthCard";
import { OutboxLink } from "./OutboxLink";

interface MailSentProps {
  email: string;
  /** What the mail is for. */
  reason: "recovery" | "confirmation";
  signUp: SignUp | undefined;
  onSignIn: () => void;
}

/** A mail is on its way; what follows happens from its link. */
export function MailSent({ email, reason, signUp, onSignIn }: MailSentProps) {
  // Never says whether the address has an account: that is nobody else's business.
  const lead =
    reason === "recovery" ? (
      <>
        If <strong>{email}</strong> has an account, a mail with a link to choose a new password is
        on its way.
      </>
    ) : (
      <>
        A mail is on its way to <strong>{email}</strong>. Open its link to confirm the address, then
        sign in.
      </>
    );
  return (
    <AuthCard title="Check your mail" lead={lead} isAnnounced>
      <OutboxLink url={signUp?.outbox_url} />
      <p className="auth-switch">
        {!signUp?.outbox_url && "Nothing there after a few minutes? Look into the spam folder. "}
        <button type="button" className="link" onClick={onSignIn}>
          Back to sign-in
        </button>
      </p>
    </AuthCard>
  );
}
