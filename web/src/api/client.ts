import type { AgUiEvent } from "./events";
import { ApiError, problemFrom } from "./problem";
import type { Config, Conversation, ConversationPage, FileFormat, LoginReply } from "./shapes";
import { readEvents } from "./sse";

export interface Ask {
  question: string;
  conversationId: string | null;
  signal: AbortSignal;
}

interface Credentials {
  token: () => string | null;
  onUnauthorized: () => void;
}

/** The one place that talks to the server; every call carries the session's token. */
export class ApiClient {
  private readonly credentials: Credentials;

  constructor(credentials: Credentials) {
    this.credentials = credentials;
  }

  config(): Promise<Config> {
    return this.json("GET", "/v1/config");
  }

  async login(email: string, password: string): Promise<LoginReply> {
    const response = await fetch("/v1/auth/login", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ email, password }),
    });
    if (!response.ok) throw new ApiError(await problemFrom(response));
    return (await response.json()) as LoginReply;
  }

  async logout(): Promise<void> {
    await this.send("POST", "/v1/auth/logout", {});
  }

  conversations(): Promise<ConversationPage> {
    return this.json("GET", "/v1/conversations");
  }

  conversation(id: string): Promise<Conversation> {
    return this.json("GET", `/v1/conversations/${encodeURIComponent(id)}`);
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

  private async json<T>(method: string, path: string): Promise<T> {
    const response = await this.send(method, path, {});
    return (await response.json()) as T;
  }

  private async send(
    method: string,
    path: string,
    options: { accept?: string; body?: unknown; signal?: AbortSignal },
  ): Promise<Response> {
    const headers: Record<string, string> = { Accept: options.accept ?? "application/json" };
    const token = this.credentials.token();
    if (token) headers.Authorization = `Bearer ${token}`;
    const init: RequestInit = { method, headers };
    if (options.signal) init.signal = options.signal;
    if (options.body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(options.body);
    }
    const response = await fetch(path, init);
    if (response.status === 401) this.credentials.onUnauthorized();
    if (!response.ok) throw new ApiError(await problemFrom(response));
    return response;
  }
}
