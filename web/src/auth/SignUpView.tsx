import { useState } from "react";
import type { Config } from "../api/shapes";
import { useServices } from "../services";
import { AuthCard } from "./AuthCard";
import { AuthForm } from "./AuthForm";
import { EmailField, Field, PasswordField } from "../ui/Field";
import { problemAt } from "../ui/fieldProblem";
import { GoogleButton } from "./GoogleButton";
import { MailSent } from "./MailSent";
import type { ViewProps } from "./SignIn";
import { useSubmit } from "../ui/useSubmit";

/** A new account, and with it a workspace of one's own. */
export function SignUpView({
  config,
  email,
  onEmail,
  onShow,
  workspaceName,
}: ViewProps & { config: Config | undefined }) {
  const { api, enter } = useServices();
  const { isBusy, problem, submit } = useSubmit();
  const [isWaiting, setIsWaiting] = useState(false);

  const signUp = (fields: FormData) =>
    submit(async () => {
      const name = String(fields.get("name")).trim();
      const password = String(fields.get("password"));
      const reply = await api.signUp({ email, password, ...(name && { name }) });
      if ("access_token" in reply) enter(reply);
      else setIsWaiting(true);
    });

  if (isWaiting) {
    return (
      <MailSent
        email={email}
        reason="confirmation"
        signUp={config?.sign_up}
        onSignIn={() => onShow("sign-in")}
      />
    );
  }
  const isTaken = problem?.code === "email_taken";
  return (
    <AuthCard
      title="Create your account"
      lead={
        workspaceName
          ? `With it you join ${workspaceName}.`
          : "You get a workspace of your own, on a free trial. No card is asked for."
      }
    >
      {config?.sign_up?.has_google && (
        <>
          <GoogleButton isStandIn={config.is_auth_embedded} />
          <p className="divider">
            <span>or with a password</span>
          </p>
        </>
      )}
      <AuthForm
        action="Create account"
        busyAction="Creating your account…"
        isBusy={isBusy}
        problem={problem}
        onSubmit={(fields) => void signUp(fields)}
      >
        <Field
          label="Your name (optional)"
          name="name"
          autoComplete="name"
          maxLength={100}
          autoFocus
        />
        <EmailField value={email} onChange={onEmail} problem={problemAt("email", problem)} />
        <PasswordField
          label="Password"
          autoComplete="new-password"
          note="Longer is safer. A few words in a row work well."
          problem={problemAt("password", problem)}
        />
      </AuthForm>
      {isTaken && workspaceName && (
        // The account was made so that the invitation could be mailed, and has no password yet.
        <p className="auth-switch">
          Is it new to you? The link in the mail of your invitation sets your account up. Or{" "}
          <button type="button" className="link" onClick={() => onShow("forgot")}>
            choose a password by mail
          </button>
          , then follow the invitation again.
        </p>
      )}
      <p className="auth-switch">
        {isTaken ? "Is it yours?" : "Have an account?"}{" "}
        <button type="button" className="link" onClick={() => onShow("sign-in")}>
          Sign in instead
        </button>
      </p>
    </AuthCard>
  );
}
