import type { AgUiEvent } from "./events";

/** Splits a server-sent event stream into its data payloads; comments and ids are skipped. */
export class SseParser {
  private rest = "";

  push(chunk: string): string[] {
    const text = (this.rest + chunk).replaceAll("\r\n", "\n");
    // A chunk may end between the \r and the \n of one line end.
    const cut = text.endsWith("\r") ? text.length - 1 : text.length;
    const blocks = text.slice(0, cut).split("\n\n");
    this.rest = (blocks.pop() ?? "") + text.slice(cut);
    return blocks.map(dataOf).filter((data) => data !== "");
  }
}

function dataOf(block: string): string {
  const lines = block.split("\n").filter((line) => line.startsWith("data:"));
  return lines.map((line) => line.slice(line.startsWith("data: ") ? 6 : 5)).join("\n");
}

// EventSource can neither POST nor send an Authorization header, so the body is read by hand.
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<AgUiEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new SseParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const data of parser.push(decoder.decode(value, { stream: true }))) {
        yield JSON.parse(data) as AgUiEvent;
      }
    }
  } finally {
    // Leaving early (or failing) frees the connection, which tells the server to stop.
    await reader.cancel().catch(() => undefined);
  }
}
