import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { App } from "./App";
import { createServices } from "./services";
import { fakeServer, problem, stream } from "./testing/fakeServer";
import { answered, replyOf } from "./testing/samples";

const QUERY = "POST /v1/analytics/query";

async function open() {
  const user = userEvent.setup();
  render(<App services={createServices(sessionStorage)} />);
  await user.click(await screen.findByRole("button", { name: /Acme/ }));
  const box = await screen.findByRole("textbox", { name: "Your question" });
  return { user, ask: (text: string) => user.type(box, `${text}{Enter}`) };
}

test("a demo login opens its workspace", async () => {
  fakeServer();
  await open();
  expect(screen.getByText("Acme")).toBeTruthy();
  expect(screen.getByText("What would you like to know, Ana?")).toBeTruthy();
  expect(await screen.findByRole("button", { name: "Rule-based analyst" })).toBeTruthy();
});

test("a wrong password says what to do", async () => {
  fakeServer({
    "POST /v1/auth/login": () =>
      problem(401, { detail: "E-mail or password is wrong.", hint: "Check both." }),
  });
  const user = userEvent.setup();
  render(<App services={createServices(sessionStorage)} />);
  await user.type(await screen.findByLabelText("E-mail"), "a@b.example");
  await user.type(screen.getByLabelText("Password"), "wrong");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect((await screen.findByRole("alert")).textContent).toBe("E-mail or password is wrong. Check both.");
});

test("an example question is answered, and the address names the conversation", async () => {
  const { requests } = fakeServer();
  const { user } = await open();
  await user.click(await screen.findByRole("button", { name: /top traffic sources/ }));
  expect(await screen.findByText("Organic Search")).toBeTruthy();
  expect(await screen.findByText("How this was answered")).toBeTruthy();
  expect(location.search).toBe("?conversation=c1");
  expect(requests.find(({ route }) => route === QUERY)).toMatchObject({
    body: { question: "What are my top traffic sources last 30 days?", conversation_id: null },
    token: "Bearer token-1",
  });
});

test("the next question stays in the conversation", async () => {
  const { requests } = fakeServer();
  const { ask } = await open();
  await ask("one");
  await screen.findByText("How this was answered");
  await ask("two");
  await waitFor(() => expect(screen.getAllByRole("article")).toHaveLength(2));
  expect(requests.filter(({ route }) => route === QUERY).at(-1)?.body).toEqual({
    question: "two",
    conversation_id: "c1",
  });
});

test("an option of a question back asks its question", async () => {
  const options = [{ label: "Purchases", question: "Transactions last 30 days" }];
  const value = { kind: "clarify" as const, message: "Which **conversions**?", options };
  const reply = replyOf({
    outcome: "clarify",
    insights: value.message,
    options,
    chart_spec: null,
    data: null,
    receipt: null,
  });
  const { requests } = fakeServer({
    [QUERY]: stream([
      { type: "RUN_STARTED", threadId: "c1", runId: "t1" },
      { type: "CUSTOM", name: "gtm.options", value },
      { type: "CUSTOM", name: "gtm.turn", value: reply },
      { type: "RUN_FINISHED", threadId: "c1", runId: "t1" },
    ]),
  });
  const { user, ask } = await open();
  await ask("conversions");
  await user.click(await screen.findByRole("button", { name: /^Purchases/ }));
  await waitFor(() =>
    expect(requests.filter(({ route }) => route === QUERY).at(-1)?.body).toMatchObject({
      question: "Transactions last 30 days",
    }),
  );
});

test("a refused request shows the problem, and trying again asks once more", async () => {
  let calls = 0;
  fakeServer({
    [QUERY]: (request) => {
      calls += 1;
      const down = problem(502, { title: "Warehouse down", detail: "No answer.", hint: "Wait." });
      return calls === 1 ? down : stream(answered())(request);
    },
  });
  const { user, ask } = await open();
  await ask("sessions");
  expect(await screen.findByText("Warehouse down")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("How this was answered")).toBeTruthy();
  expect(screen.queryByText("Warehouse down")).toBeNull();
});

test("Escape stops a running answer", async () => {
  fakeServer({ [QUERY]: stream(answered().slice(0, 3), { isOpen: true }) });
  const { user, ask } = await open();
  await ask("sessions");
  expect(await screen.findByRole("button", { name: "Stop" })).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(await screen.findByText(/Stopped before the answer/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Ask" })).toBeTruthy();
});

test("Shift and Enter break the line instead of asking", async () => {
  const { requests } = fakeServer();
  const { user, ask } = await open();
  await user.type(screen.getByRole("textbox"), "one{Shift>}{Enter}{/Shift}");
  await ask("two");
  expect(requests.find(({ route }) => route === QUERY)?.body).toMatchObject({
    question: "one\ntwo",
  });
});

test("a session that has ended leads back to the sign-in page with a word why", async () => {
  fakeServer({ [QUERY]: () => problem(401, { code: "unauthorized" }) });
  const { ask } = await open();
  await ask("sessions");
  expect(await screen.findByText("Your session has ended. Please sign in again.")).toBeTruthy();
  expect(sessionStorage.length).toBe(0);
});

test("signing out forgets what was on the screen", async () => {
  fakeServer();
  const { user, ask } = await open();
  await ask("sessions");
  await screen.findByText("How this was answered");
  await user.click(screen.getByRole("button", { name: "Sign out" }));
  expect(await screen.findByRole("heading", { name: "Sign in to GTM Dashboard" })).toBeTruthy();
  expect(location.search).toBe("");
  expect(sessionStorage.length).toBe(0);
});

test("a conversation from the list opens with its turns", async () => {
  const items = [{ id: "c9", title: "Older question", updated_at: new Date().toISOString() }];
  fakeServer({
    "GET /v1/conversations": () => Response.json({ items, next_cursor: null }),
    "GET /v1/conversations/c9": () =>
      Response.json({ id: "c9", title: "Older question", turns: [replyOf()] }),
  });
  const { user } = await open();
  await user.click(await screen.findByRole("button", { name: "Older question" }));
  expect(await screen.findByRole("heading", { name: "Top channels?" })).toBeTruthy();
  expect(location.search).toBe("?conversation=c9");
});

test("a conversation of another workspace is not there", async () => {
  fakeServer();
  history.replaceState(null, "", "/?conversation=foreign");
  const user = userEvent.setup();
  render(<App services={createServices(sessionStorage)} />);
  await user.click(await screen.findByRole("button", { name: /Acme/ }));
  expect(await screen.findByText("No such conversation here")).toBeTruthy();
});
