import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { type Handler, problem } from "../testing/fakeServer";
import { openSignedIn } from "../testing/open";
import { WORKSPACE } from "../testing/samples";

const SAMPLE = "POST /v1/tenants/acme/sample";
const UPLOAD = "POST /v1/integrations/auto/upload?filename=My-events.ndjson";
const EMPTY: Record<string, Handler> = {
  "GET /v1/integrations/status": () =>
    Response.json({ items: [{ source: "GA4", is_connected: false }] }),
};
const REPORT = {
  file_name: "My-events.ndjson",
  rows_loaded: 1200,
  rows_rejected: 3,
  first_day: "2026-11-19",
  last_day: "2026-11-20",
  warnings: [],
};

test("sample data is loaded, waited for, and labelled", async () => {
  let sample_status = "none";
  const { user } = openSignedIn({
    routes: {
      "GET /v1/tenants/current": () =>
        Response.json({ ...WORKSPACE, sample_status, has_sample_data: sample_status !== "none" }),
      "GET /v1/integrations/status": () =>
        Response.json({ items: [{ source: "GA4", is_connected: sample_status === "ready" }] }),
      [SAMPLE]: () => {
        sample_status = "loading";
        return Response.json({ status: "loading" }, { status: 202 });
      },
    },
  });
  await user.click(await screen.findByRole("button", { name: "Load sample data" }));
  expect(await screen.findByText(/Loading the sample data/)).toBeTruthy();
  sample_status = "ready";
  expect(await screen.findByRole("list", { name: "Example questions" })).toBeTruthy();
  expect(screen.getByText("Sample data")).toBeTruthy();
});

test("sample data that failed can be asked for again", async () => {
  openSignedIn({
    routes: {
      ...EMPTY,
      "GET /v1/tenants/current": () => Response.json({ ...WORKSPACE, sample_status: "failed" }),
    },
  });
  expect(await screen.findByText(/could not be loaded/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
});

test("a file is sent as it is, and its report read before one goes on", async () => {
  let isConnected = false;
  const { user, sent } = openSignedIn({
    routes: {
      "GET /v1/integrations/status": () =>
        Response.json({ items: [{ source: "GA4", is_connected: isConnected }] }),
      [UPLOAD]: () => {
        isConnected = true;
        return Response.json(REPORT, { status: 201 });
      },
    },
  });
  const file = new File(['{"event":1}'], "My events.ndjson");
  await user.upload(await screen.findByLabelText("File to load"), file);
  expect(await screen.findByText(/1,200 rows loaded.*3 rows could not be taken/)).toBeTruthy();
  expect(sent(UPLOAD)).toHaveLength(1);
  await user.click(screen.getByRole("button", { name: "Start asking" }));
  expect(await screen.findByRole("list", { name: "Example questions" })).toBeTruthy();
});

test("a file that is refused says why", async () => {
  const { user } = openSignedIn({
    routes: {
      ...EMPTY,
      [UPLOAD]: () =>
        problem(422, { code: "load_rejected", detail: "Not an export.", hint: "Use GA4." }),
    },
  });
  const file = new File(["?"], "My events.ndjson");
  await user.upload(await screen.findByLabelText("File to load"), file);
  expect((await screen.findByRole("alert")).textContent).toBe("Not an export. Use GA4.");
});

test("who may not load anything is told who may", async () => {
  openSignedIn({ role: "viewer", routes: EMPTY });
  expect(await screen.findByText(/An owner or admin of the workspace can/)).toBeTruthy();
  await waitFor(() =>
    expect(screen.queryByRole("button", { name: "Load sample data" })).toBeNull(),
  );
});
