import { useState } from "react";
import type { Config } from "../api/shapes";
import { useServices } from "../services";
import { AuthCard } from "./AuthCard";
import { AuthForm } from "./AuthForm";
import { EmailField } from "../ui/Field";
import { MailSent } from "./MailSent";
import type { ViewProps } from "./SignIn";
import { useSubmit } from "../ui/useSubmit";

/** Asks for a mail with a link to choose a new password. */
export function ForgotView({
  config,
  email,
  onEmail,
  onShow,
}: ViewProps & { config: Config | undefined }) {
  const { api } = useServices();
  const { isBusy, problem, submit } = useSubmit();
  const [isSent, setIsSent] = useState(false);
  const goBack = () => onShow("sign-in");

  if (isSent) {
    return <MailSent email={email} reason="recovery" signUp={config?.sign_up} onSignIn={goBack} />;
  }
  return (
    <AuthCard
      title="Forgot your password?"
      lead="Tell us your e-mail address, and we send you a link to choose a new one."
    >
      <AuthForm
        action="Send the link"
        busyAction="Sending…"
        isBusy={isBusy}
        problem={problem}
        onSubmit={() =>
          void submit(async () => {
            await api.recover(email);
            setIsSent(true);
          })
        }
      >
        <EmailField value={email} onChange={onEmail} autoFocus />
      </AuthForm>
      <p className="auth-switch">
        <button type="button" className="link" onClick={goBack}>
          Back to sign-in
        </button>
      </p>
    </AuthCard>
  );
}
