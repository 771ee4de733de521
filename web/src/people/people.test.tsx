import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { problem } from "../testing/fakeServer";
import { ANA, BEN } from "../testing/members";
import { clickOn, done, openDialog, openSection } from "../testing/open";

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
    "PUT /v1/members/u2": () =>
      problem(409, { code: "last_owner", detail: "One owner must stay." }),
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
  await clickOn(user, "Remove Ben");
  const box = await openDialog();
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
  await clickOn(user, "Invite");
  const link = await screen.findByLabelText("Link for new@x.example");
  expect(link).toHaveProperty("value", "https://gtm.example/?invitation=one");
  expect(screen.getByText(/no mail was sent/)).toBeTruthy();
  expect(sent("POST /v1/tenants/acme/invite")[0]?.body).toEqual({
    email: "new@x.example",
    role: "viewer",
  });
  expect(screen.getByLabelText("E-mail")).toHaveProperty("value", "");
  await clickOn(user, "New link for new@x.example");
  await waitFor(() => expect(screen.getByDisplayValue(/invitation=two/)).toBeTruthy());
  await clickOn(user, "Revoke the invitation of new@x.example");
  await clickOn(user, "Revoke for good");
  await waitFor(() => expect(screen.queryByText("new@x.example")).toBeNull());
});
