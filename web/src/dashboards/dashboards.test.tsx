import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Handler } from "../testing/fakeServer";
import { problem } from "../testing/fakeServer";
import { done, openSignedIn } from "../testing/open";
import { CHART, DASHBOARD, DASHBOARD_PAGE, PINNED } from "../testing/samples";

const LIST = "GET /v1/dashboards";
const READ = "GET /v1/dashboards/d1";
const ROUTES: Record<string, Handler> = {
  [LIST]: () => Response.json(DASHBOARD_PAGE),
  [READ]: () => Response.json(DASHBOARD),
  "GET /v1/dashboards/d1/shares": () => Response.json({ items: [] }),
};

const openBoard = (
  routes: Record<string, Handler> = {},
  role: "owner" | "member" | "viewer" = "owner",
) => openSignedIn({ address: "/?dashboard=d1", role, routes: { ...ROUTES, ...routes } });

async function choose(user: ReturnType<typeof openBoard>["user"], options: string, item: string) {
  await user.click(await screen.findByRole("button", { name: options }));
  await user.click(await screen.findByRole("menuitem", { name: item }));
}

const dialog = () => screen.findByRole("dialog", { hidden: true });

test("without a dashboard the next step is to ask", async () => {
  const { user } = openSignedIn({
    address: "/?dashboards",
    routes: { [LIST]: () => Response.json({ items: [] }) },
  });
  expect(await screen.findByRole("heading", { name: "No dashboards yet" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Ask a question" }));
  expect(await screen.findByRole("textbox", { name: "Your question" })).toBeTruthy();
});

test("a dashboard is opened from the list, and its heading takes the focus", async () => {
  const { user } = openSignedIn({ routes: ROUTES });
  await user.click(await screen.findByRole("link", { name: "Dashboards" }));
  await user.click(await screen.findByRole("link", { name: /Board/ }));
  const heading = await screen.findByRole("heading", { name: "Board" });
  await waitFor(() => expect(document.activeElement).toBe(heading));
  expect(document.title).toMatch(/^Board/);
  expect(screen.getAllByRole("figure")).toHaveLength(2);
});

test("a dashboard of another workspace is not there", async () => {
  openSignedIn({ address: "/?dashboard=foreign" });
  expect(await screen.findByText("No such dashboard here")).toBeTruthy();
});

test("a new dashboard is made and opened", async () => {
  const { user, sent } = openSignedIn({
    address: "/?dashboards",
    routes: {
      ...ROUTES,
      "POST /v1/dashboards": () => Response.json(DASHBOARD_PAGE.items[0], { status: 201 }),
    },
  });
  await user.click(await screen.findByRole("button", { name: "New dashboard" }));
  await user.type(within(await dialog()).getByLabelText("Name"), "Board");
  await user.click(screen.getByRole("button", { name: "Create dashboard" }));
  expect(await screen.findByRole("heading", { name: "Board" })).toBeTruthy();
  expect(sent("POST /v1/dashboards")[0]?.body).toEqual({ name: "Board" });
});

test("a chart whose refresh failed says so and keeps what it showed", async () => {
  const error = { code: "query_failed", detail: "No such metric." };
  const { user } = openBoard({
    "POST /v1/dashboards/d1/refresh": () =>
      Response.json({ ...DASHBOARD, charts: [{ ...PINNED, error }] }),
  });
  await user.click(await screen.findByRole("button", { name: "Refresh" }));
  expect(await screen.findByText(/One chart could not be refreshed/)).toBeTruthy();
  expect(screen.getByText(/No such metric\./)).toBeTruthy();
  expect(screen.getByRole("figure", { name: PINNED.title })).toBeTruthy();
});

test("a chart moves forward, and all places are sent", async () => {
  const { user, sent } = openBoard({ "PUT /v1/dashboards/d1": () => Response.json(DASHBOARD) });
  await choose(user, "Options for Second", "Move forward");
  const titles = () =>
    screen.getAllByRole("figure").map((figure) => figure.getAttribute("aria-labelledby"));
  expect(titles()).toHaveLength(2);
  await waitFor(() =>
    expect(sent("PUT /v1/dashboards/d1")[0]?.body).toEqual({
      layout: [
        { chart_id: "ch2", x: 0, y: 0, w: 6, h: 4 },
        { chart_id: "ch1", x: 6, y: 0, w: 6, h: 4 },
      ],
    }),
  );
  expect(screen.getByText("Moved to place 1 of 2.")).toBeTruthy();
});

test("an arrangement that can't be kept is taken back", async () => {
  const { user, sent } = openBoard({
    "PUT /v1/dashboards/d1": () => problem(503, { detail: "Busy.", hint: "Wait." }),
  });
  await choose(user, "Options for Second", "Move forward");
  expect(await screen.findByText("The arrangement could not be kept: Busy. Wait.")).toBeTruthy();
  await waitFor(() => expect(sent(READ)).toHaveLength(2));
});

test("another kind of chart is asked of the server, whose note is shown", async () => {
  const note = "Shown as bars: a pie reads badly with this many.";
  const changed = { ...PINNED, title: "Renamed", chart_spec: { ...CHART, note } };
  const { user, sent } = openBoard({
    "PUT /v1/charts/ch1": () => Response.json(changed),
    "PUT /v1/dashboards/d1": () => Response.json(DASHBOARD),
  });
  await choose(user, "Options for Sessions by channel", "Edit…");
  const form = within(await dialog());
  await user.clear(form.getByLabelText("Title"));
  await user.type(form.getByLabelText("Title"), "Renamed");
  await user.selectOptions(form.getByLabelText("Shown as"), "pie");
  await user.selectOptions(form.getByLabelText("Width"), "Full width");
  await user.click(form.getByRole("button", { name: "Save", hidden: true }));
  expect(await screen.findByText(note)).toBeTruthy();
  expect(sent("PUT /v1/charts/ch1")[0]?.body).toEqual({ title: "Renamed", type: "pie" });
  await waitFor(() =>
    expect(sent("PUT /v1/dashboards/d1")[0]?.body).toEqual({
      layout: [
        { chart_id: "ch1", x: 0, y: 0, w: 12, h: 4 },
        { chart_id: "ch2", x: 0, y: 4, w: 6, h: 4 },
      ],
    }),
  );
  expect(screen.getByRole("heading", { name: "Renamed" })).toBeTruthy();
});

test("unpinning asks first", async () => {
  const { user, sent } = openBoard({ "DELETE /v1/charts/ch1/unpin": done });
  await choose(user, "Options for Sessions by channel", "Unpin…");
  const form = within(await dialog());
  await user.click(form.getByRole("button", { name: "Cancel" }));
  expect(sent("DELETE /v1/charts/ch1/unpin")).toHaveLength(0);
  await choose(user, "Options for Sessions by channel", "Unpin…");
  await user.click(within(await dialog()).getByRole("button", { name: "Unpin" }));
  expect(await screen.findByText("Sessions by channel is unpinned.")).toBeTruthy();
  expect(screen.getAllByRole("figure")).toHaveLength(1);
});

test("a chart is downloaded as a picture", async () => {
  URL.createObjectURL = vi.fn(() => "blob:x");
  URL.revokeObjectURL = vi.fn();
  const { user, sent } = openBoard({
    "GET /v1/charts/ch1/image": () =>
      new Response("png", { headers: { "Content-Type": "image/png" } }),
  });
  await choose(user, "Options for Sessions by channel", "Download PNG");
  await waitFor(() => expect(URL.createObjectURL).toHaveBeenCalled());
  expect(sent("GET /v1/charts/ch1/image")).toHaveLength(1);
});

test("deleting a dashboard asks first, and leads back to the list", async () => {
  const { user } = openBoard({ "DELETE /v1/dashboards/d1": done });
  await choose(user, "Dashboard options", "Delete…");
  await user.click(within(await dialog()).getByRole("button", { name: "Delete dashboard" }));
  expect(await screen.findByRole("heading", { name: "Dashboards" })).toBeTruthy();
  expect(location.search).toBe("?dashboards");
});

test.each([
  ["member", ["Refresh", "Dashboard options"], ["Share"]],
  ["viewer", [], ["Refresh", "Share", "Dashboard options"]],
] as const)("a %s is offered only what they may do", async (role, offered, missing) => {
  openBoard({}, role);
  await screen.findByRole("heading", { name: "Board" });
  for (const name of offered) expect(screen.getByRole("button", { name })).toBeTruthy();
  for (const name of missing) expect(screen.queryByRole("button", { name })).toBeNull();
});

test("a link is shown once, and revoking it asks once more", async () => {
  const share = {
    id: "s1",
    created_by: "u1",
    created_at: "2026-11-22T10:00:00Z",
    expires_at: null,
    last_opened_at: null,
  };
  let shares = [share];
  const { user, sent } = openBoard({
    "GET /v1/dashboards/d1/shares": () => Response.json({ items: shares }),
    "POST /v1/dashboards/d1/share": () =>
      Response.json({ ...share, url: "https://gtm.example/#shared=t" }, { status: 201 }),
    "DELETE /v1/dashboards/d1/shares/s1": () => {
      shares = [];
      return done();
    },
  });
  await user.click(await screen.findByRole("button", { name: "Share" }));
  const box = within(await dialog());
  await user.selectOptions(box.getByLabelText("The link works for"), "7");
  await user.click(box.getByRole("button", { name: "Make a link" }));
  expect(await box.findByLabelText("Link")).toHaveProperty(
    "value",
    "https://gtm.example/#shared=t",
  );
  expect(sent("POST /v1/dashboards/d1/share")[0]?.body).toEqual({ expires_in_days: 7 });
  await user.click(await box.findByRole("button", { name: /^Revoke the link/ }));
  expect(sent("DELETE /v1/dashboards/d1/shares/s1")).toHaveLength(0);
  await user.click(box.getByRole("button", { name: "Revoke for good" }));
  await waitFor(() => expect(box.queryByLabelText("Link")).toBeNull());
  expect(box.queryByRole("heading", { name: "Links that work" })).toBeNull();
});
