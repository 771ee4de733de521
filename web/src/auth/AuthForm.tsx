import { type FormEvent, type ReactNode, useEffect, useRef } from "react";
import type { Problem } from "../api/problem";
import { fieldOf } from "../ui/fieldProblem";
import { Notice } from "../ui/Notice";

interface AuthFormProps {
  action: string;
  busyAction: string;
  isBusy: boolean;
  problem: Problem | null;
  onSubmit: (fields: FormData) => void;
  children: ReactNode;
}

/** Fields, one button, and what went wrong: said where it is, with the focus there. */
export function AuthForm({
  action,
  busyAction,
  isBusy,
  problem,
  onSubmit,
  children,
}: AuthFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const field = fieldOf(problem);
  useEffect(() => {
    if (!problem || problem.status === 0) return;
    const input = form.current?.elements.namedItem(field ?? "password");
    if (input instanceof HTMLInputElement) input.focus();
  }, [problem, field]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  };
  return (
    <form ref={form} className="auth-form" onSubmit={submit} aria-busy={isBusy}>
      {problem && !field && <Notice problem={problem} />}
      {children}
      {/* Not disabled while busy: that would drop the focus. */}
      <button type="submit" className="button button-primary" aria-disabled={isBusy}>
        {isBusy ? busyAction : action}
      </button>
    </form>
  );
}
