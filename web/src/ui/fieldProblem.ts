import type { Problem } from "../api/problem";

type FieldName = "email" | "password";

const FIELDS: Record<string, FieldName> = {
  email_taken: "email",
  weak_password: "password",
};

/** The field a problem is about; null when it concerns the whole form. */
export const fieldOf = (problem: Problem | null): FieldName | null =>
  problem ? (FIELDS[problem.code] ?? null) : null;

/** What to show at a field. */
export function problemAt(field: FieldName, problem: Problem | null): string | null {
  return problem && fieldOf(problem) === field ? wordsOf(problem) : null;
}

export function wordsOf({ status, detail, title, hint }: Problem): string {
  // Without an answer there are no details, only guesses.
  const what = status === 0 ? `${title}.` : detail || title;
  return [what, hint].filter(Boolean).join(" ");
}
