import type { AgUiEvent } from "./events";
import { ApiError, problemFrom } from "./problem";
import type {
  Config,
  Conversation,
  ConversationPage,
  FileFormat,
  GoogleStart,
  Identity,
  Integrations,
  LoginReply,
  NewPerson,
  SignUpReply,
  Workspace,
} from "./shapes";
import { readEvents } from "./sse";

export interface Ask {
  question: string;
  conversationId: string | null;
  signal: AbortSignal;
}

export interface Credentials {
  /** The token to send, made new first when it is about to end. */
  token: () => Promise<string | null>;
  /** Another token in place of one that was refused; null when there is none. */
  renew: (refused: string) => Promise<string | null>;
  onUnauthorized: () => void;
}

interface Options {
  accept?: string;
  body?: unknown;
  signal?: AbortSignal;
}

/** The one place that talks to the server. */
export class ApiClient {
  private readonly credentials: Credentials;

  constructor(credentials: Credentials) {
    this.credentials = credentials;
  }

  config(): Promise<Config> {
    return read(open("GET", "/v1/config"));
  }

  login(email: string, password: string): Promise<LoginReply> {
    return read(open("POST", "/v1/auth/login", { email, password }));
  }

  signUp(person: NewPerson): Promise<SignUpReply> {
    return read(open("POST", "/v1/auth/signup", person));
  }

  refresh(refreshToken: string): Promise<LoginReply> {
    return read(open("POST", "/v1/auth/refresh", { refresh_token: refreshToken }));
  }

  /** Where to go to sign in with Google, and what the browser has to show on its way back. */
  google(): Promise<GoogleStart> {
    return read(open("POST", "/v1/auth/google", {}));
  }

  googleCallback(code: string, codeVerifier: string): Promise<LoginReply> {
    return read(open("POST", "/v1/auth/google/callback", { code, code_verifier: codeVerifier }));
  }

  async recover(email: string): Promise<void> {
    await open("POST", "/v1/auth/recover", { email });
  }

  /** Who a recovery link belongs to; its token is not the session's. */
  owner(token: string): Promise<Identity> {
    return read(open("GET", "/v1/auth/me", undefined, token));
  }

  async setPassword(password: string, token: string): Promise<void> {
    await open("POST", "/v1/auth/password", { password }, token);
  }

  async logout(): Promise<void> {
    await this.send("POST", "/v1/auth/logout");
  }

  workspace(): Promise<Workspace> {
    return read(this.send("GET", "/v1/tenants/current"));
  }

  integrations(): Promise<Integrations> {
    return read(this.send("GET", "/v1/integrations/status"));
  }

  conversations(): Promise<ConversationPage> {
    return read(this.send("GET", "/v1/conversations"));
  }

  conversation(id: string): Promise<Conversation> {
    return read(this.send("GET", `/v1/conversations/${encodeURIComponent(id)}`));
  }

  /** The whole of a kept result, named as the server names it. */
  async resultFile(resultId: string, format: FileFormat): Promise<File> {
    const path = `/v1/results/${encodeURIComponent(resultId)}?format=${format}`;
    const response = await this.send("GET", path, { accept: "*/*" });
    const disposition = response.headers.get("Content-Disposition") ?? "";
    const name = /filename="([^"]+)"/.exec(disposition)?.[1] ?? `result.${format}`;
    const type = response.headers.get("Content-Type") ?? "";
    return new File([await response.arrayBuffer()], name, { type });
  }

  /** Streams the events of one turn; aborting the signal stops the turn on the server too. */
  async *ask({ question, conversationId, signal }: Ask): AsyncGenerator<AgUiEvent> {
    const response = await this.send("POST", "/v1/analytics/query", {
      accept: "text/event-stream",
      body: { question, conversation_id: conversationId },
      signal,
    });
    if (response.body) yield* readEvents(response.body);
  }

  /** A request with the session's token; a refused one is sent once more with a new token. */
  private async send(method: string, path: string, options: Options = {}): Promise<Response> {
    const token = await this.credentials.token();
    options.signal?.throwIfAborted();
    let response = await request(method, path, options, token);
    if (response.status === 401 && token) {
      const next = await this.credentials.renew(token);
      options.signal?.throwIfAborted();
      if (next) response = await request(method, path, options, next);
    }
    if (response.status === 401) this.credentials.onUnauthorized();
    return checked(response);
  }
}

/** A request that needs no session. */
async function open(
  method: string,
  path: string,
  body?: unknown,
  token: string | null = null,
): Promise<Response> {
  return checked(await request(method, path, { body }, token));
}

function request(
  method: string,
  path: string,
  { accept = "application/json", body, signal }: Options,
  token: string | null,
): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept };
  const init: RequestInit = { method, headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (signal) init.signal = signal;
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  return fetch(path, init);
}

async function checked(response: Response): Promise<Response> {
  if (!response.ok) throw new ApiError(await problemFrom(response));
  return response;
}

async function read<T>(response: Promise<Response>): Promise<T> {
  return (await (await response).json()) as T;
}
