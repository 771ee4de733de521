import { lazy, memo, Suspense, useId } from "react";
import { OptionsList } from "./OptionsList";
import { OptionsNotice } from "./OptionsNotice";
import { ProblemNotice } from "./ProblemNotice";
import { Steps } from "./Steps";
import type { Turn } from "./turn";

const Answer = lazy(() => import("./Answer"));
const TurnFoot = lazy(() => import("./TurnFoot"));

interface TurnArticleProps {
  turn: Turn;
  isBusy: boolean;
  /** Whether it is what words about a chart mean. */
  isNewestResult: boolean;
  onAsk: (question: string) => void;
  onRetry: (turn: Turn) => void;
}

/** One question with everything that answers it. */
export const TurnArticle = memo(function TurnArticle(props: TurnArticleProps) {
  const { turn, isBusy, isNewestResult, onAsk, onRetry } = props;
  const id = useId();
  const { chart, options, problem, receipt, result } = turn;
  const text = options || problem ? "" : turn.text;
  const kept = keptTurn(turn);
  const isCutOff = turn.outcome === "error" || turn.outcome === "stopped";
  return (
    <article className="turn" aria-labelledby={id} aria-busy={turn.isRunning}>
      <h2 className="question" id={id}>
        {turn.question}
      </h2>
      {turn.steps.length > 0 && <Steps turn={turn} />}
      {options && <OptionsNotice value={options} isDisabled={isBusy} onAsk={onAsk} />}
      {(chart || result || text || receipt) && (
        <Suspense>
          <Answer
            kept={kept}
            turn={turn}
            text={text}
            edit={isNewestResult && !isBusy ? onAsk : null}
          />
        </Suspense>
      )}
      {turn.suggestions.length > 0 && (
        <OptionsList
          label="What you could ask"
          options={turn.suggestions}
          isDisabled={isBusy}
          onAsk={onAsk}
        />
      )}
      {kept && !turn.isRunning && !isCutOff && (
        <Suspense>
          <TurnFoot turn={turn} kept={kept} />
        </Suspense>
      )}
      {problem && (
        <ProblemNotice problem={problem} isDisabled={isBusy} onRetry={() => onRetry(turn)} />
      )}
      {turn.outcome === "stopped" && (
        <StoppedNote isDisabled={isBusy} onRetry={() => onRetry(turn)} />
      )}
    </article>
  );
});

function keptTurn({ conversationId, turnId }: Turn) {
  return conversationId && turnId ? { conversationId, turnId } : null;
}

function StoppedNote({ isDisabled, onRetry }: { isDisabled: boolean; onRetry: () => void }) {
  return (
    <p className="stopped">
      Stopped before the answer was finished.{" "}
      <button type="button" className="link" disabled={isDisabled} onClick={onRetry}>
        Ask again
      </button>
    </p>
  );
}
