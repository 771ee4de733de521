import { expect, test } from "vitest";
import { readEvents, SseParser } from "./sse";

test("events are read whole however the bytes are cut", () => {
  const text = 'id: 1\ndata: {"a":1}\n\n: ping\n\nid: 2\r\ndata: {"b":2}\r\n\r\n';
  for (let cut = 0; cut <= text.length; cut += 1) {
    const parser = new SseParser();
    const found = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))];
    expect(found).toEqual(['{"a":1}', '{"b":2}']);
  }
});

test("data over several lines is joined by line ends", () => {
  expect(new SseParser().push("data: one\ndata: two\n\n")).toEqual(["one\ntwo"]);
});

test("a character cut in two by the network is put together again", async () => {
  const bytes = new TextEncoder().encode('data: {"type":"TEXT_MESSAGE_CONTENT","delta":"é"}\n\n');
  const cut = bytes.indexOf(0xc3) + 1;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.slice(0, cut));
      controller.enqueue(bytes.slice(cut));
      controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(body)) events.push(event);
  expect(events).toEqual([{ type: "TEXT_MESSAGE_CONTENT", delta: "é" }]);
});

test("leaving early frees the connection", async () => {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('data: {"type":"X"}\n\n')),
    cancel: () => {
      isCancelled = true;
    },
  });
  for await (const _ of readEvents(body)) break;
  expect(isCancelled).toBe(true);
});
