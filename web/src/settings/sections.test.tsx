import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { clickOn, done, openDialog, openSection } from "../testing/open";

test("a token's secret is shown once", async () => {
  const token = {
    id: "t1",
    name: "Claude",
    scopes: ["read"],
    hint: "wxyz",
    created_at: "2026-11-22T10:00:00Z",
    expires_at: "2027-02-20T10:00:00Z",
    last_used_at: null,
    user_id: "u1",
    is_yours: true,
  };
  let items: unknown[] = [];
  const { user, sent } = openSection("tokens", {
    "GET /v1/tokens": () => Response.json({ items }),
    "POST /v1/tokens": () => {
      items = [token];
      return Response.json({ ...token, secret: "gtm_pat_secret" }, { status: 201 });
    },
    "DELETE /v1/tokens/t1": () => {
      items = [];
      return done();
    },
  });
  await clickOn(user, "New token");
  const box = await openDialog();
  await user.type(box.getByLabelText("Name"), "Claude");
  await user.click(box.getByRole("button", { name: "Make the token" }));
  const secret = await screen.findByLabelText("Secret of Claude");
  expect(secret).toHaveProperty("value", "gtm_pat_secret");
  expect(sent("POST /v1/tokens")[0]?.body).toEqual({
    name: "Claude",
    scopes: ["read"],
    expires_in_days: 90,
  });
  await clickOn(user, "Revoke Claude");
  await clickOn(user, "Revoke for good");
  expect(await screen.findByText("There are no tokens.")).toBeTruthy();
  expect(screen.queryByLabelText("Secret of Claude")).toBeNull();
});

test("what was done is listed in words, and by kind", async () => {
  const event = {
    id: "9",
    at: "2026-11-22T10:00:00Z",
    user_id: "u1",
    email: "demo@acme.example",
    action: "dashboard_shared",
    door: "web",
    target: "d1",
    outcome: "refused",
    code: "not_permitted",
    detail: { share_id: "s1" },
  };
  const { user } = openSection("activity", {
    "GET /v1/audit": () => Response.json({ items: [event], next_cursor: null }),
    "GET /v1/audit?action=query": () => Response.json({ items: [] }),
  });
  const list = within(await screen.findByRole("list", { name: "Activity" }));
  expect(list.getByText("Shared a dashboard")).toBeTruthy();
  expect(list.getByText("Refused")).toBeTruthy();
  await user.selectOptions(screen.getByLabelText("What"), "query");
  expect(await screen.findByText("Nothing of that kind was recorded.")).toBeTruthy();
});

test("usage is summed for this month, and listed for the months before that have some", async () => {
  const now = new Date().toISOString().slice(0, 7);
  const use = (period: string, metric: string, used: number) => ({ period, metric, used });
  openSection("usage", {
    "GET /v1/usage?months=12": () =>
      Response.json({
        items: [
          use(now, "questions", 1234),
          use(now, "bytes_processed", 2_500_000),
          use("2020-02", "questions", 7),
          use("2020-01", "questions", 0),
        ],
      }),
  });
  expect(await screen.findByText("1,234")).toBeTruthy();
  expect(screen.getByText("2.5 MB")).toBeTruthy();
  expect(screen.getByRole("rowheader", { name: "Feb 2020" })).toBeTruthy();
  expect(screen.queryByRole("rowheader", { name: "Jan 2020" })).toBeNull();
});
