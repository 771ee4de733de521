import { QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useRef, useSyncExternalStore } from "react";
import { ApiClient } from "./api/client";
import type { LoginReply } from "./api/shapes";
import { type Arrival, keepVerifier, takeArrival } from "./auth/arrival";
import { TokenRenewal } from "./auth/renewal";
import { SessionStore, type WorkingSession } from "./auth/session";
import { TurnRuns } from "./chat/runs";
import { PendingInvitation } from "./invitations/pending";

/** What the screens work with, made once at start (and anew in each test). */
export interface Services {
  api: ApiClient;
  /** What the address brought along at start, taken out of it. */
  arrival: Arrival | null;
  /** The invitation that brought somebody here, until it is accepted or put aside. */
  invitation: PendingInvitation;
  /** Settles when who comes from Google is signed in, or not; null for everyone else. */
  backFromGoogle: Promise<void> | null;
  /** Begins a session, in the workspace one was invited to if one was. */
  enter: (reply: LoginReply) => void;
  queries: QueryClient;
  runs: TurnRuns;
  session: SessionStore;
  /** Leaves for Google; resolves once the browser is on its way. */
  goToGoogle: () => Promise<void>;
}

type Visit = (url: string) => void;

export function createServices(
  storage: Storage,
  visit: Visit = (url) => location.assign(url),
): Services {
  const session = new SessionStore(storage);
  const invitation = new PendingInvitation(storage);
  const renewal = new TokenRenewal(session, (refreshToken) => api.refresh(refreshToken));
  const api: ApiClient = new ApiClient({
    token: renewal.token,
    renew: renewal.renew,
    invitation: () => invitation.current(),
    watchWorkspace: () => {
      const at = session.current().session?.workspace?.id;
      return () => {
        // An answer may come late, when one works elsewhere already.
        if (session.current().session?.workspace?.id === at) session.enter(null);
      };
    },
    onUnauthorized: () => session.close("Your session has ended. Please sign in again."),
  });
  const enter = (reply: LoginReply) => {
    session.open(reply);
    invitation.putAside();
  };
  const goToGoogle = async () => {
    const { url, code_verifier } = await api.google();
    keepVerifier(storage, code_verifier);
    visit(url);
  };
  const queries = new QueryClient({
    defaultOptions: {
      queries: { retry: false, refetchOnWindowFocus: false, staleTime: 60_000 },
    },
  });
  const arrival = takeArrival(storage, invitation.current() !== null);
  // Begun here and not on screen: a code is good for one attempt, and a screen may be drawn twice.
  const backFromGoogle =
    arrival?.kind === "google"
      ? api.googleCallback(arrival.code, arrival.verifier).then(enter)
      : null;
  // The screen that says what went wrong may still be loading.
  backFromGoogle?.catch(() => undefined);
  const runs = new TurnRuns(api);
  const services = {
    api,
    arrival,
    backFromGoogle,
    enter,
    goToGoogle,
    invitation,
    queries,
    runs,
    session,
  };
  forgetOnLeaving(services);
  return services;
}

/** The next person at this screen, or the next workspace, must find nothing of the last one. */
function forgetOnLeaving({ session, queries, runs }: Services): void {
  const workspace = () => session.current().session?.workspace?.id ?? null;
  let last = workspace();
  session.subscribe(() => {
    if (workspace() === last) return;
    last = workspace();
    runs.stopAll();
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "config" });
  });
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error("ServicesContext is missing");
  return services;
}

/** Who is signed in and where; for what is shown to nobody else. */
export function useSession(): WorkingSession {
  const { subscribe, current } = useServices().session;
  const { session } = useSyncExternalStore(subscribe, current);
  const last = useRef<WorkingSession>(null);
  const workspace = session?.workspace;
  if (workspace) last.current = { ...session, workspace };
  // A screen may be drawn once more while it is taken away.
  if (!last.current) throw new Error("nobody is signed in");
  return last.current;
}
