import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { Opening } from "./auth/SignIn";
import { ChatPage } from "./chat/ChatPage";
import { type Services, ServicesContext } from "./services";

const Entry = lazy(() => import("./auth/Entry"));

export function App({ services }: { services: Services }) {
  const { subscribe, current } = services.session;
  const { session, message } = useSyncExternalStore(subscribe, current);
  const notice = services.arrival?.kind === "notice" ? services.arrival : null;
  const [arrival, setArrival] = useState(notice ? null : services.arrival);
  const [opening, setOpening] = useState<Opening | null>(notice);
  const arrived = useCallback((next: Opening | null) => {
    setArrival(null);
    setOpening(next);
  }, []);
  useEffect(() => {
    // What was said before signing in must not be said again after signing out.
    if (session) setOpening(null);
  }, [session]);
  return (
    <QueryClientProvider client={services.queries}>
      <ServicesContext value={services}>
        {session && !arrival ? (
          <ChatPage key={`${session.user.id} ${session.workspace.id}`} session={session} />
        ) : (
          <Suspense>
            <Entry arrival={arrival} opening={message ? { message } : opening} onArrived={arrived} />
          </Suspense>
        )}
      </ServicesContext>
    </QueryClientProvider>
  );
}
