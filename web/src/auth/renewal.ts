import { ApiError } from "../api/problem";
import type { LoginReply } from "../api/shapes";
import type { SessionStore } from "./session";

type Refresh = (refreshToken: string) => Promise<LoginReply>;

/** A request may be under way for a while: a token that ends sooner than this is made new first. */
const MARGIN_MS = 60_000;

/** Keeps the session's token good: one renewal at a time, however many requests wait for it. */
export class TokenRenewal {
  private readonly session: SessionStore;
  private readonly refresh: Refresh;
  private readonly now: () => number;
  private running: Promise<string | null> | null = null;

  constructor(session: SessionStore, refresh: Refresh, now: () => number = Date.now) {
    this.session = session;
    this.refresh = refresh;
    this.now = now;
  }

  /** The token to send. A renewal that can't be reached leaves the old one, which may still do. */
  token = async (): Promise<string | null> => {
    const { session } = this.session.current();
    if (!session) return null;
    if (session.endsAt - this.now() > MARGIN_MS) return session.token;
    return this.start(session.refreshToken).catch(() => session.token);
  };

  /** Another token in place of one the server refused. */
  renew = async (refused: string): Promise<string | null> => {
    const { session } = this.session.current();
    if (!session) return null;
    // Another request has renewed it while this one was on its way.
    if (session.token !== refused) return session.token;
    return this.start(session.refreshToken);
  };

  private start(refreshToken: string): Promise<string | null> {
    this.running ??= this.exchange(refreshToken).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async exchange(refreshToken: string): Promise<string | null> {
    try {
      const reply = await this.refresh(refreshToken);
      this.session.renew(refreshToken, reply);
      // Also when the session was closed meanwhile: whoever signs out ends this one.
      return reply.access_token;
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
  }
}

/** Whether the refresh token is worth nothing any more, rather than the server in trouble. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const { status } = error.problem;
  return status >= 400 && status < 500 && status !== 429;
}
