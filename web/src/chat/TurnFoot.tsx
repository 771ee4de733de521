import { FeedbackButtons } from "../feedback/FeedbackButtons";
import type { KeptTurn } from "../pinning/PinButton";
import { AnswerMenu } from "../verified/AnswerMenu";
import { useIsAtLeast } from "../workspace/queries";
import type { Turn } from "./turn";
import "./turnFoot.css";

/** What can be said about a turn that is answered. Loaded on its own, with the first answer. */
export default function TurnFoot({ turn, kept }: { turn: Turn; kept: KeptTurn }) {
  const isAdmin = useIsAtLeast("admin");
  return (
    <div className="turn-foot">
      <FeedbackButtons turn={kept} />
      {isAdmin && isVerifiable(turn) && (
        <AnswerMenu turn={kept} question={turn.question} verified={turn.verified} />
      )}
    </div>
  );
}

/** Nobody can stand for the next forecast, or for the next search for odd days. */
function isVerifiable({ outcome, receipt, result }: Turn): boolean {
  return outcome === "answer" && receipt !== null && !result?.resolved?.analysis;
}
