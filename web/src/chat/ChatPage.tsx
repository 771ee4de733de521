import { Suspense, useEffect, useRef, useSyncExternalStore } from "react";
import type { WorkingSession } from "../auth/session";
import { appendTurn, dropTurn, startThread, useThread } from "../conversations/queries";
import { currentPlace, go, START } from "../navigation/place";
import { useServices } from "../services";
import { later } from "../ui/later";
import { useTitle } from "../ui/useTitle";
import { Composer } from "./Composer";
import { EmptyState } from "./EmptyState";
import { LoadProblem } from "./LoadProblem";
import type { Turn } from "./turn";
import "./chat.css";

// The first screen of a new conversation has no answers: what shows them is fetched after it.
const Thread = later(() => import("./Thread"));

function preloadAnswers(): void {
  const chain = Thread.preload()
    .then(() => import("./Answer"))
    .then(() => import("./TurnFoot"))
    .then(() => import("../chart/Plot"));
  chain.catch(() => undefined);
}

interface ChatPageProps {
  session: WorkingSession;
  /** The conversation that is open; null for a new one. */
  id: string | null;
}

/** A conversation and the question box. */
export function ChatPage({ session, id }: ChatPageProps) {
  const { queries, runs } = useServices();
  const thread = useThread(id);
  const live = useSyncExternalStore(runs.subscribe, () => runs.turnIn(id));
  const composer = useRef<HTMLTextAreaElement>(null);
  useComposerKeys(composer);
  useEffect(preloadAnswers, []);

  const ask = (question: string) => {
    composer.current?.focus();
    void runs.ask({
      question,
      conversationId: id,
      onConversation: (started) => {
        startThread(queries, started);
        const place = currentPlace();
        // Only if the person still looks at the draft that this question began.
        if (place.screen === "chat" && place.conversation === id) {
          go({ screen: "chat", conversation: started }, { isReplacing: true });
        }
      },
      onSettled: (turn) => appendTurn(queries, turn),
    });
  };
  const retry = (turn: Turn) => {
    dropTurn(queries, turn);
    ask(turn.question);
  };

  const turns = thread.data?.turns ?? [];
  useTitle((turns[0] ?? live)?.question);
  const isEmpty = !live && turns.length === 0;
  return (
    <>
      {thread.error ? (
        <LoadProblem error={thread.error} onNew={() => go(START)} onRetry={thread.refetch} />
      ) : isEmpty && id === null ? (
        <EmptyState name={session.user.name} onAsk={ask} />
      ) : (
        <Suspense fallback={<div aria-busy="true" />}>
          <Thread key={id} turns={turns} live={live} onAsk={ask} onRetry={retry} />
        </Suspense>
      )}
      {!thread.error && (
        <Composer
          ref={composer}
          isRunning={live !== null}
          onAsk={ask}
          onStop={() => runs.stop(id)}
        />
      )}
    </>
  );
}

/** `/` moves to the question box from anywhere but another text field. */
function useComposerKeys(composer: React.RefObject<HTMLTextAreaElement | null>) {
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLElement && event.target.matches("input, textarea");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      composer.current?.focus();
    };
    addEventListener("keydown", focus);
    return () => removeEventListener("keydown", focus);
  }, [composer]);
}
