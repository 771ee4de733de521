import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { type Handler, problem } from "../testing/fakeServer";
import { openSignedIn } from "../testing/open";
import { LOGIN, WORKSPACE } from "../testing/samples";

const GLOBEX = { id: "globex", name: "Globex", slug: "globex", role: "viewer" } as const;
const HERE = { ...LOGIN.workspace, is_current: true, purge_after: null };
const THERE = { ...GLOBEX, is_current: false, purge_after: null };
const DELETED = { ...THERE, name: "Old", role: "owner", purge_after: "2026-12-22T10:00:00Z" };

const listing = (...items: unknown[]): Record<string, Handler> => ({
  "GET /v1/tenants": () => Response.json({ items }),
});

async function openMenu(user: ReturnType<typeof openSignedIn>["user"]) {
  await user.click(await screen.findByRole("button", { name: "Workspace Acme" }));
  return within(await screen.findByRole("menu"));
}

test("another workspace is one click away, and nothing of the last one stays", async () => {
  let at: object = { ...WORKSPACE };
  const { user, services } = openSignedIn({
    address: "/?conversation=c9",
    routes: {
      ...listing(HERE, THERE),
      "GET /v1/tenants/current": () => Response.json(at),
      "POST /v1/tenants/globex/switch": () => {
        at = { ...WORKSPACE, ...GLOBEX };
        return Response.json(GLOBEX);
      },
    },
  });
  const menu = await openMenu(user);
  const here = await menu.findByRole("menuitemradio", { name: /Acme/ });
  expect(here.getAttribute("aria-checked")).toBe("true");
  await user.click(await menu.findByRole("menuitemradio", { name: /Globex/ }));
  expect(await screen.findByRole("button", { name: "Workspace Globex" })).toBeTruthy();
  expect(location.search).toBe("");
  expect(services.session.current().session?.workspace).toEqual(GLOBEX);
  expect(services.queries.getQueryData(["workspaces"])).toBeUndefined();
});

test("a switch that is refused says why", async () => {
  const { user } = openSignedIn({
    routes: {
      ...listing(HERE, THERE),
      "POST /v1/tenants/globex/switch": () => problem(409, { detail: "This account is bound." }),
    },
  });
  await user.click(await (await openMenu(user)).findByRole("menuitemradio", { name: /Globex/ }));
  expect((await screen.findByRole("alert", { hidden: true })).textContent).toBe(
    "This account is bound.",
  );
});

test("a new workspace is made and entered", async () => {
  const { user, sent } = openSignedIn({
    routes: {
      ...listing(HERE),
      "GET /v1/tenants/current": () => problem(503, {}),
      "POST /v1/tenants": () => Response.json(GLOBEX, { status: 201 }),
      "POST /v1/tenants/globex/switch": () => Response.json(GLOBEX),
    },
  });
  await user.click((await openMenu(user)).getByRole("menuitem", { name: "New workspace…" }));
  const form = within(await screen.findByRole("dialog", { hidden: true }));
  await user.type(form.getByLabelText("Name"), "Globex");
  await user.click(form.getByRole("button", { name: "Create workspace" }));
  expect(await screen.findByRole("button", { name: "Workspace Globex" })).toBeTruthy();
  expect(sent("POST /v1/tenants")[0]?.body).toEqual({ name: "Globex" });
});

test("a deleted workspace is restored after a question", async () => {
  const { user } = openSignedIn({
    routes: {
      ...listing(HERE, DELETED),
      "GET /v1/tenants/current": () => problem(503, {}),
      "POST /v1/tenants/globex/restore": () => Response.json(GLOBEX),
      "POST /v1/tenants/globex/switch": () => Response.json(GLOBEX),
    },
  });
  await user.click(await (await openMenu(user)).findByRole("menuitem", { name: /^Old Deleted/ }));
  const form = within(await screen.findByRole("dialog", { hidden: true }));
  await user.click(form.getByRole("button", { name: "Restore" }));
  expect(await screen.findByRole("button", { name: "Workspace Globex" })).toBeTruthy();
});

test("where another tab of the session went, this one follows", async () => {
  openSignedIn({
    routes: { "GET /v1/tenants/current": () => Response.json({ ...WORKSPACE, ...GLOBEX }) },
  });
  expect(await screen.findByRole("button", { name: "Workspace Globex" })).toBeTruthy();
});

test("a workspace that is deleted under one's hands leads to the others", async () => {
  let isGone = true;
  const { user } = openSignedIn({
    routes: {
      ...listing({ ...HERE, purge_after: "2026-12-22T10:00:00Z" }, THERE),
      "GET /v1/conversations": () =>
        isGone ? problem(403, { code: "workspace_deleted" }) : Response.json({ items: [] }),
      "POST /v1/tenants/globex/switch": () => {
        isGone = false;
        return Response.json(GLOBEX);
      },
    },
  });
  expect(await screen.findByText("There is no workspace to show")).toBeTruthy();
  expect(await screen.findByRole("button", { name: "Restore Acme" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Open Globex" }));
  await waitFor(() => expect(screen.queryByText("There is no workspace to show")).toBeNull());
});
