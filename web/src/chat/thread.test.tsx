import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { TurnReply } from "../api/shapes";
import { openSignedIn } from "../testing/open";
import { CHART, replyOf, RESULT } from "../testing/samples";

function openThread(...turns: Partial<TurnReply>[]) {
  return openSignedIn({
    address: "/?conversation=c1",
    routes: {
      "GET /v1/conversations/c1": () =>
        Response.json({
          id: "c1",
          title: "Talk",
          turns: turns.map((turn, i) => replyOf({ turn_id: `t${i}`, question: `Q${i}`, ...turn })),
        }),
    },
  });
}

const edits = () => screen.findAllByRole("button", { name: "Edit chart" });

test("only the newest chart can be changed, as words about a chart mean that one", async () => {
  openThread({}, {}, { outcome: "refuse", chart_spec: null, data: null, receipt: null });
  const [button, ...others] = await edits();
  expect(others).toEqual([]);
  expect(button?.closest("article")?.textContent).toContain("Q1");
});

test("behind a newer result without a chart none can be changed", async () => {
  const data = { ...RESULT, rows: [], row_count: 0 };
  openThread({ chart_spec: CHART }, { chart_spec: null, data });
  expect(await screen.findByText("No rows in this period.")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Edit chart" })).toBeNull();
});

test("an answer about the product offers what could be asked", async () => {
  const options = [{ label: "Top channels", question: "top channels" }];
  const { user, sent } = openThread({
    outcome: "guide",
    insights: "Hello.",
    options,
    chart_spec: null,
    data: null,
    receipt: null,
  });
  expect(await screen.findByRole("list", { name: "What you could ask" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Top channels" }));
  expect(sent("POST /v1/analytics/query")[0]?.body).toEqual({
    question: "top channels",
    conversation_id: "c1",
  });
});

test("what was stopped or went wrong is not judged", async () => {
  openThread({ outcome: "error", insights: "No.", chart_spec: null, data: null, receipt: null });
  expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
  expect(screen.queryByRole("group", { name: "Was this helpful?" })).toBeNull();
});
