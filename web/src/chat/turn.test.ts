import { expect, test } from "vitest";
import type { AgUiEvent } from "../api/events";
import { answered, CHART, RECEIPT, replyOf, RESULT } from "../testing/samples";
import { newTurn, reduce, stopped, type Turn, turnOf } from "./turn";

const fold = (events: AgUiEvent[]): Turn => events.reduce(reduce, newTurn("k", "Top channels?", null));

test("the events of a turn become its answer", () => {
  const turn = fold(answered());
  expect(turn).toMatchObject({
    conversationId: "c1",
    isRunning: false,
    outcome: "answer",
    text: "**Organic Search** leads with 1,200.",
    chart: CHART,
    result: RESULT,
    receipt: RECEIPT,
    problem: null,
  });
});

test("before the end the text is what has come so far", () => {
  const turn = fold(answered().slice(0, -3));
  expect(turn.isRunning).toBe(true);
  expect(turn.text).toBe("**Organic Search** leads");
});

test("tools belong to the step that is open, and carry what they found", () => {
  const { steps } = fold(answered().slice(0, 4));
  expect(steps.map(({ name, isDone }) => [name, isDone])).toEqual([
    ["understanding", true],
    ["sql_analyst", false],
  ]);
  expect(steps[1]?.tools).toEqual([
    { id: "a", name: "query_metrics", summary: "2 rows", isDone: true },
  ]);
});

test("a question back carries its options", () => {
  const options = [{ label: "Purchases", question: "Transactions last 30 days" }];
  const value = { kind: "clarify" as const, message: "Which one?", options };
  const turn = fold([
    { type: "CUSTOM", name: "gtm.options", value },
    { type: "RUN_FINISHED", threadId: "c1", runId: "t1" },
  ]);
  expect(turn).toMatchObject({ outcome: "clarify", options: value, isRunning: false });
});

test("a failed run says why", () => {
  const turn = fold([{ type: "RUN_ERROR", message: "The warehouse is busy.", code: "busy" }]);
  expect(turn).toMatchObject({ outcome: "error", isRunning: false });
  expect(turn.problem).toMatchObject({ code: "busy", detail: "The warehouse is busy." });
});

test("a stopped turn keeps what it had", () => {
  const turn = stopped(fold(answered().slice(0, 9)));
  expect(turn).toMatchObject({ outcome: "stopped", isRunning: false, text: "**Organic" });
});

test("a settled turn can't be stopped any more", () => {
  const turn = fold(answered());
  expect(stopped(turn)).toBe(turn);
});

test("events of a kind unknown here change nothing", () => {
  const turn = newTurn("k", "q", null);
  expect(reduce(turn, { type: "RAW" } as unknown as AgUiEvent)).toBe(turn);
});

test("a kept turn reads like one that was just answered, without its steps", () => {
  const { key: _, steps: __, ...kept } = turnOf(replyOf());
  const { key: ___, steps: ____, ...live } = fold(answered());
  expect(kept).toEqual(live);
});

test("a kept refusal shows its message as a refusal", () => {
  const reply = replyOf({ outcome: "refuse", insights: "No ad spend here.", chart_spec: null });
  expect(turnOf(reply).options).toEqual({ kind: "refuse", message: "No ad spend here.", options: [] });
});
