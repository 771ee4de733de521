import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Problem, problemOf } from "../api/problem";
import { useServices } from "../services";
import { Logo } from "../ui/Logo";
import { ThemeToggle } from "../ui/ThemeToggle";
import { DemoLogins } from "./DemoLogins";
import "./auth.css";

/** The way in: e-mail and password, and in the demo one click. */
export default function SignIn({ message }: { message: string | null }) {
  const { api, session } = useServices();
  const config = useQuery({ queryKey: ["config"], queryFn: () => api.config() });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const signIn = async (email: string, password: string) => {
    setIsBusy(true);
    setProblem(null);
    try {
      session.open(await api.login(email, password));
    } catch (error) {
      setProblem(problemOf(error));
      setIsBusy(false);
    }
  };

  const demoLogins = config.data?.demo_logins ?? [];
  const trouble = problem ?? (config.error ? problemOf(config.error) : null);
  return (
    <div className="sign-in">
      <div className="sign-in-theme">
        <ThemeToggle />
      </div>
      <main className="sign-in-card">
        <Logo size={40} />
        <h1>Sign in to {config.data?.product ?? "GTM Dashboard"}</h1>
        <p className="sign-in-lead">
          Ask your traffic, search and funnel data in plain language. Every answer shows where its
          numbers come from.
        </p>
        {message && !trouble && (
          <p className="notice" role="status">
            {message}
          </p>
        )}
        {trouble && (
          <p className="notice notice-bad" role="alert">
            {trouble.detail || trouble.title}
            {trouble.hint && <span> {trouble.hint}</span>}
          </p>
        )}
        {demoLogins.length > 0 && (
          <DemoLogins logins={demoLogins} isBusy={isBusy} onPick={signIn} />
        )}
        <PasswordForm isBusy={isBusy} onSubmit={signIn} />
      </main>
    </div>
  );
}

interface PasswordFormProps {
  isBusy: boolean;
  onSubmit: (email: string, password: string) => void;
}

function PasswordForm({ isBusy, onSubmit }: PasswordFormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    onSubmit(String(fields.get("email")), String(fields.get("password")));
  };
  return (
    <form className="sign-in-form" onSubmit={submit}>
      <label htmlFor="email">E-mail</label>
      <input id="email" name="email" type="email" autoComplete="username" required />
      <label htmlFor="password">Password</label>
      <input
        id="password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
      />
      <button type="submit" className="button button-primary" disabled={isBusy}>
        {isBusy ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}
