import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { type Handler, problem } from "../testing/fakeServer";
import { done, openSignedIn } from "../testing/open";
import { LOGIN, WORKSPACE } from "../testing/samples";

const ANA = {
  user_id: "u1",
  email: "demo@acme.example",
  name: "Ana Acme",
  role: "owner",
  joined_at: "2026-11-01T10:00:00Z",
  is_you: true,
} as const;
const BEN = { ...ANA, user_id: "u2", email: "ben@acme.example", name: "Ben", role: "member", is_you: false };
const OTHER = { id: "globex", name: "Globex", slug: "globex", role: "member", is_current: false, purge_after: null };

const MEMBERS: Record<string, Handler> = {
  "GET /v1/members": () => Response.json({ items: [ANA, BEN] }),
  "GET /v1/invitations": () => Response.json({ items: [] }),
};

const openSection = (
  section: string,
  routes: Record<string, Handler> = {},
  role: "owner" | "admin" | "member" = "owner",
) => openSignedIn({ address: `/?settings=${section}`, role, routes: { ...MEMBERS, ...routes } });

const dialog = async () => within(await screen.findByRole("dialog", { hidden: true }));
const click = async (user: ReturnType<typeof openSection>["user"], name: string | RegExp) =>
  user.click(await screen.findByRole("button", { name }));

test("a role is changed in place", async () => {
  const { user, sent } = openSection("people", {
    "PUT /v1/members/u2": () => Response.json({ ...BEN, role: "admin" }),
  });
  await user.selectOptions(await screen.findByLabelText("Role of Ben"), "admin");
  await waitFor(() => expect(sent("PUT /v1/members/u2")[0]?.body).toEqual({ role: "admin" }));
  expect(screen.queryByLabelText("Role of Ana Acme")).toBeNull();
});

test("a change that is refused says why, at the one it is about", async () => {
  const { user } = openSection("people", {
    "PUT /v1/members/u2": () => problem(409, { code: "last_owner", detail: "One owner must stay." }),
  });
  await user.selectOptions(await screen.findByLabelText("Role of Ben"), "viewer");
  expect((await screen.findByRole("alert")).textContent).toBe("One owner must stay.");
});

test("an admin changes nothing of an owner, and makes none", async () => {
  const carl = { ...BEN, user_id: "u3", name: "Carl", role: "owner" };
  openSection(
    "people",
    { "GET /v1/members": () => Response.json({ items: [{ ...ANA, role: "admin" }, BEN, carl] }) },
    "admin",
  );
  const role = await screen.findByLabelText("Role of Ben");
  expect(within(role).queryByRole("option", { name: "Owner" })).toBeNull();
  expect(screen.queryByLabelText("Role of Carl")).toBeNull();
});

test("a member sees the people and nothing to change them", async () => {
  openSection("people", {}, "member");
  expect(await screen.findByText("Ben")).toBeTruthy();
  expect(screen.queryByRole("combobox")).toBeNull();
  expect(screen.queryByRole("heading", { name: "Invite somebody" })).toBeNull();
  expect(screen.queryByRole("link", { name: "Activity" })).toBeNull();
});

test("removing somebody asks first", async () => {
  const { user, sent } = openSection("people", { "DELETE /v1/members/u2": done });
  await click(user, "Remove Ben");
  const box = await dialog();
  expect(sent("DELETE /v1/members/u2")).toHaveLength(0);
  await user.click(box.getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(sent("DELETE /v1/members/u2")).toHaveLength(1));
});

