import { useEffect, useRef } from "react";
import { announcement } from "./announcement";
import type { Turn } from "./turn";
import { TurnArticle } from "./TurnArticle";
import "./thread.css";

interface ThreadProps {
  turns: Turn[];
  live: Turn | null;
  onAsk: (question: string) => void;
  onRetry: (turn: Turn) => void;
}

/** The turns of a conversation, oldest first; the newest is brought into view. */
export default function Thread({ turns, live, onAsk, onRetry }: ThreadProps) {
  const list = useRef<HTMLDivElement>(null);
  // A turn may settle as the live one goes: the same key must not show twice.
  const all = live && !turns.some(({ key }) => key === live.key) ? [...turns, live] : turns;
  const newest = all.at(-1);
  // A result without a chart, such as one without rows, is what a change would be made to as well.
  const latest = all.findLast(({ chart, result }) => chart !== null || result !== null);
  useEffect(() => {
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    list.current?.lastElementChild?.scrollIntoView({ block: "start", behavior });
  }, [newest?.key]);
  return (
    <div className="thread-scroll">
      <div className="thread" ref={list}>
        {all.map((turn) => (
          <TurnArticle
            key={turn.key}
            turn={turn}
            isBusy={live !== null}
            isNewestResult={turn === latest}
            onAsk={onAsk}
            onRetry={onRetry}
          />
        ))}
      </div>
      <p className="visually-hidden" role="status" aria-live="polite">
        {newest ? announcement(newest) : ""}
      </p>
    </div>
  );
}
