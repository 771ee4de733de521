import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Catalog, Synonym, UnansweredPhrase } from "../api/shapes";
import type { Handler } from "../testing/fakeServer";
import { clickOn, done, openDialog, openSection } from "../testing/open";

const CATALOG: Catalog = {
  views: [],
  metrics: [
    {
      name: "sessions",
      label: "Sessions",
      definition: "Visits.",
      format: "integer",
      synonyms: [],
      dimensions: ["channel"],
    },
    {
      name: "deals_won",
      label: "Deals won",
      definition: "Won.",
      format: "integer",
      synonyms: [],
      dimensions: [],
    },
  ],
  dimensions: [{ name: "channel", label: "Channel", definition: "Where from." }],
};
const WORD: Synonym = {
  id: "s1",
  term: "footfall",
  kind: "metric",
  name: "sessions",
  value: null,
  is_valid: true,
  by_id: "u1",
  created_at: "2026-11-20T10:00:00Z",
};
const PHRASE: UnansweredPhrase = {
  id: "p1",
  phrase: "how many zorps",
  words: ["zorps"],
  outcome: "clarify",
  times: 3,
  first_day: "2026-11-01",
  last_day: "2026-11-20",
};

function open(routes: Record<string, Handler> = {}) {
  const words: Synonym[] = [WORD];
  return openSection("words", {
    "GET /v1/analytics/schema": () => Response.json(CATALOG),
    "GET /v1/synonyms": () => Response.json({ items: words, next_cursor: null }),
    "POST /v1/synonyms": async (request) => {
      const made = { ...WORD, id: "s2", value: null, ...(await request.json()) };
      words.unshift(made);
      return Response.json(made, { status: 201 });
    },
    "DELETE /v1/synonyms/s1": () => {
      words.pop();
      return done();
    },
    "GET /v1/unanswered": () =>
      Response.json({ items: [PHRASE], is_kept: true, next_cursor: null }),
    ...routes,
  });
}

const ownWords = async () => within(await screen.findByRole("list", { name: "Your own words" }));

test("words say what they stand for, and are removed", async () => {
  const { user } = open();
  expect((await ownWords()).getByText(/stands for Sessions/)).toBeTruthy();
  await clickOn(user, "Remove footfall");
  await clickOn(user, "Remove the word");
  expect(await screen.findByText("There are none yet.")).toBeTruthy();
});

test("an unknown word gets a meaning with one click, and is known then", async () => {
  const { user, sent } = open();
  await clickOn(user, "Give “zorps” a meaning");
  const box = await openDialog();
  expect(box.getByLabelText("Word or phrase")).toHaveProperty("value", "zorps");
  await user.selectOptions(box.getByLabelText("Metric"), "Deals won");
  await user.click(box.getByRole("button", { name: "Save the word", hidden: true }));
  expect(await (await ownWords()).findByText(/stands for Deals won/)).toBeTruthy();
  expect(await screen.findByText("Known now")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Give “zorps” a meaning" })).toBeNull();
  expect(sent("POST /v1/synonyms")[0]?.body).toEqual({
    term: "zorps",
    kind: "metric",
    name: "deals_won",
  });
});

test("a word may stand for a name in the data", async () => {
  const { user, sent } = open();
  await clickOn(user, "New word");
  const box = await openDialog();
  await user.type(box.getByLabelText("Word or phrase"), "the letter");
  await user.selectOptions(box.getByLabelText("It stands for"), "value");
  await user.type(box.getByLabelText("Name"), "Email");
  await user.click(box.getByRole("button", { name: "Save the word", hidden: true }));
  await waitFor(() =>
    expect(sent("POST /v1/synonyms")[0]?.body).toEqual({
      term: "the letter",
      kind: "value",
      name: "channel",
      value: "Email",
    }),
  );
});

test("a phrase is dismissed", async () => {
  let items = [PHRASE];
  const { user } = open({
    "GET /v1/unanswered": () => Response.json({ items, is_kept: true, next_cursor: null }),
    "DELETE /v1/unanswered/p1": () => {
      items = [];
      return done();
    },
  });
  expect(await screen.findByText(/Asked 3 times, last on Nov 20, 2026/)).toBeTruthy();
  await clickOn(user, "Dismiss “how many zorps”");
  expect(await screen.findByText("Everything was answered.")).toBeTruthy();
});

test("a workspace keeps none of it when its admins say so", async () => {
  let isKept = true;
  const { user, sent } = open({
    "GET /v1/unanswered": () => Response.json({ items: [], is_kept: isKept, next_cursor: null }),
    "PUT /v1/unanswered": async (request) => {
      isKept = (await request.json()).is_kept;
      return Response.json({ is_kept: isKept });
    },
  });
  await clickOn(user, "Keep none of what was not answered");
  await clickOn(user, "Stop, and delete these");
  expect(await screen.findByText("This workspace keeps none of them.")).toBeTruthy();
  await clickOn(user, "Keep them from now on");
  expect(await screen.findByText("They are kept for ninety days.")).toBeTruthy();
  expect(sent("PUT /v1/unanswered").map(({ body }) => body)).toEqual([
    { is_kept: false },
    { is_kept: true },
  ]);
});
