import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { clickOn, done, openDialog, openSection } from "../testing/open";
import { LOGIN, WORKSPACE } from "../testing/samples";

const OTHER = {
  id: "globex",
  name: "Globex",
  slug: "globex",
  role: "member",
  is_current: false,
  purge_after: null,
};

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
  await clickOn(user, "Save");
  expect(await screen.findByText("The new name is saved.")).toBeTruthy();
  expect(await screen.findByRole("button", { name: "Workspace Acme & Co" })).toBeTruthy();
});

test("a workspace is deleted only once its short name is typed, and another one is opened", async () => {
  const { user, sent } = openSection("workspace", {
    "DELETE /v1/tenants/acme": () => Response.json({ id: "acme" }, { status: 202 }),
    "GET /v1/tenants": () => Response.json({ items: [OTHER] }),
    "POST /v1/tenants/globex/switch": () => Response.json(OTHER),
  });
  await clickOn(user, "Delete Acme…");
  const box = await openDialog();
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
  await clickOn(user, "Leave Acme");
  await user.click((await openDialog()).getByRole("button", { name: "Leave" }));
  expect(await screen.findByText("There is no workspace to show")).toBeTruthy();
  expect(screen.getByRole("button", { name: "New workspace" })).toBeTruthy();
});

test("the workspace is handed over after a question", async () => {
  const { user, sent } = openSection("workspace", {
    "POST /v1/tenants/acme/transfer": () => Response.json({ ...LOGIN.workspace, role: "admin" }),
  });
  await clickOn(user, "Hand over…");
  await user.click((await openDialog()).getByRole("button", { name: "Hand over" }));
  await waitFor(() =>
    expect(sent("POST /v1/tenants/acme/transfer")[0]?.body).toEqual({ user_id: "u2" }),
  );
});
