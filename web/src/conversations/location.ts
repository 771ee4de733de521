import { useSyncExternalStore } from "react";

// The id is in the query and not in the path, so that any static server can answer a reload.
const PARAMETER = "conversation";
const listeners = new Set<() => void>();

function read(): string | null {
  return new URLSearchParams(location.search).get(PARAMETER);
}

function urlOf(id: string | null): string {
  return id ? `?${PARAMETER}=${encodeURIComponent(id)}` : location.pathname;
}

/** Shows a conversation (null: a new one) and puts it into the address. */
export function showConversation(id: string | null, { isReplacing = false } = {}): void {
  if (id === read()) return;
  if (isReplacing) history.replaceState(null, "", urlOf(id));
  else history.pushState(null, "", urlOf(id));
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("popstate", listener);
  };
}

export const currentConversation = read;

export function useConversationId(): string | null {
  return useSyncExternalStore(subscribe, read);
}
