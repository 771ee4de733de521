import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense, useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { Arrival } from "./auth/arrival";
import type { Opening } from "./auth/SignIn";
import { type Services, ServicesContext } from "./services";
import { later } from "./ui/later";

const Entry = later(() => import("./auth/Entry"));
const JoinPage = later(() => import("./invitations/JoinPage"));
const NoWorkspace = later(() => import("./workspace/NoWorkspace"));
const SharedPage = later(() => import("./shared/SharedPage"));
const Shell = later(() => import("./shell/Shell"));

type Screen = "shared" | "join" | "shell" | "entry";

const CHUNKS = { shared: SharedPage, join: JoinPage, shell: Shell, entry: Entry };

/** Fetches the code of the first screen while everything else is still being set up. */
export function preloadFirst(services: Services): void {
  const { session } = services.session.current();
  CHUNKS[screenFor(services.arrival, session !== null, services.invitation.current())].preload();
}

function screenFor(
  arrival: Arrival | null,
  isSignedIn: boolean,
  invitation: string | null,
): Screen {
  if (arrival?.kind === "shared") return "shared";
  if (!isSignedIn || (arrival && arrival.kind !== "notice")) return "entry";
  return invitation === null ? "shell" : "join";
}

export function App({ services }: { services: Services }) {
  return (
    <QueryClientProvider client={services.queries}>
      <ServicesContext value={services}>
        <FirstScreen services={services} />
      </ServicesContext>
    </QueryClientProvider>
  );
}

function FirstScreen({ services }: { services: Services }) {
  const { session: sessions, invitation: invitations } = services;
  const { session, message } = useSyncExternalStore(sessions.subscribe, sessions.current);
  const invitation = useSyncExternalStore(invitations.subscribe, invitations.current);
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
    // What comes next is there by then, and shows without a blank page in between.
    else void Shell.preload();
  }, [session]);

  return (
    <Suspense>
      {arrival?.kind === "shared" ? (
        <SharedPage token={arrival.token} />
      ) : !session || screenFor(arrival, true, invitation) === "entry" ? (
        <Entry
          arrival={arrival}
          invitation={invitation}
          opening={message ? { message } : opening}
          onArrived={arrived}
        />
      ) : invitation !== null ? (
        <JoinPage token={invitation} session={session} />
      ) : !session.workspace ? (
        <NoWorkspace session={session} />
      ) : (
        <Shell
          key={`${session.user.id} ${session.workspace.id}`}
          session={{ ...session, workspace: session.workspace }}
        />
      )}
    </Suspense>
  );
}
