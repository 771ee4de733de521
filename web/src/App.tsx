import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useSyncExternalStore } from "react";
import { ChatPage } from "./chat/ChatPage";
import { type Services, ServicesContext } from "./services";

const SignIn = lazy(() => import("./auth/SignIn"));

export function App({ services }: { services: Services }) {
  const { subscribe, current } = services.session;
  const { session, message } = useSyncExternalStore(subscribe, current);
  return (
    <QueryClientProvider client={services.queries}>
      <ServicesContext value={services}>
        {session ? (
          <ChatPage key={session.token} session={session} />
        ) : (
          <Suspense>
            <SignIn message={message} />
          </Suspense>
        )}
      </ServicesContext>
    </QueryClientProvider>
  );
}
