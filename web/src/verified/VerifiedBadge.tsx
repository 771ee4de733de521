import type { Verified } from "../api/shapes";
import { formatDate } from "../ui/format";
import { MoreIcon } from "../ui/MoreIcon";
import "./verified.css";

interface VerifiedBadgeProps {
  verified: Verified;
  /** What was asked here; the verified question may be worded in another way. */
  question: string;
}

/** Says that somebody of the workspace stands for an answer: who, since when, and what they add. */
export function VerifiedBadge({ verified, question }: VerifiedBadgeProps) {
  const { by, at, note } = verified;
  const isWordedSo = verified.question.toLowerCase() === question.toLowerCase();
  return (
    <div className="verified" role="group" aria-label="Verified answer">
      <p>
        <span className="tag tag-good verified-tag">
          <MoreIcon name="verified" size={15} />
          Verified
        </span>{" "}
        <span>
          by {by ?? "somebody who has left"} on {formatDate(at)}
          {!isWordedSo && <> for “{verified.question}”</>}
        </span>
      </p>
      {note && <p className="verified-note">{note}</p>}
    </div>
  );
}
