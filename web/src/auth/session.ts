import type { Identity, LoginReply } from "../api/shapes";

export interface Session extends Identity {
  token: string;
}

export interface SessionState {
  session: Session | null;
  /** Why there is none any more, in words for the sign-in page. */
  message: string | null;
}

const KEY = "gtm.session";

/** Who is signed in. It lives as long as the tab: nothing is kept once the tab closes. */
export class SessionStore {
  private readonly listeners = new Set<() => void>();
  private readonly storage: Storage;
  private state: SessionState;

  constructor(storage: Storage) {
    this.storage = storage;
    this.state = { session: restore(storage), message: null };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  current = (): SessionState => this.state;

  token = (): string | null => this.state.session?.token ?? null;

  open(reply: LoginReply): void {
    const session = { token: reply.access_token, user: reply.user, workspace: reply.workspace };
    this.storage.setItem(KEY, JSON.stringify(session));
    this.set({ session, message: null });
  }

  close(message: string | null = null): void {
    if (this.state.session === null) return;
    this.storage.removeItem(KEY);
    this.set({ session: null, message });
  }

  private set(state: SessionState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

function restore(storage: Storage): Session | null {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? "null") as Session | null;
    return kept?.token && kept.workspace ? kept : null;
  } catch {
    return null;
  }
}
