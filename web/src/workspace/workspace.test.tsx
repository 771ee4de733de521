import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { App } from "../App";
import { createServices } from "../services";
import { fakeServer, type Handler, problem } from "../testing/fakeServer";
import { LOGIN, WORKSPACE } from "../testing/samples";
import { trialDaysLeft } from "./queries";

const DAY_MS = 86_400_000;
const EMPTY = () => Response.json({ items: [{ source: "GA4", is_connected: false }] });

function open(routes: Record<string, Handler>) {
  const { requests } = fakeServer(routes);
  const services = createServices(sessionStorage);
  services.session.open(LOGIN);
  render(<App services={services} />);
  return { requests };
}

test.each([
  ["2026-11-23T12:00:00Z", 14],
  ["2026-12-06T12:00:00Z", 1],
  ["2026-12-07T11:59:00Z", 1],
  ["2026-12-08T00:00:00Z", 0],
])("on %s there are %i days of the trial left", (now, days) => {
  const trial_ends_at = "2026-12-07T12:00:00Z";
  const trial = { ...WORKSPACE, subscription_status: "trial" as const, trial_ends_at };
  expect(trialDaysLeft(trial, Date.parse(now))).toBe(days);
  expect(trialDaysLeft({ ...trial, subscription_status: "active" }, Date.parse(now))).toBeNull();
});

test("the header says how long the trial runs", async () => {
  const trial_ends_at = new Date(Date.now() + 12.5 * DAY_MS).toISOString();
  const workspace = { ...WORKSPACE, subscription_status: "trial", trial_ends_at };
  open({ "GET /v1/tenants/current": () => Response.json(workspace) });
  expect(await screen.findByText(/13 days left/)).toBeTruthy();
});

test("an empty workspace says so, and how to connect a source is one click away", async () => {
  const { requests } = open({ "GET /v1/integrations/status": EMPTY });
  expect(await screen.findByRole("heading", { name: /There is no data here yet/ })).toBeTruthy();
  expect(screen.queryByRole("list", { name: "Example questions" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: /How do I connect GA4\?/ }));
  await screen.findByText("How this was answered");
  expect(requests.find(({ route }) => route === "POST /v1/analytics/query")?.body).toMatchObject({
    question: "How do I connect GA4?",
  });
});

test("a workspace that is being built says so, and what it holds is asked once it is", async () => {
  let isReady = false;
  const { requests } = open({
    "GET /v1/tenants/current": () => Response.json({ ...WORKSPACE, is_ready: isReady }),
    "GET /v1/integrations/status": EMPTY,
  });
  expect(await screen.findByText(/being set up/)).toBeTruthy();
  const connect = screen.getByRole("button", { name: /How do I connect GA4/ });
  expect(connect).toHaveProperty("disabled", true);
  const asked = () => requests.filter(({ route }) => route.endsWith("/integrations/status"));
  expect(asked()).toHaveLength(0);
  isReady = true;
  await waitFor(() => expect(asked()).toHaveLength(1));
  expect(screen.queryByText(/being set up/)).toBeNull();
  expect(screen.getByRole("heading", { name: /There is no data here yet/ })).toBeTruthy();
});

test("without an answer about the workspace the examples are offered as ever", async () => {
  open({
    "GET /v1/tenants/current": () => problem(503, {}),
    "GET /v1/integrations/status": () => problem(503, {}),
  });
  expect(await screen.findByRole("list", { name: "Example questions" })).toBeTruthy();
  expect(screen.getByText("Acme")).toBeTruthy();
});
