import { useQuery } from "@tanstack/react-query";
import { problemOf } from "../api/problem";
import { useServices } from "../services";
import { AuthCard } from "./AuthCard";
import { AuthForm } from "./AuthForm";
import { PasswordField } from "../ui/Field";
import { problemAt } from "../ui/fieldProblem";
import type { Opening } from "./SignIn";
import { useSubmit } from "../ui/useSubmit";

interface NewPasswordProps {
  token: string;
  refreshToken: string | null;
  /** Somebody new, who comes by an invitation and has no password yet. */
  isInvited?: boolean;
  /** Called when there is nothing left to do here; without an opening, one is signed in. */
  onDone: (opening: Opening | null) => void;
}

const CHANGED = "Your new password is saved. Sign in with it.";
const UNCHANGED = "Your password stays as it is.";
const EXPIRED = "This link has expired or was used before. Please ask for a new one.";

/** Where the link of a recovery mail leads. */
export function NewPassword(props: NewPasswordProps) {
  const { token, refreshToken, isInvited = false, onDone } = props;
  const { api, enter, session } = useServices();
  const { isBusy, problem, submit } = useSubmit();
  // Only to show whose password it is; without an answer the form works all the same.
  const owner = useQuery({ queryKey: ["recovery", token], queryFn: () => api.owner(token) });
  const email = owner.data?.user.email;

  const signIn = async () => {
    if (!refreshToken) return onDone({ message: CHANGED });
    try {
      if (isInvited) enter(await api.enterByLink(refreshToken));
      else session.open(await api.refresh(refreshToken));
      onDone(null);
    } catch {
      onDone({ message: CHANGED });
    }
  };
  const save = (fields: FormData) =>
    submit(async () => {
      try {
        await api.setPassword(String(fields.get("password")), token);
      } catch (error) {
        if (problemOf(error).status !== 401) throw error;
        return onDone({ message: EXPIRED, isBad: true });
      }
      await signIn();
    });

  return (
    <AuthCard
      title={isInvited ? "Choose a password" : "Choose a new password"}
      lead={email ? <Owner email={email} /> : "From then on you sign in with it."}
    >
      <AuthForm
        action="Save password"
        busyAction="Saving…"
        isBusy={isBusy}
        problem={problem}
        onSubmit={(fields) => void save(fields)}
      >
        {/* Tells password managers whose it is. */}
        <input
          className="visually-hidden"
          type="email"
          autoComplete="username"
          value={email ?? ""}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <PasswordField
          label={isInvited ? "Password" : "New password"}
          autoComplete="new-password"
          note="Longer is safer. A few words in a row work well."
          problem={problemAt("password", problem)}
          autoFocus
        />
      </AuthForm>
      <p className="auth-switch">
        <button
          type="button"
          className="link"
          onClick={() => onDone(isInvited ? null : { message: UNCHANGED })}
        >
          Cancel
        </button>
      </p>
    </AuthCard>
  );
}

function Owner({ email }: { email: string }) {
  return (
    <>
      It will be the password of <strong>{email}</strong>.
    </>
  );
}
