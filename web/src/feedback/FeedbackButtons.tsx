import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useRef, useState } from "react";
import type { Feedback } from "../api/shapes";
import type { KeptTurn } from "../pinning/PinButton";
import { useServices } from "../services";
import { wordsOf } from "../ui/fieldProblem";
import { later } from "../ui/later";
import { MoreIcon } from "../ui/MoreIcon";
import { useSubmit } from "../ui/useSubmit";
import { feedbackPath, keepOpinion, useOpinions } from "./queries";
import "./feedback.css";

const ReasonDialog = later(() => import("./ReasonDialog"));

/** Thumbs up or down for an answer, kept at once; saying why is up to the person. */
export function FeedbackButtons({ turn: { conversationId, turnId } }: { turn: KeptTurn }) {
  const { api } = useServices();
  const queries = useQueryClient();
  const { data } = useOpinions(conversationId);
  const { isBusy, problem, submit } = useSubmit();
  const [isAsking, setIsAsking] = useState(false);
  const [message, setMessage] = useState("");
  const group = useRef<HTMLDivElement>(null);
  const opinion = data?.[turnId] ?? null;

  const give = async (isHelpful: boolean, reason: string | null) => {
    const body = { is_helpful: isHelpful, reason };
    const given = await api.put<Feedback>(feedbackPath(turnId), body);
    keepOpinion(queries, conversationId, turnId, given);
    setMessage("Thank you, noted.");
  };
  const takeBack = async () => {
    await api.delete(feedbackPath(turnId));
    keepOpinion(queries, conversationId, turnId, null);
    setMessage("Taken back.");
  };
  const press = (isHelpful: boolean) =>
    submit(() => (opinion?.is_helpful === isHelpful ? takeBack() : give(isHelpful, null)));

  const undo = () => {
    // What was pressed goes with the opinion.
    group.current?.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
    void submit(takeBack);
  };

  const thumb = (isHelpful: boolean, label: string) => (
    <button
      type="button"
      className="thumb"
      aria-label={label}
      title={label}
      aria-pressed={opinion?.is_helpful === isHelpful}
      // Not disabled while busy: that would drop the focus.
      aria-disabled={isBusy}
      onClick={() => void press(isHelpful)}
    >
      <MoreIcon name={isHelpful ? "thumbUp" : "thumbDown"} size={17} />
    </button>
  );
  return (
    <>
      <div ref={group} className="feedback" role="group" aria-label="Was this helpful?">
        {thumb(true, "Helpful")}
        {thumb(false, "Not helpful")}
        {opinion && (
          <>
            <button
              type="button"
              className="link"
              aria-haspopup="dialog"
              onFocus={() => void ReasonDialog.preload()}
              onPointerEnter={() => void ReasonDialog.preload()}
              onClick={() => setIsAsking(true)}
            >
              {opinion.reason ? "Change the reason" : "Say why"}
            </button>
            <button type="button" className="link" onClick={undo}>
              Undo
            </button>
          </>
        )}
        <span className="feedback-message" role="status">
          {problem ? "" : message}
        </span>
        {problem && (
          <span className="feedback-problem" role="alert">
            Not saved: {wordsOf(problem)}
          </span>
        )}
      </div>
      {isAsking && opinion && (
        <Suspense>
          <ReasonDialog
            opinion={opinion}
            onSave={(reason) => give(opinion.is_helpful, reason)}
            onClose={() => setIsAsking(false)}
          />
        </Suspense>
      )}
    </>
  );
}
