import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Steps } from "./Steps";
import { newTurn, type Step, type Turn, UNDERSTANDING } from "./turn";

const turnOf = (steps: Step[], isRunning: boolean): Turn => ({
  ...newTurn("k", "q", "c1"),
  steps,
  isRunning,
});
const call = (name: string, summary = "", isDone = true) => ({ id: name, name, summary, isDone });

test("what a tool is doing is said while it does it", () => {
  const steps = [{ name: "sql_analyst", isDone: false, tools: [call("explain_change", "", false)] }];
  render(<Steps turn={turnOf(steps, true)} />);
  expect(screen.getByRole("list", { name: "Progress" }).textContent).toBe(
    "QueryingTaking the change apart",
  );
});

test.each([
  ["explain_change", "Why (rows 1-20 of 56). More: get_result with offset 20\nx", "Why (56 rows)"],
  ["forecast_metric", "Sessions forecast, res_a1-b (1 rows)", "Sessions forecast (1 row)"],
  ["query_metrics", "Sessions (9 rows)", "Sessions (9 rows)"],
])("what %s has found is told without what is for the agents", (name, summary, told) => {
  const steps = [
    { name: UNDERSTANDING, isDone: true, tools: [] },
    { name: "sql_analyst", isDone: true, tools: [call(name, summary)] },
  ];
  render(<Steps turn={turnOf(steps, false)} />);
  expect(screen.getByText("Understanding → Querying")).toBeTruthy();
  expect(screen.getByText(told)).toBeTruthy();
});

test("a tool nobody here knows is called what it is", () => {
  const steps = [{ name: "new_agent", isDone: true, tools: [call("read_tea_leaves")] }];
  render(<Steps turn={turnOf(steps, false)} />);
  expect(screen.getByText("read tea leaves")).toBeTruthy();
});
