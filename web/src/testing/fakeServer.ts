import { vi } from "vitest";
import type { AgUiEvent } from "../api/events";
import { answered, CONFIG, LOGIN, WORKSPACE } from "./samples";

export type Handler = (request: Request) => Response | Promise<Response>;

const json = (body: unknown, status = 200): Response => Response.json(body, { status });

export const problem = (status: number, fields: Record<string, unknown>): Response =>
  json({ status, ...fields }, status);

/** An answer whose stream stays open after its events when `isOpen` is set. */
export function stream(events: AgUiEvent[], { isOpen = false } = {}): Handler {
  return ({ signal }) => {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const [i, event] of events.entries()) {
          controller.enqueue(encoder.encode(`id: ${i}\ndata: ${JSON.stringify(event)}\n\n`));
        }
        if (!isOpen) controller.close();
        signal.addEventListener("abort", () => controller.error(signal.reason));
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  };
}

/** Stands in for the server: a route is `METHOD /path`; what a test sets wins over the usual. */
export function fakeServer(routes: Record<string, Handler> = {}) {
  const requests: { route: string; body: unknown; token: string | null }[] = [];
  const all: Record<string, Handler> = {
    "GET /v1/config": () => json(CONFIG),
    "POST /v1/auth/login": () => json(LOGIN),
    "POST /v1/auth/logout": () => new Response(null, { status: 204 }),
    "GET /v1/tenants/current": () => json(WORKSPACE),
    "GET /v1/integrations/status": () => json({ items: [{ source: "GA4", is_connected: true }] }),
    "GET /v1/conversations": () => json({ items: [], next_cursor: null }),
    "GET /v1/usage?months=1": () => json({ items: [] }),
    "GET /v1/feedback?conversation_id=c1&limit=200": () => json({ items: [] }),
    "POST /v1/analytics/query": stream(answered()),
    ...routes,
  };
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const request = new Request(new URL(path, location.href), init);
    const route = `${request.method} ${path}`;
    const text = await request.clone().text();
    const token = request.headers.get("Authorization");
    const isJson = request.headers.get("Content-Type") === "application/json";
    requests.push({ route, body: text && isJson ? JSON.parse(text) : null, token });
    const handler = all[route];
    return handler ? handler(request) : problem(404, { title: "Not found", code: "not_found" });
  });
  return { requests };
}
