import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { App } from "../App";
import { createServices } from "../services";
import { fakeServer, type Handler, problem } from "../testing/fakeServer";
import { CHART, LOGIN } from "../testing/samples";

const ROUTE = "GET /v1/shared/t%201";
const SHARED = {
  name: "Board",
  workspace_name: "Acme",
  charts: [
    { id: "c", title: "Own title", chart_spec: CHART, refreshed_at: "2026-11-22T10:00:00Z" },
  ],
};

function openShared(handler: Handler) {
  history.replaceState(null, "", "/#shared=t%201");
  const { requests } = fakeServer({ [ROUTE]: handler });
  const services = createServices(sessionStorage);
  services.session.open(LOGIN);
  render(<App services={services} />);
  return requests;
}

test("a shared dashboard shows its charts to anybody, without the session of the tab", async () => {
  const requests = openShared(() => Response.json(SHARED));
  expect(await screen.findByRole("heading", { name: "Board" })).toBeTruthy();
  expect(await screen.findByRole("figure", { name: "Own title" })).toBeTruthy();
  expect(screen.getByText("As of Nov 22, 2026, 10:00 AM UTC")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Sign out" })).toBeNull();
  expect(requests).toMatchObject([{ route: ROUTE, token: null }]);
  // It is made to be opened again.
  expect(location.hash).toBe("#shared=t%201");
});

test("a link that is no longer good says what to do", async () => {
  openShared(() => problem(404, { code: "not_found" }));
  expect(await screen.findByText("This link doesn't work any more")).toBeTruthy();
  expect(screen.getByText(/Ask whoever sent it/)).toBeTruthy();
});

test("a server in trouble can be asked again", async () => {
  openShared(() => problem(503, { title: "Down", detail: "Soon back." }));
  expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
});

test("a dashboard without charts says so", async () => {
  openShared(() => Response.json({ ...SHARED, charts: [] }));
  expect(await screen.findByText("There is nothing on this dashboard yet")).toBeTruthy();
});
