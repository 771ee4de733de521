import { useMemo, useSyncExternalStore } from "react";

export const SECTIONS = [
  "people",
  "workspace",
  "words",
  "verified",
  "feedback",
  "usage",
  "tokens",
  "activity",
] as const;
export type Section = (typeof SECTIONS)[number];

/** What the signed-in product shows. */
export type Place =
  | { screen: "chat"; conversation: string | null }
  | { screen: "dashboards" }
  | { screen: "dashboard"; id: string }
  | { screen: "settings"; section: Section };

export const START = { screen: "chat", conversation: null } as const satisfies Place;

/** Reads a place off the query of an address. */
export function placeAt(search: string): Place {
  const query = new URLSearchParams(search);
  const dashboard = query.get("dashboard");
  if (dashboard) return { screen: "dashboard", id: dashboard };
  if (query.has("dashboards")) return { screen: "dashboards" };
  const settings = query.get("settings");
  if (settings !== null) {
    const section = SECTIONS.find((name) => name === settings) ?? "people";
    return { screen: "settings", section };
  }
  return { screen: "chat", conversation: query.get("conversation") };
}

/** The address of a place: in the query and not in the path, so that any static server can answer a reload. */
export function addressOf(place: Place): string {
  switch (place.screen) {
    case "dashboards":
      return "?dashboards";
    case "dashboard":
      return `?dashboard=${encodeURIComponent(place.id)}`;
    case "settings":
      return `?settings=${place.section}`;
    default:
      return place.conversation
        ? `?conversation=${encodeURIComponent(place.conversation)}`
        : location.pathname;
  }
}

const listeners = new Set<() => void>();
let wasLeft = false;
const read = (): string => location.search;

/** Whether the screen one began with has been left: what comes then takes the focus. */
export const hasMoved = (): boolean => wasLeft;

export const currentPlace = (): Place => placeAt(read());

/** Shows a place and puts it into the address. */
export function go(place: Place, { isReplacing = false } = {}): void {
  const address = addressOf(place);
  if (address === addressOf(currentPlace())) return;
  if (isReplacing) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  tell();
}

function tell(): void {
  wasLeft = true;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener("popstate", tell);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("popstate", tell);
  };
}

export function usePlace(): Place {
  const search = useSyncExternalStore(subscribe, read);
  return useMemo(() => placeAt(search), [search]);
}
