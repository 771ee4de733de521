import { QueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { ApiClient } from "./api/client";
import { type Arrival, keepVerifier, takeArrival } from "./auth/arrival";
import { TokenRenewal } from "./auth/renewal";
import { SessionStore } from "./auth/session";
import { TurnRuns } from "./chat/runs";

/** What the screens work with, made once at start (and anew in each test). */
export interface Services {
  api: ApiClient;
  /** What the address brought along at start, taken out of it. */
  arrival: Arrival | null;
  /** Settles when who comes from Google is signed in, or not; null for everyone else. */
  backFromGoogle: Promise<void> | null;
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
  const renewal = new TokenRenewal(session, (refreshToken) => api.refresh(refreshToken));
  const api: ApiClient = new ApiClient({
    token: renewal.token,
    renew: renewal.renew,
    onUnauthorized: () => session.close("Your session has ended. Please sign in again."),
  });
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
  const arrival = takeArrival(storage);
  // Begun here and not on screen: a code is good for one attempt, and a screen may be drawn twice.
  const backFromGoogle =
    arrival?.kind === "google"
      ? api.googleCallback(arrival.code, arrival.verifier).then((reply) => session.open(reply))
      : null;
  // The screen that says what went wrong may still be loading.
  backFromGoogle?.catch(() => undefined);
  const runs = new TurnRuns(api);
  const services = { api, arrival, backFromGoogle, goToGoogle, queries, runs, session };
  session.subscribe(() => forgetAfterSignOut(services));
  return services;
}

// The next person at this screen must find nothing of the last one.
function forgetAfterSignOut({ session, queries, runs }: Services): void {
  if (session.current().session) return;
  runs.stopAll();
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "config" });
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error("ServicesContext is missing");
  return services;
}
