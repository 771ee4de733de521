import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { App } from "../App";
import { createServices } from "../services";
import { fakeServer, type Handler, problem } from "../testing/fakeServer";
import { CONFIG, LOGIN } from "../testing/samples";
import { keepVerifier } from "./arrival";

const button = (name: string) => screen.findByRole("button", { name });

function open(routes: Record<string, Handler> = {}) {
  const { requests } = fakeServer(routes);
  const visit = vi.fn();
  render(<App services={createServices(sessionStorage, visit)} />);
  const bodyOf = (path: string) => requests.find(({ route }) => route.endsWith(path))?.body;
  return { user: userEvent.setup(), visit, requests, bodyOf };
}

async function signUp(routes: Record<string, Handler>) {
  const opened = open(routes);
  const { user } = opened;
  await user.click(await button("Create an account"));
  const name = await screen.findByLabelText("Your name (optional)");
  await waitFor(() => expect(document.activeElement).toBe(name));
  await user.keyboard("Nora New");
  await user.type(screen.getByLabelText("E-mail"), "nora@new.example");
  await user.type(screen.getByLabelText("Password"), "three plain words");
  await user.click(await button("Create account"));
  return opened;
}

test("signing up opens a workspace of one's own", async () => {
  const { bodyOf } = await signUp({
    "POST /v1/auth/signup": () => Response.json(LOGIN, { status: 201 }),
  });
  expect(await screen.findByRole("textbox", { name: "Your question" })).toBeTruthy();
  expect(bodyOf("/signup")).toEqual({
    email: "nora@new.example",
    password: "three plain words",
    name: "Nora New",
  });
});

test("where addresses have to be confirmed, a mail is waited for", async () => {
  const { user } = await signUp({
    "POST /v1/auth/signup": () => Response.json({ status: "confirm_email" }, { status: 202 }),
  });
  const heading = await screen.findByRole("heading", { name: "Check your mail" });
  expect(document.activeElement).toBe(heading);
  expect(screen.getByText("nora@new.example")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Back to sign-in" }));
  expect(screen.getByLabelText("E-mail")).toHaveProperty("value", "nora@new.example");
});

test("a taken address is said at its field, with the way to sign in", async () => {
  const { user } = await signUp({
    "POST /v1/auth/signup": () =>
      problem(409, { code: "email_taken", detail: "This address has an account." }),
  });
  const field = await screen.findByRole("textbox", {
    name: "E-mail",
    description: /has an account/,
  });
  expect(document.activeElement).toBe(field);
  expect(field.getAttribute("aria-invalid")).toBe("true");
  await user.click(await button("Sign in instead"));
  expect(document.activeElement).toBe(screen.getByLabelText("Password"));
  expect(screen.getByLabelText("E-mail")).toHaveProperty("value", "nora@new.example");
});

test("a weak password is said at its field, with the reasons", async () => {
  await signUp({
    "POST /v1/auth/signup": () =>
      problem(422, { code: "weak_password", detail: "Too weak.", hint: "Use 6 characters." }),
  });
  expect(await screen.findByText("Too weak. Use 6 characters.")).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByLabelText("Password"));
});

test("a server that can't be reached is said, and nothing typed is lost", async () => {
  await signUp({ "POST /v1/auth/signup": () => Promise.reject(new TypeError("offline")) });
  expect((await screen.findByRole("alert")).textContent).toBe(
    "The server can't be reached. Check that it is running, then try again.",
  );
  expect(screen.getByLabelText("Password")).toHaveProperty("value", "three plain words");
});

test("without a connection that is said instead", async () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  await signUp({ "POST /v1/auth/signup": () => Promise.reject(new TypeError("offline")) });
  expect((await screen.findByRole("alert")).textContent).toMatch(/^You are offline\./);
});

test("fields tell password managers what they are for, and a password can be looked at", async () => {
  const { user } = open();
  const purposes = () => [...document.querySelectorAll("input")].map((input) => input.autocomplete);
  await screen.findByRole("button", { name: "Create an account" });
  expect(purposes()).toEqual(["email", "current-password"]);
  await user.click(await button("Create an account"));
  expect(purposes()).toEqual(["name", "email", "new-password"]);
  await user.click(await button("Show"));
  expect(screen.getByLabelText("Password")).toHaveProperty("type", "text");
});

test("where nobody can sign up, nothing offers it", async () => {
  const sign_up = { is_open: false, has_google: false, outbox_url: null };
  open({ "GET /v1/config": () => Response.json({ ...CONFIG, sign_up }) });
  await screen.findByRole("button", { name: /Acme/ });
  for (const name of ["Create an account", "Continue with Google"]) {
    expect(screen.queryByRole("button", { name })).toBeNull();
  }
});

