import { expect, test } from "vitest";
import { ApiError } from "../api/problem";
import type { LoginReply } from "../api/shapes";
import { createServices } from "../services";
import { fakeServer, problem } from "../testing/fakeServer";
import { LOGIN } from "../testing/samples";
import { TokenRenewal } from "./renewal";
import { SessionStore } from "./session";

const NEXT: LoginReply = { ...LOGIN, access_token: "token-2", refresh_token: "refresh-2" };
const HOUR_MS = 3_600_000;

function open(refresh: (token: string) => Promise<LoginReply>) {
  const clock = { now: 0 };
  const session = new SessionStore(sessionStorage, () => clock.now);
  const renewal = new TokenRenewal(session, refresh, () => clock.now);
  session.open(LOGIN);
  return { clock, session, renewal };
}

function later() {
  let resolve: (reply: LoginReply) => void = () => undefined;
  const promise = new Promise<LoginReply>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const refusal = (status: number) =>
  new ApiError({ status, code: "", title: "", detail: "", hint: null, nearest: [] });

test("a token is used as it is until its last minute", async () => {
  const { clock, renewal } = open(() => Promise.resolve(NEXT));
  clock.now = HOUR_MS - 61_000;
  expect(await renewal.token()).toBe("token-1");
  clock.now = HOUR_MS - 59_000;
  expect(await renewal.token()).toBe("token-2");
});

test("a new pair outlives a reload of the page", async () => {
  const { renewal } = open(() => Promise.resolve(NEXT));
  await renewal.renew("token-1");
  expect(new SessionStore(sessionStorage).current().session).toMatchObject({
    token: "token-2",
    refreshToken: "refresh-2",
  });
});

test("requests that are refused together are renewed together, with the token of then", async () => {
  const used: string[] = [];
  const { renewal } = open((token) => {
    used.push(token);
    return Promise.resolve(NEXT);
  });
  const tokens = await Promise.all([renewal.renew("token-1"), renewal.renew("token-1")]);
  expect([...tokens, await renewal.renew("token-1")]).toEqual(["token-2", "token-2", "token-2"]);
  expect(used).toEqual(["refresh-1"]);
});

test("a renewal that can't be reached leaves the token, one that is refused ends it", async () => {
  let error: Error = new TypeError("offline");
  const { clock, renewal } = open(() => Promise.reject(error));
  clock.now = HOUR_MS - 1_000;
  expect(await renewal.token()).toBe("token-1");
  await expect(renewal.renew("token-1")).rejects.toThrow("offline");
  error = refusal(503);
  await expect(renewal.renew("token-1")).rejects.toBe(error);
  error = refusal(401);
  expect(await renewal.renew("token-1")).toBeNull();
});

test("who signs out during a renewal stays signed out, and can end the new session", async () => {
  const { promise, resolve } = later();
  const { session, renewal } = open(() => promise);
  const renewed = renewal.renew("token-1");
  session.close();
  resolve(NEXT);
  expect(await renewed).toBe("token-2");
  expect(session.current().session).toBeNull();
  expect(sessionStorage.length).toBe(0);
});

test("who signs in anew during a renewal keeps the new session", async () => {
  const { promise, resolve } = later();
  const { session, renewal } = open(() => promise);
  const renewed = renewal.renew("token-1");
  session.open({ ...LOGIN, access_token: "other", refresh_token: "other-refresh" });
  resolve(NEXT);
  await renewed;
  expect(session.current().session?.token).toBe("other");
});

test("a refused request is sent once more, and another refusal ends the session", async () => {
  let isBetter = true;
  const { requests } = fakeServer({
    "POST /v1/auth/refresh": () => Response.json(NEXT),
    "GET /v1/conversations": ({ headers }) =>
      isBetter && headers.get("Authorization") === "Bearer token-2"
        ? Response.json({ items: [], next_cursor: null })
        : problem(401, { code: "unauthenticated" }),
  });
  const { api, session } = createServices(sessionStorage);
  session.open(LOGIN);
  await Promise.all([api.get("/v1/conversations"), api.get("/v1/conversations")]);
  expect(requests.filter(({ route }) => route === "POST /v1/auth/refresh")).toHaveLength(1);
  isBetter = false;
  await expect(api.get("/v1/conversations")).rejects.toBeInstanceOf(ApiError);
  expect(session.current()).toEqual({
    session: null,
    message: "Your session has ended. Please sign in again.",
  });
});

test("signing out sends the token of the session it ends", async () => {
  const { requests } = fakeServer();
  const { api, session } = createServices(sessionStorage);
  session.open(LOGIN);
  const ended = api.logout();
  session.close();
  await ended;
  expect(requests).toMatchObject([{ route: "POST /v1/auth/logout", token: "Bearer token-1" }]);
});
