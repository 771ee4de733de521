import type { Identity, LoginReply } from "../api/shapes";

export interface Session extends Identity {
  token: string;
  /** Good for one new pair of tokens. */
  refreshToken: string;
  /** When the token ends, in milliseconds since 1970. */
  endsAt: number;
}

/** Where one works. */
export type Membership = NonNullable<Identity["workspace"]>;

/** A session of somebody who belongs to a workspace. */
export type WorkingSession = Session & { workspace: Membership };

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
  private readonly now: () => number;
  private state: SessionState;

  constructor(storage: Storage, now: () => number = Date.now) {
    this.storage = storage;
    this.now = now;
    this.state = { session: restore(storage), message: null };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  current = (): SessionState => this.state;

  /** Begins a session; one that is still open ends first, with all that was on the screen. */
  open(reply: LoginReply): void {
    this.close();
    this.keep(reply);
  }

  /** Puts a new pair of tokens in place of one; dropped if that session has ended meanwhile. */
  renew(refreshToken: string, reply: LoginReply): void {
    if (this.state.session?.refreshToken === refreshToken) this.keep(reply);
  }

  /** Notes which workspace the session is in, and as what; null when there is none left. */
  enter(workspace: Membership | null): void {
    const { session } = this.state;
    if (!session || isSame(session.workspace, workspace)) return;
    this.save({ ...session, workspace: workspace && membershipOf(workspace) });
  }

  close(message: string | null = null): void {
    if (this.state.session === null) return;
    this.storage.removeItem(KEY);
    this.set({ session: null, message });
  }

  private keep(reply: LoginReply): void {
    this.save({
      token: reply.access_token,
      refreshToken: reply.refresh_token,
      endsAt: this.now() + reply.expires_in * 1000,
      user: reply.user,
      workspace: reply.workspace,
    });
  }

  private save(session: Session): void {
    this.storage.setItem(KEY, JSON.stringify(session));
    this.set({ session, message: null });
  }

  private set(state: SessionState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

// Of what the server says of a workspace, only this is kept.
const membershipOf = ({ id, name, slug, role }: Membership): Membership => ({
  id,
  name,
  slug,
  role,
});

function isSame(one: Membership | null, other: Membership | null): boolean {
  return one?.id === other?.id && one?.name === other?.name && one?.role === other?.role;
}

function restore(storage: Storage): Session | null {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? "null") as Session | null;
    return kept?.refreshToken && kept.workspace !== undefined ? kept : null;
  } catch {
    return null;
  }
}