test("a forgotten password is written to, whoever asks, and the stand-in shows its outbox", async () => {
  const { user, bodyOf } = open({
    "POST /v1/auth/recover": () => Response.json({ status: "sent" }, { status: 202 }),
  });
  await user.type(await screen.findByLabelText("E-mail"), "nora@new.example");
  await user.click(await button("Forgot your password?"));
  await user.click(await button("Send the link"));
  expect(await screen.findByRole("heading", { name: "Check your mail" })).toBeTruthy();
  expect(bodyOf("/recover")).toEqual({ email: "nora@new.example" });
  const outbox = screen.getByRole("link", { name: "Open the stand-in's outbox" });
  expect(outbox.getAttribute("href")).toBe("/auth/v1/outbox");
});

test("Google is visited with the verifier kept in this tab", async () => {
  const { user, visit } = open({
    "POST /v1/auth/google": () =>
      Response.json({ url: "https://google.example/", code_verifier: "secret" }),
  });
  await user.click(await button("Continue with Google"));
  await vi.waitFor(() => expect(visit).toHaveBeenCalledWith("https://google.example/"));
  expect(Object.values(sessionStorage)).toEqual(["secret"]);
});

test("who comes back from Google is signed in, once", async () => {
  history.replaceState(null, "", "/?code=abc");
  keepVerifier(sessionStorage, "secret");
  const { requests } = open({ "POST /v1/auth/google/callback": () => Response.json(LOGIN) });
  expect(location.search).toBe("");
  expect(await screen.findByRole("textbox", { name: "Your question" })).toBeTruthy();
  const calls = requests.filter(({ route }) => route.endsWith("/callback"));
  expect(calls.map(({ body }) => body)).toEqual([{ code: "abc", code_verifier: "secret" }]);
});

test("a code that is not taken leads to the sign-in page with a word why", async () => {
  history.replaceState(null, "", "/?code=abc");
  keepVerifier(sessionStorage, "secret");
  open({
    "POST /v1/auth/google/callback": () => problem(401, { detail: "The code was used before." }),
  });
  expect((await screen.findByRole("alert")).textContent).toBe("The code was used before.");
  expect(await button("Sign in")).toBeTruthy();
});

const RECOVERY = "/#access_token=t-rec&refresh_token=r-rec&type=recovery";

async function chooseNewPassword(routes: Record<string, Handler>) {
  history.replaceState(null, "", RECOVERY);
  const opened = open({ "GET /v1/auth/me": () => Response.json(LOGIN), ...routes });
  await opened.user.type(await screen.findByLabelText("New password"), "another one");
  await opened.user.click(await button("Save password"));
  return opened;
}

test("a recovery link leads to a new password, and then in", async () => {
  const { requests } = await chooseNewPassword({
    "POST /v1/auth/password": () => new Response(null, { status: 204 }),
    "POST /v1/auth/refresh": () => Response.json(LOGIN),
  });
  expect(await screen.findByRole("textbox", { name: "Your question" })).toBeTruthy();
  expect(requests).toContainEqual({
    route: "POST /v1/auth/password",
    body: { password: "another one" },
    token: "Bearer t-rec",
  });
});

test("a new password that is too weak can be tried again", async () => {
  await chooseNewPassword({
    "POST /v1/auth/password": () => problem(422, { code: "weak_password", detail: "Too weak." }),
  });
  expect(await screen.findByText("Too weak.")).toBeTruthy();
  expect(screen.getByText("demo@acme.example")).toBeTruthy();
});

test("a new password counts even if signing in with the link does not work", async () => {
  await chooseNewPassword({ "POST /v1/auth/password": () => new Response(null, { status: 204 }) });
  expect(await screen.findByText("Your new password is saved. Sign in with it.")).toBeTruthy();
});

test("an expired recovery link says so", async () => {
  await chooseNewPassword({ "POST /v1/auth/password": () => problem(401, {}) });
  expect((await screen.findByRole("alert")).textContent).toMatch(/expired/);
});

test("a recovery link is not taken for the session that is open in the tab", async () => {
  const { session } = createServices(sessionStorage);
  session.open({ ...LOGIN, access_token: "someone-else" });
  const { requests } = await chooseNewPassword({
    "POST /v1/auth/password": () => new Response(null, { status: 204 }),
    "POST /v1/auth/refresh": () => Response.json({ ...LOGIN, access_token: "t-new" }),
  });
  await screen.findByRole("textbox", { name: "Your question" });
  expect(requests.map(({ token }) => token)).not.toContain("Bearer someone-else");
});

test("what was said on the way in is not said again on the way out", async () => {
  history.replaceState(null, "", "/#access_token=t&type=signup");
  const { user } = open();
  expect(await screen.findByText(/address is confirmed/)).toBeTruthy();
  await user.click(await screen.findByRole("button", { name: /Acme/ }));
  await user.click(await button("Sign out"));
  await screen.findByRole("heading", { name: "Sign in to GTM Dashboard" });
  expect(screen.queryByText(/address is confirmed/)).toBeNull();
});
