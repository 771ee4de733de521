const KEY = "gtm.invitation";
const PARAMETER = "invitation";

/** The invitation of the link one came by. It lives as long as the tab, so that signing up may come between. */
export class PendingInvitation {
  private readonly listeners = new Set<() => void>();
  private readonly storage: Storage;
  private token: string | null;

  constructor(storage: Storage) {
    this.storage = storage;
    const url = new URL(location.href);
    const token = url.searchParams.get(PARAMETER);
    if (token !== null) {
      // Whoever has it may join: it must not stay in the address or in the history.
      url.searchParams.delete(PARAMETER);
      history.replaceState(null, "", `${url.pathname}${url.search}${url.hash}`);
      storage.setItem(KEY, token);
    }
    this.token = storage.getItem(KEY);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  current = (): string | null => this.token;

  /** It was accepted, or is of no use. */
  putAside = (): void => {
    this.storage.removeItem(KEY);
    this.token = null;
    for (const listener of this.listeners) listener();
  };
}
