import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Feedback } from "../api/shapes";
import { problem } from "../testing/fakeServer";
import { clickOn, done, openDialog, openSection, openSignedIn } from "../testing/open";
import { replyOf } from "../testing/samples";

const OPINION: Feedback = {
  id: "f1",
  conversation_id: "c1",
  turn_id: "t1",
  is_helpful: false,
  reason: null,
  question: "Top channels?",
  outcome: "answer",
  query: { metrics: ["sessions"] },
  sql: null,
  model: "local/analyst",
  by: "Ana Acme",
  by_id: "u1",
  is_yours: true,
  created_at: "2026-11-22T10:00:00Z",
  updated_at: "2026-11-22T10:00:00Z",
};

const LIST = "GET /v1/feedback?conversation_id=c1&limit=200";
const GIVE = "PUT /v1/feedback/t1";

function openConversation(kept: Feedback[] = []) {
  return openSignedIn({
    address: "/?conversation=c1",
    role: "viewer",
    routes: {
      "GET /v1/conversations/c1": () =>
        Response.json({ id: "c1", title: "Top channels?", turns: [replyOf()] }),
      [LIST]: () => Response.json({ items: kept }),
      [GIVE]: async (request) => Response.json({ ...OPINION, ...(await request.json()) }),
      "DELETE /v1/feedback/t1": done,
    },
  });
}

const thumb = (name: string) => screen.findByRole("button", { name });
const isPressed = async (name: string) => (await thumb(name)).ariaPressed;

test("a thumb is kept at once, and can be turned over", async () => {
  const { user, sent } = openConversation();
  await user.click(await thumb("Helpful"));
  expect(await screen.findByText("Thank you, noted.")).toBeTruthy();
  expect(await isPressed("Helpful")).toBe("true");
  await user.click(await thumb("Not helpful"));
  await waitFor(async () => expect(await isPressed("Helpful")).toBe("false"));
  expect(sent(GIVE).map(({ body }) => body)).toEqual([
    { is_helpful: true, reason: null },
    { is_helpful: false, reason: null },
  ]);
});

test("why is asked for in a dialog; the usual reasons are one click", async () => {
  const { user, sent } = openConversation([OPINION]);
  await clickOn(user, "Say why");
  const box = await openDialog();
  await user.click(box.getByRole("button", { name: "Wrong period", hidden: true }));
  await user.type(box.getByLabelText("Reason"), "I asked for October.");
  await user.click(box.getByRole("button", { name: "Save", hidden: true }));
  expect(await screen.findByRole("button", { name: "Change the reason" })).toBeTruthy();
  expect(sent(GIVE)[0]?.body).toEqual({
    is_helpful: false,
    reason: "Wrong period. I asked for October.",
  });
});

test("what was said earlier is there again, and is taken back", async () => {
  const { user, sent } = openConversation([OPINION, { ...OPINION, turn_id: "other" }]);
  await waitFor(async () => expect(await isPressed("Not helpful")).toBe("true"));
  await clickOn(user, "Undo");
  await waitFor(async () => expect(await isPressed("Not helpful")).toBe("false"));
  expect(document.activeElement).toBe(await thumb("Not helpful"));
  expect(sent("DELETE /v1/feedback/t1")).toHaveLength(1);
});

test("an opinion of somebody else is not shown as one's own", async () => {
  openConversation([{ ...OPINION, is_yours: false }]);
  expect(await isPressed("Not helpful")).toBe("false");
});

test("what can't be kept is said", async () => {
  const { user } = openSignedIn({
    routes: { [GIVE]: () => problem(503, { detail: "The database does not answer." }) },
  });
  await user.click(await screen.findByRole("button", { name: /top traffic sources/ }));
  await user.click(await thumb("Helpful"));
  expect((await screen.findByRole("alert")).textContent).toBe(
    "Not saved: The database does not answer.",
  );
});

test("admins read what people think, by kind", async () => {
  const { user } = openSection("feedback", {
    "GET /v1/feedback": () =>
      Response.json({
        items: [{ ...OPINION, reason: "Wrong period.", by: null, is_yours: false }],
        next_cursor: "next",
      }),
    "GET /v1/feedback?cursor=next": () =>
      Response.json({ items: [{ ...OPINION, id: "f2", question: "Bounce rate?" }] }),
    "GET /v1/feedback?is_helpful=true": () => Response.json({ items: [] }),
  });
  const list = within(await screen.findByRole("list", { name: "Feedback" }));
  expect(list.getByText("Top channels?")).toBeTruthy();
  expect(list.getByText("Wrong period.")).toBeTruthy();
  expect(list.getByText(/^Somebody who has left/)).toBeTruthy();
  expect(list.getByText(/"sessions"/)).toBeTruthy();
  await clickOn(user, "Show more");
  expect(await list.findByText("Bounce rate?")).toBeTruthy();
  await user.selectOptions(screen.getByLabelText("Show"), "true");
  expect(await screen.findByText("Nobody has said anything of that kind.")).toBeTruthy();
});
