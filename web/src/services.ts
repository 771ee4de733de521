import { QueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { ApiClient } from "./api/client";
import { SessionStore } from "./auth/session";
import { TurnRuns } from "./chat/runs";

/** What the screens work with, made once at start (and anew in each test). */
export interface Services {
  api: ApiClient;
  queries: QueryClient;
  runs: TurnRuns;
  session: SessionStore;
}

export function createServices(storage: Storage): Services {
  const session = new SessionStore(storage);
  const api = new ApiClient({
    token: session.token,
    onUnauthorized: () => session.close("Your session has ended. Please sign in again."),
  });
  const queries = new QueryClient({
    defaultOptions: {
      queries: { retry: false, refetchOnWindowFocus: false, staleTime: 60_000 },
    },
  });
  const services = { api, queries, session, runs: new TurnRuns(api) };
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
