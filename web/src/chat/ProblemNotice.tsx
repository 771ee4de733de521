import type { Problem } from "../api/problem";
import { MoreIcon } from "../ui/MoreIcon";

interface ProblemNoticeProps {
  problem: Problem;
  isDisabled: boolean;
  onRetry: () => void;
}

/** What went wrong and what to do about it. */
export function ProblemNotice({ problem, isDisabled, onRetry }: ProblemNoticeProps) {
  return (
    <section className="problem">
      <h3>
        <MoreIcon name="warning" />
        {problem.title}
      </h3>
      {problem.detail && problem.detail !== problem.title && <p>{problem.detail}</p>}
      {problem.hint && <p className="problem-hint">{problem.hint}</p>}
      {problem.nearest.length > 0 && <p>Close to it: {problem.nearest.join(", ")}</p>}
      <button type="button" className="button" disabled={isDisabled} onClick={onRetry}>
        Try again
      </button>
    </section>
  );
}
