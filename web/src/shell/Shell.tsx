import { Suspense, useRef, useState } from "react";
import type { WorkingSession } from "../auth/session";
import { ChatPage } from "../chat/ChatPage";
import { go, START, usePlace } from "../navigation/place";
import { useServices } from "../services";
import { LoadBoundary } from "../ui/LoadBoundary";
import { useMediaQuery } from "../ui/useMediaQuery";
import { useWorkspace } from "../workspace/queries";
import { Header } from "./Header";
import { Rail } from "./Rail";
import { RailDrawer } from "./RailDrawer";
import { Screen } from "./screens";
import "./shell.css";

/** The frame of the signed-in product: where one is, where one can go, and the screen itself. */
export default function Shell({ session }: { session: WorkingSession }) {
  const { api, session: sessions } = useServices();
  const place = usePlace();
  const isWide = useMediaQuery("(min-width: 60rem)");
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  useWorkspace();

  const follow = () => {
    setIsDrawerOpen(false);
    // A question box takes the focus by itself; on the screen that is shown already nothing does.
    main.current?.querySelector<HTMLElement>("#question")?.focus();
  };
  const signOut = () => {
    void api.logout().catch(() => undefined);
    go(START);
    sessions.close();
  };

  const rail = <Rail place={place} onFollow={follow} />;
  return (
    <div className="app">
      <SkipLink main={main} isChat={place.screen === "chat"} />
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
      <main id="content" className="main" ref={main} tabIndex={-1}>
        {place.screen === "chat" ? (
          <ChatPage session={session} id={place.conversation} />
        ) : (
          <LoadBoundary key={place.screen}>
            <Suspense fallback={<p className="screen-wait" aria-busy="true" />}>
              <Screen place={place} />
            </Suspense>
          </LoadBoundary>
        )}
      </main>
    </div>
  );
}

interface SkipLinkProps {
  main: React.RefObject<HTMLElement | null>;
  isChat: boolean;
}

function SkipLink({ main, isChat }: SkipLinkProps) {
  const skip = (event: React.MouseEvent) => {
    event.preventDefault();
    const target = isChat ? main.current?.querySelector<HTMLElement>("#question") : main.current;
    target?.focus();
  };
  return (
    <a className="skip-link" href={isChat ? "#question" : "#content"} onClick={skip}>
      {isChat ? "Skip to the question box" : "Skip to the content"}
    </a>
  );
}
