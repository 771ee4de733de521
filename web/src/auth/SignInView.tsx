import type { Config } from "../api/shapes";
import { useServices } from "../services";
import { AuthCard } from "./AuthCard";
import { AuthForm } from "./AuthForm";
import { DemoLogins } from "./DemoLogins";
import { EmailField, PasswordField } from "../ui/Field";
import { GoogleButton } from "./GoogleButton";
import { Notice } from "../ui/Notice";
import type { Opening, ViewProps } from "./SignIn";
import { useSubmit } from "../ui/useSubmit";

interface SignInViewProps extends ViewProps {
  config: Config | undefined;
  opening: Opening | null;
}

/** Signing in: with a password, with Google, and in the demo with one click. */
export function SignInView(props: SignInViewProps) {
  const { config, opening, email, onEmail, onShow, isSwitched, workspaceName } = props;
  const { api, enter } = useServices();
  const { isBusy, problem, submit } = useSubmit();
  const signIn = (address: string, password: string) =>
    submit(async () => enter(await api.login(address, password)));
  const demoLogins = config?.demo_logins ?? [];
  const signUp = config?.sign_up;
  return (
    <AuthCard
      title={`Sign in to ${config?.product ?? "GTM Dashboard"}`}
      lead={
        workspaceName
          ? `With that you join ${workspaceName}.`
          : "Ask your traffic, search and funnel data in plain language. Every answer shows where its numbers come from."
      }
    >
      {opening && !problem && <Notice {...opening} />}
      {demoLogins.length > 0 && (
        <>
          <DemoLogins logins={demoLogins} isBusy={isBusy} onPick={signIn} />
          <p className="divider">
            <span>or with an account</span>
          </p>
        </>
      )}
      {signUp?.has_google && <GoogleButton isStandIn={config?.is_auth_embedded ?? false} />}
      {signUp?.has_google && demoLogins.length === 0 && (
        <p className="divider">
          <span>or with a password</span>
        </p>
      )}
      <AuthForm
        action="Sign in"
        busyAction="Signing in…"
        isBusy={isBusy}
        problem={problem}
        onSubmit={(fields) => void signIn(email, String(fields.get("password")))}
      >
        <EmailField value={email} onChange={onEmail} autoFocus={isSwitched && !email} />
        <PasswordField
          label="Password"
          autoComplete="current-password"
          autoFocus={isSwitched && email !== ""}
        />
      </AuthForm>
      <button type="button" className="link auth-forgot" onClick={() => onShow("forgot")}>
        Forgot your password?
      </button>
      {signUp?.is_open && (
        <p className="auth-switch">
          New here?{" "}
          <button type="button" className="link" onClick={() => onShow("sign-up")}>
            Create an account
          </button>
        </p>
      )}
    </AuthCard>
  );
}
