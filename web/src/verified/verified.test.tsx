import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Role, TurnReply, VerifiedAnswer } from "../api/shapes";
import { problem, type Handler } from "../testing/fakeServer";
import { clickOn, done, openDialog, openSection, openSignedIn } from "../testing/open";
import { replyOf, VERIFIED } from "../testing/samples";

const ANSWER: VerifiedAnswer = {
  id: "v1",
  question: "Top channels?",
  query: { metrics: ["sessions"] },
  sql: null,
  note: null,
  by: "Ana Acme",
  by_id: "u1",
  is_valid: true,
  problem: null,
  created_at: "2026-11-20T10:00:00Z",
  updated_at: "2026-11-21T10:00:00Z",
};

const PATH = "/v1/verified-answers";

function openTurn(turn: Partial<TurnReply>, routes: Record<string, Handler> = {}, role?: Role) {
  return openSignedIn({
    address: "/?conversation=c1",
    ...(role && { role }),
    routes: {
      "GET /v1/conversations/c1": () =>
        Response.json({ id: "c1", title: "Top channels?", turns: [replyOf(turn)] }),
      ...routes,
    },
  });
}

const MENU = "Options for the answer to Top channels?";
const badge = () => screen.findByRole("group", { name: "Verified answer" });

async function choose(user: ReturnType<typeof openTurn>["user"], item: string) {
  await clickOn(user, MENU);
  await user.click(await screen.findByRole("menuitem", { name: item }));
}

test("a verified answer says who stands for it, since when, and what they add", async () => {
  openTurn({ verified: VERIFIED }, {}, "viewer");
  const text = (await badge()).textContent;
  expect(text).toContain("Verified by Ana Acme on Nov 20, 2026");
  expect(text).toContain("Checked against the ad accounts.");
  expect(text).not.toContain("Top channels?");
});

test("it also says whose wording it was verified for, and that somebody has left", async () => {
  openTurn({ verified: { ...VERIFIED, by: null, note: null, question: "Best channels" } });
  expect((await badge()).textContent).toBe(
    "Verified by somebody who has left on Nov 20, 2026 for “Best channels”",
  );
});

test("an admin stands for an answer, in words that make sense by themselves", async () => {
  const { user, sent } = openTurn(
    {},
    { [`POST ${PATH}`]: async (r) => Response.json({ ...ANSWER, ...(await r.json()) }) },
    "admin",
  );
  await choose(user, "Mark as verified…");
  const box = await openDialog();
  await user.clear(box.getByLabelText("Question"));
  await user.type(box.getByLabelText("Question"), "Top channels last 30 days?");
  await user.type(box.getByLabelText("Note"), "Fine.");
  await user.click(box.getByRole("button", { name: "Mark as verified", hidden: true }));
  expect((await badge()).textContent).toContain("for “Top channels last 30 days?”Fine.");
  expect(sent(`POST ${PATH}`)[0]?.body).toEqual({
    conversation_id: "c1",
    turn_id: "t1",
    note: "Fine.",
    question: "Top channels last 30 days?",
  });
});

test("why an answer can't be verified is said in the dialog", async () => {
  const { user } = openTurn(
    {},
    {
      [`POST ${PATH}`]: () =>
        problem(422, { code: "not_verifiable", detail: "It says too little.", hint: "Reword it." }),
    },
  );
  await choose(user, "Mark as verified…");
  const box = await openDialog();
  await user.click(box.getByRole("button", { name: "Mark as verified", hidden: true }));
  expect(await box.findByText("It says too little. Reword it.")).toBeTruthy();
});

test("an admin takes the verification away, also when it is gone already", async () => {
  const { user } = openTurn(
    { verified: VERIFIED },
    { [`DELETE ${PATH}/v1`]: () => problem(404, { detail: "There is no such verified answer." }) },
  );
  await choose(user, "Remove the verification…");
  const box = await openDialog();
  await user.click(box.getByRole("button", { name: "Remove", hidden: true }));
  await waitFor(() =>
    expect(screen.queryByRole("group", { name: "Verified answer" })).toBeNull(),
  );
  expect(await screen.findByText("No longer verified.")).toBeTruthy();
});

test("members have no menu, and neither has what nobody can stand for", async () => {
  openTurn({}, {}, "member");
  await screen.findByRole("button", { name: "Helpful" });
  expect(screen.queryByRole("button", { name: MENU })).toBeNull();
});

test("the list is for everybody, its changes for admins", async () => {
  const { user, sent } = openSection("verified", {
    [`GET ${PATH}`]: () =>
      Response.json({ items: [{ ...ANSWER, is_valid: false, problem: "No such metric." }] }),
    [`PUT ${PATH}/v1`]: () => Response.json(ANSWER),
    [`DELETE ${PATH}/v1`]: done,
  });
  const list = within(await screen.findByRole("list", { name: "Verified answers" }));
  expect(list.getByText("Out of date")).toBeTruthy();
  expect(list.getByText("It is passed over: No such metric.")).toBeTruthy();
  await clickOn(user, "Change Top channels?");
  const box = await openDialog();
  await user.type(box.getByLabelText("Note"), "Mind the lag.");
  await user.click(box.getByRole("button", { name: "Save", hidden: true }));
  await waitFor(() => expect(sent(`PUT ${PATH}/v1`)[0]?.body).toEqual({ note: "Mind the lag." }));
  await clickOn(user, "Remove Top channels?");
  await clickOn(user, "Remove for everybody");
  await waitFor(() => expect(sent(`DELETE ${PATH}/v1`)).toHaveLength(1));
});

test("a member sees the list without its changes", async () => {
  openSection("verified", { [`GET ${PATH}`]: () => Response.json({ items: [ANSWER] }) }, "member");
  expect(await screen.findByText("Top channels?")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Change Top channels?" })).toBeNull();
});
