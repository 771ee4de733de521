import { expect, test } from "vitest";
import type { Ask } from "../api/client";
import type { AgUiEvent } from "../api/events";
import { answered, replyOf } from "../testing/samples";
import { type AskOptions, TurnRuns } from "./runs";
import type { Turn } from "./turn";

function runsOver(events: AgUiEvent[], { hangs = false } = {}) {
  const settled: Turn[] = [];
  const started: string[] = [];
  const runs = new TurnRuns({
    async *ask({ signal }: Ask) {
      yield* events;
      if (!hangs) return;
      signal.throwIfAborted();
      await new Promise((_, no) => signal.addEventListener("abort", () => no(signal.reason)));
    },
  });
  const ask = (options: Partial<AskOptions> = {}) =>
    runs.ask({
      question: "Top channels?",
      conversationId: null,
      onConversation: (id) => started.push(id),
      onSettled: (turn) => settled.push(turn),
      ...options,
    });
  return { runs, settled, started, ask };
}

test("a new conversation's turn moves under the id the server gives it", async () => {
  const { runs, settled, started, ask } = runsOver(answered());
  await ask();
  expect(started).toEqual(["c1"]);
  expect(settled).toMatchObject([{ conversationId: "c1", outcome: "answer" }]);
  expect(runs.turnIn("c1")).toBeNull();
});

test("turns of two conversations run beside each other", async () => {
  const { runs, settled, ask } = runsOver([], { hangs: true });
  const first = ask({ conversationId: "a" });
  const second = ask({ conversationId: "b" });
  runs.stop("a");
  await first;
  expect(settled).toHaveLength(1);
  expect(runs.turnIn("b")?.isRunning).toBe(true);
  runs.stopAll();
  await second;
});

test("stopping settles the turn as stopped", async () => {
  const { runs, settled, ask } = runsOver(answered(replyOf()).slice(0, 9), { hangs: true });
  const done = ask({ conversationId: "c1" });
  await Promise.resolve();
  runs.stop("c1");
  await done;
  expect(settled).toMatchObject([{ outcome: "stopped" }]);
});

test("a stream that breaks off is an error, not an answer", async () => {
  const { settled, ask } = runsOver(answered().slice(0, 5));
  await ask();
  expect(settled).toMatchObject([{ outcome: "error", problem: { code: "unreachable" } }]);
});