test("an invitation's link is shown once, and can be made anew and revoked", async () => {
  const invitation = {
    id: "i1",
    email: "new@x.example",
    role: "viewer",
    status: "pending",
    invited_by: "Ana Acme",
    created_at: "2026-11-22T10:00:00Z",
    expires_at: "2026-11-29T10:00:00Z",
  };
  const made = (url: string) => () => Response.json({ ...invitation, url, is_mailed: false });
  let items: unknown[] = [];
  const { user, sent } = openSection("people", {
    "GET /v1/invitations": () => Response.json({ items }),
    "POST /v1/tenants/acme/invite": () => {
      items = [invitation];
      return made("https://gtm.example/?invitation=one")();
    },
    "POST /v1/invitations/i1/resend": made("https://gtm.example/?invitation=two"),
    "DELETE /v1/invitations/i1": () => {
      items = [];
      return done();
    },
  });
  await user.type(await screen.findByLabelText("E-mail"), "new@x.example");
  await user.selectOptions(screen.getByLabelText("As"), "viewer");
  await click(user, "Invite");
  const link = await screen.findByLabelText("Link for new@x.example");
  expect(link).toHaveProperty("value", "https://gtm.example/?invitation=one");
  expect(screen.getByText(/no mail was sent/)).toBeTruthy();
  expect(sent("POST /v1/tenants/acme/invite")[0]?.body).toEqual({
    email: "new@x.example",
    role: "viewer",
  });
  expect(screen.getByLabelText("E-mail")).toHaveProperty("value", "");
  await click(user, "New link for new@x.example");
  await waitFor(() => expect(screen.getByDisplayValue(/invitation=two/)).toBeTruthy());
  await click(user, "Revoke the invitation of new@x.example");
  await click(user, "Revoke for good");
  await waitFor(() => expect(screen.queryByText("new@x.example")).toBeNull());
});

test("the workspace is renamed, here and in the header", async () => {
  let name = "Acme";
  const { user } = openSection("workspace", {
    "GET /v1/tenants/current": () => Response.json({ ...WORKSPACE, name }),
    "PUT /v1/tenants/acme": async (request) => {
      ({ name } = (await request.json()) as { name: string });
      return Response.json({ ...LOGIN.workspace, name });
    },
  });
  const field = await screen.findByLabelText("What the workspace is called");
  await user.clear(field);
  await user.type(field, "Acme & Co");
  await click(user, "Save");
  expect(await screen.findByText("The new name is saved.")).toBeTruthy();
  expect(await screen.findByRole("button", { name: "Workspace Acme & Co" })).toBeTruthy();
});

test("a workspace is deleted only once its short name is typed, and another one is opened", async () => {
  const { user, sent } = openSection("workspace", {
    "DELETE /v1/tenants/acme": () => Response.json({ id: "acme" }, { status: 202 }),
    "GET /v1/tenants": () => Response.json({ items: [OTHER] }),
    "POST /v1/tenants/globex/switch": () => Response.json(OTHER),
  });
  await click(user, "Delete Acme…");
  const box = await dialog();
  await user.type(box.getByLabelText("Type acme to go on"), "acm");
  await user.click(box.getByRole("button", { name: "Delete workspace" }));
  expect(sent("DELETE /v1/tenants/acme")).toHaveLength(0);
  await user.type(box.getByLabelText("Type acme to go on"), "e");
  await user.click(box.getByRole("button", { name: "Delete workspace" }));
  await waitFor(() => expect(sent("POST /v1/tenants/globex/switch")).toHaveLength(1));
  expect(sent("DELETE /v1/tenants/acme")[0]?.body).toEqual({ confirm: "acme" });
});

test("whoever leaves the last workspace is told what there is to do", async () => {
  const { user } = openSection("workspace", {
    "POST /v1/tenants/acme/leave": done,
    "GET /v1/tenants": () => Response.json({ items: [] }),
  });
  await click(user, "Leave Acme");
  await user.click((await dialog()).getByRole("button", { name: "Leave" }));
  expect(await screen.findByText("There is no workspace to show")).toBeTruthy();
  expect(screen.getByRole("button", { name: "New workspace" })).toBeTruthy();
});

test("the workspace is handed over after a question", async () => {
  const { user, sent } = openSection("workspace", {
    "POST /v1/tenants/acme/transfer": () => Response.json({ ...LOGIN.workspace, role: "admin" }),
  });
  await click(user, "Hand over…");
  await user.click((await dialog()).getByRole("button", { name: "Hand over" }));
  await waitFor(() =>
    expect(sent("POST /v1/tenants/acme/transfer")[0]?.body).toEqual({ user_id: "u2" }),
  );
});

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
  await click(user, "New token");
  const box = await dialog();
  await user.type(box.getByLabelText("Name"), "Claude");
  await user.click(box.getByRole("button", { name: "Make the token" }));
  const secret = await screen.findByLabelText("Secret of Claude");
  expect(secret).toHaveProperty("value", "gtm_pat_secret");
  expect(sent("POST /v1/tokens")[0]?.body).toEqual({
    name: "Claude",
    scopes: ["read"],
    expires_in_days: 90,
  });
  await click(user, "Revoke Claude");
  await click(user, "Revoke for good");
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
