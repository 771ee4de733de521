import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Session } from "../auth/session";
import { ConversationRail } from "../conversations/ConversationRail";
import { RailDrawer } from "../conversations/RailDrawer";
import { currentConversation, showConversation, useConversationId } from "../conversations/location";
import { appendTurn, dropTurn, startThread, useThread } from "../conversations/queries";
import { useServices } from "../services";
import { useMediaQuery } from "../ui/useMediaQuery";
import { Composer } from "./Composer";
import { EmptyState } from "./EmptyState";
import { Header } from "./Header";
import { LoadProblem } from "./LoadProblem";
import { Thread } from "./Thread";
import { preloadAnswers } from "./TurnArticle";
import type { Turn } from "./turn";
import "./chat.css";

/** The whole of the signed-in product: conversations, the open one, and the composer. */
export function ChatPage({ session }: { session: Session }) {
  const { api, queries, runs, session: sessions } = useServices();
  const id = useConversationId();
  const thread = useThread(id);
  const live = useSyncExternalStore(runs.subscribe, () => runs.turnIn(id));
  const isWide = useMediaQuery("(min-width: 60rem)");
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const composer = useRef<HTMLTextAreaElement>(null);
  useComposerKeys(composer);
  useEffect(preloadAnswers, []);

  const show = (next: string | null) => {
    setIsDrawerOpen(false);
    showConversation(next);
    composer.current?.focus();
  };
  const ask = (question: string) => {
    composer.current?.focus();
    void runs.ask({
      question,
      conversationId: id,
      onConversation: (started) => {
        startThread(queries, started);
        // Only if the person still looks at the draft that this question began.
        if (currentConversation() === id) showConversation(started, { isReplacing: true });
      },
      onSettled: (turn) => appendTurn(queries, turn),
    });
  };
  const retry = (turn: Turn) => {
    dropTurn(queries, turn);
    ask(turn.question);
  };
  const signOut = () => {
    void api.logout().catch(() => undefined);
    showConversation(null);
    sessions.close();
  };

  const rail = <ConversationRail activeId={id} onShow={show} />;
  const turns = thread.data?.turns ?? [];
  useDocumentTitle((turns[0] ?? live)?.question);
  const isEmpty = !live && turns.length === 0;
  return (
    <div className="app">
      <a className="skip-link" href="#question" onClick={() => composer.current?.focus()}>
        Skip to the question box
      </a>
      <Header
        session={session}
        onMenu={isWide ? null : () => setIsDrawerOpen(true)}
        onSignOut={signOut}
      />
      {isWide ? (
        <aside className="rail">{rail}</aside>
      ) : (
        <RailDrawer isOpen={isDrawerOpen} onClose={() => setIsDrawerOpen(false)}>
          {rail}
        </RailDrawer>
      )}
      <main className="main">
        {thread.error ? (
          <LoadProblem error={thread.error} onNew={() => show(null)} onRetry={thread.refetch} />
        ) : isEmpty && id === null ? (
          <EmptyState name={session.user.name} onAsk={ask} />
        ) : (
          <Thread key={id} turns={turns} live={live} onAsk={ask} onRetry={retry} />
        )}
        {!thread.error && (
          <Composer
            ref={composer}
            isRunning={live !== null}
            onAsk={ask}
            onStop={() => runs.stop(id)}
          />
        )}
      </main>
    </div>
  );
}

const PRODUCT = document.title;

function useDocumentTitle(question: string | undefined) {
  useEffect(() => {
    document.title = question ? `${question} · ${PRODUCT}` : PRODUCT;
    return () => {
      document.title = PRODUCT;
    };
  }, [question]);
}

/** `/` moves to the question box from anywhere but another text field. */
function useComposerKeys(composer: React.RefObject<HTMLTextAreaElement | null>) {
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches("input, textarea");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      composer.current?.focus();
    };
    addEventListener("keydown", focus);
    return () => removeEventListener("keydown", focus);
  }, [composer]);
}
