import type { AgUiEvent } from "./events";
import { ApiError, problemFrom } from "./problem";
import type {
  Config,
  FileFormat,
  GoogleStart,
  Identity,
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
  /** Called as a request begins; what it returns, when the workspace turns out to be gone. */
  watchWorkspace?: () => () => void;
  /** What somebody came with who was invited, to be accepted as they come in. */
  invitation?: () => string | null;
}

/** Codes by which the server says that there is no workspace to work in any more. */
const GONE = ["no_workspace", "workspace_deleted"];

interface Options {
  accept?: string;
  body?: unknown;
  /** The Idempotency-Key of what must not happen twice. */
  key?: string | undefined;
  signal?: AbortSignal;
}

/** The one place that talks to the server. */
export class ApiClient {
  private readonly credentials: Credentials;

  constructor(credentials: Credentials) {
    this.credentials = credentials;
  }

  /** What anyone may read. */
  openly<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
    return read(open(method, path, body));
  }

  config(): Promise<Config> {
    return this.openly("GET", "/v1/config");
  }

  login(email: string, password: string): Promise<LoginReply> {
    return this.enter("/v1/auth/login", { email, password });
  }

  signUp(person: NewPerson): Promise<SignUpReply> {
    return this.enter("/v1/auth/signup", person);
  }

  /** Where to go to sign in with Google, and what the browser has to show on its way back. */
  google(): Promise<GoogleStart> {
    return this.enter("/v1/auth/google", {});
  }

  googleCallback(code: string, codeVerifier: string): Promise<LoginReply> {
    return this.enter("/v1/auth/google/callback", { code, code_verifier: codeVerifier });
  }

  /** Comes in with the session of a mailed link. */
  enterByLink(refreshToken: string): Promise<LoginReply> {
    return this.enter("/v1/auth/refresh", { refresh_token: refreshToken });
  }

  refresh(refreshToken: string): Promise<LoginReply> {
    return this.openly("POST", "/v1/auth/refresh", { refresh_token: refreshToken });
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
    await this.post("/v1/auth/logout");
  }

  workspace(): Promise<Workspace> {
    return this.get("/v1/tenants/current");
  }

  get<T>(path: string): Promise<T> {
    return read(this.send("GET", path));
  }

  /** With a key, an attempt that is sent again is not carried out twice. */
  post<T = void>(path: string, body?: unknown, key?: string): Promise<T> {
    return read(this.send("POST", path, { body, key }));
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return read(this.send("PUT", path, { body }));
  }

  delete<T = void>(path: string, body?: unknown): Promise<T> {
    return read(this.send("DELETE", path, { body }));
  }

  /** Sends a file as it is. */
  upload<T>(path: string, file: Blob): Promise<T> {
    return read(this.send("POST", path, { body: file }));
  }

  /** A file, named as the server names it. */
  async file(path: string, fallback: string): Promise<File> {
    const response = await this.send("GET", path, { accept: "*/*" });
    const disposition = response.headers.get("Content-Disposition") ?? "";
    const name = /filename="([^"]+)"/.exec(disposition)?.[1] ?? fallback;
    const type = response.headers.get("Content-Type") ?? "";
    return new File([await response.arrayBuffer()], name, { type });
  }

  /** The whole of a kept result. */
  resultFile(resultId: string, format: FileFormat): Promise<File> {
    const path = `/v1/results/${encodeURIComponent(resultId)}?format=${format}`;
    return this.file(path, `result.${format}`);
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

  private enter<T>(path: string, body: object): Promise<T> {
    const invitation = this.credentials.invitation?.();
    return this.openly("POST", path, invitation ? { ...body, invitation } : body);
  }

  /** A request with the session's token; a refused one is sent once more with a new token. */
  private async send(method: string, path: string, options: Options = {}): Promise<Response> {
    const token = await this.credentials.token();
    options.signal?.throwIfAborted();
    const onLost = this.credentials.watchWorkspace?.();
    let response = await request(method, path, options, token);
    if (response.status === 401 && token) {
      const next = await this.credentials.renew(token);
      options.signal?.throwIfAborted();
      if (next) response = await request(method, path, options, next);
    }
    if (response.status === 401) this.credentials.onUnauthorized();
    if (response.ok) return response;
    const problem = await problemFrom(response);
    if (GONE.includes(problem.code)) onLost?.();
    throw new ApiError(problem);
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
  { accept = "application/json", body, key, signal }: Options,
  token: string | null,
): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept };
  const init: RequestInit = { method, headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (key) headers["Idempotency-Key"] = key;
  if (signal) init.signal = signal;
  if (body instanceof Blob) {
    headers["Content-Type"] = "application/octet-stream";
    init.body = body;
  } else if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  return fetch(path, init);
}

async function checked(response: Response): Promise<Response> {
  if (!response.ok) throw new ApiError(await problemFrom(response));
  return response;
}

async function read<T>(answer: Promise<Response>): Promise<T> {
  const response = await answer;
  return (response.status === 204 ? undefined : await response.json()) as T;
}
