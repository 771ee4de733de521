import type { Problem } from "../api/problem";
import { AuthCard } from "../auth/AuthCard";
import { wordsOf } from "../ui/fieldProblem";

interface DeadInvitationProps {
  problem: Problem;
  onRetry: () => void;
  /** Where one can go from here, in words. */
  way: string;
  onLeave: () => void;
}

/** An invitation that could not be opened: used up, taken back, too old, or not to be had just now. */
export function DeadInvitation({ problem, onRetry, way, onLeave }: DeadInvitationProps) {
  const isGone = problem.status === 404 || problem.status === 422;
  return (
    <AuthCard
      title={isGone ? "This invitation doesn't work any more" : "The invitation could not be read"}
      lead={
        isGone
          ? "It was used before, taken back, or is too old. Ask whoever invited you for a new one."
          : wordsOf(problem)
      }
      isAnnounced
    >
      <div className="auth-choices">
        {!isGone && (
          <button type="button" className="button button-primary" onClick={onRetry}>
            Try again
          </button>
        )}
        <button type="button" className="button" onClick={onLeave}>
          {way}
        </button>
      </div>
    </AuthCard>
  );
}
