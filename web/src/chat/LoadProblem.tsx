import { problemOf } from "../api/problem";

interface LoadProblemProps {
  error: unknown;
  onNew: () => void;
  onRetry: () => void;
}

/** A conversation that could not be opened. */
export function LoadProblem({ error, onNew, onRetry }: LoadProblemProps) {
  const problem = problemOf(error);
  const isMissing = problem.status === 404;
  return (
    <div className="empty" role="alert">
      <h2>{isMissing ? "No such conversation here" : problem.title}</h2>
      <p>
        {isMissing
          ? "It isn't in this workspace. It may belong to another one, or have been removed."
          : `${problem.detail} ${problem.hint ?? ""}`}
      </p>
      <div className="empty-actions">
        {!isMissing && (
          <button type="button" className="button" onClick={onRetry}>
            Try again
          </button>
        )}
        <button type="button" className="button button-primary" onClick={onNew}>
          Start a new one
        </button>
      </div>
    </div>
  );
}
