import { problemOf } from "../api/problem";
import "./screen.css";

interface ScreenProblemProps {
  error: unknown;
  /** What it is that isn't there, when that is what went wrong. */
  missing?: { title: string; detail: string };
  onRetry: () => void;
}

/** A screen whose content could not be fetched, with the next step. */
export function ScreenProblem({ error, missing, onRetry }: ScreenProblemProps) {
  const problem = problemOf(error);
  const isMissing = problem.status === 404 && missing !== undefined;
  return (
    <div className="nothing" role="alert">
      <h3>{isMissing ? missing.title : problem.title}</h3>
      <p>{isMissing ? missing.detail : `${problem.detail} ${problem.hint ?? ""}`}</p>
      {!isMissing && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
