import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { App } from "../App";
import { createServices } from "../services";
import { fakeServer, type Handler, problem } from "../testing/fakeServer";
import { openSignedIn } from "../testing/open";
import { LOGIN } from "../testing/samples";

const TOKEN = "gtm_inv_abc";
const PREVIEW = {
  workspace_name: "Globex",
  role: "member",
  invited_by: "Ben",
  email: "nora@new.example",
  expires_at: "2026-11-30T10:00:00Z",
};
const GLOBEX = { id: "globex", name: "Globex", slug: "globex", role: "member" } as const;
const PREVIEWED: Record<string, Handler> = {
  "POST /v1/invitations/preview": () => Response.json(PREVIEW),
};
const GONE: Record<string, Handler> = {
  "POST /v1/invitations/preview": () => problem(404, { code: "invitation_not_found" }),
};

function openInvited(routes: Record<string, Handler> = {}, fragment = "") {
  history.replaceState(null, "", `/?invitation=${TOKEN}${fragment}`);
  const { requests } = fakeServer({ ...PREVIEWED, ...routes });
  const services = createServices(sessionStorage);
  render(<App services={services} />);
  const bodyOf = (path: string) => requests.find(({ route }) => route.endsWith(path))?.body;
  return { user: userEvent.setup(), services, bodyOf };
}

const button = (name: string) => screen.findByRole("button", { name });

test("an invitation says who invites where, and its token leaves the address", async () => {
  const { bodyOf } = openInvited();
  expect(await screen.findByRole("heading", { name: "Join Globex" })).toBeTruthy();
  expect(screen.getByText(/^Ben invites you to/)).toBeTruthy();
  expect(location.href).not.toContain("invitation");
  expect(bodyOf("/preview")).toEqual({ token: TOKEN });
});

test("signing up from an invitation joins with it, and it is used up", async () => {
  const { user, bodyOf, services } = openInvited({
    "POST /v1/auth/signup": () => Response.json({ ...LOGIN, workspace: GLOBEX }, { status: 201 }),
    "GET /v1/tenants/current": () => problem(503, {}),
  });
  await user.click(await button("Create an account"));
  expect(await screen.findByText("With it you join Globex.")).toBeTruthy();
  expect(screen.getByLabelText("E-mail")).toHaveProperty("value", PREVIEW.email);
  await user.type(screen.getByLabelText("Password"), "three plain words");
  await user.click(await button("Create account"));
  expect(await screen.findByRole("textbox", { name: "Your question" })).toBeTruthy();
  expect(screen.getByText("Globex")).toBeTruthy();
  expect(bodyOf("/signup")).toMatchObject({ email: PREVIEW.email, invitation: TOKEN });
  expect(services.invitation.current()).toBeNull();
});

test("signing in from an invitation takes it along", async () => {
  const { user, bodyOf } = openInvited();
  await user.click(await button("I have an account"));
  await user.type(screen.getByLabelText("Password"), "three plain words");
  await user.click(await button("Sign in"));
  await screen.findByRole("textbox", { name: "Your question" });
  expect(bodyOf("/login")).toMatchObject({ invitation: TOKEN });
});

test("an invitation that is no longer good says so, and leads to signing in", async () => {
  const { user, bodyOf } = openInvited(GONE);
  await screen.findByRole("heading", { name: "This invitation doesn't work any more" });
  await user.click(await button("Go to sign-in"));
  await user.click(await screen.findByRole("button", { name: /^Acme/ }));
  await screen.findByRole("textbox", { name: "Your question" });
  expect(bodyOf("/login")).not.toHaveProperty("invitation");
});

test("whoever is signed in is asked, and told as whom they join", async () => {
  const { user, sent } = openSignedIn({
    address: `/?invitation=${TOKEN}`,
    routes: {
      ...PREVIEWED,
      "POST /v1/invitations/accept": () => Response.json(GLOBEX),
      "GET /v1/tenants/current": () => problem(503, {}),
    },
  });
  await screen.findByRole("heading", { name: "Join Globex" });
  expect(screen.getByText(LOGIN.user.email)).toBeTruthy();
  expect(sent("POST /v1/invitations/accept")).toHaveLength(0);
  await user.click(await button("Join Globex"));
  await screen.findByRole("textbox", { name: "Your question" });
  expect(sent("POST /v1/invitations/accept")[0]?.body).toEqual({ token: TOKEN });
  expect(screen.getByText("Globex")).toBeTruthy();
});

test("an invitation can be put aside", async () => {
  const { user, sent } = openSignedIn({ address: `/?invitation=${TOKEN}`, routes: PREVIEWED });
  await user.click(await button("Not now"));
  await screen.findByRole("textbox", { name: "Your question" });
  expect(sent("POST /v1/invitations/accept")).toHaveLength(0);
  expect(sessionStorage.getItem("gtm.invitation")).toBeNull();
});

test("somebody new who comes by mail chooses a password and is in", async () => {
  const { user, bodyOf } = openInvited(
    {
      "GET /v1/auth/me": () => Response.json({ ...LOGIN, workspace: null }),
      "POST /v1/auth/password": () => new Response(null, { status: 204 }),
      "POST /v1/auth/refresh": () => Response.json(LOGIN),
    },
    "#access_token=t&refresh_token=r&type=invite",
  );
  await screen.findByRole("heading", { name: "Choose a password" });
  await user.type(screen.getByLabelText("Password"), "three plain words");
  await user.click(await button("Save password"));
  await screen.findByRole("textbox", { name: "Your question" });
  expect(bodyOf("/refresh")).toEqual({ refresh_token: "r", invitation: TOKEN });
});

test("the session of a mailed link is taken up only when its owner says so", async () => {
  const { user, bodyOf } = openInvited(
    {
      "GET /v1/auth/me": () => Response.json(LOGIN),
      "POST /v1/auth/refresh": () => Response.json(LOGIN),
    },
    "#access_token=t&refresh_token=r&type=magiclink",
  );
  await screen.findByRole("heading", { name: "Join Globex" });
  const join = await button(`Join as ${LOGIN.user.email}`);
  expect(bodyOf("/refresh")).toBeUndefined();
  await user.click(join);
  await screen.findByRole("textbox", { name: "Your question" });
  expect(bodyOf("/refresh")).toEqual({ refresh_token: "r", invitation: TOKEN });
});

test("another account can be used instead", async () => {
  const { user } = openSignedIn({ address: `/?invitation=${TOKEN}`, routes: PREVIEWED });
  await user.click(await button("Use another account"));
  await waitFor(() => expect(screen.queryByText(/You are signed in as/)).toBeNull());
  expect(await button("Create an account")).toBeTruthy();
});
