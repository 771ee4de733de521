import { expect, test } from "vitest";
import { keepVerifier, takeArrival } from "./arrival";

function arriveAt(address: string) {
  history.replaceState(null, "", address);
  return takeArrival(sessionStorage);
}

test("an ordinary address brings nothing along and stays as it is", () => {
  expect(arriveAt("/?conversation=c1#top")).toBeNull();
  expect(location.href).toMatch(/\/\?conversation=c1#top$/);
});

test("a code from Google needs the verifier of this tab, and both are used up", () => {
  keepVerifier(sessionStorage, "secret");
  expect(arriveAt("/?code=abc&conversation=c1")).toEqual({
    kind: "google",
    code: "abc",
    verifier: "secret",
  });
  expect(location.search).toBe("?conversation=c1");
  expect(sessionStorage.length).toBe(0);
  expect(arriveAt("/?code=abc")).toMatchObject({ kind: "notice", isBad: true });
});

test("a recovery link brings a token, which leaves the address", () => {
  expect(arriveAt("/#access_token=t&refresh_token=r&type=recovery")).toEqual({
    kind: "recovery",
    token: "t",
    refreshToken: "r",
  });
  expect(location.hash).toBe("");
});

test("a session in the address is taken from no other kind of link", () => {
  expect(arriveAt("/#access_token=t&refresh_token=r&type=signup")).toMatchObject({
    kind: "notice",
    isBad: false,
  });
  expect(location.hash).toBe("");
});

test.each([
  ["/?error=access_denied&error_code=access_denied#error=access_denied", /did not agree/],
  ["/#error=access_denied&error_code=otp_expired&error_description=Call+us", /expired/],
  ["/?error=server_error&error_description=Send+money", /did not work/],
])("a refusal is said in words of our own: %s", (address, words) => {
  const arrival = arriveAt(address);
  expect(arrival).toMatchObject({ kind: "notice", isBad: true });
  expect(arrival?.kind === "notice" && arrival.message).toMatch(words);
  expect(location.href).toMatch(/\/$/);
});

test("the link of a shared dashboard stays in the address: it is made to be opened again", () => {
  expect(arriveAt("/#shared=t1")).toEqual({ kind: "shared", token: "t1" });
  expect(location.hash).toBe("#shared=t1");
});

test("who was invited by mail has a session and no password yet", () => {
  expect(arriveAt("/#access_token=t&refresh_token=r&type=invite")).toEqual({
    kind: "recovery",
    token: "t",
    refreshToken: "r",
    isInvited: true,
  });
});

test("a mailed session is looked at only where there is an invitation to accept", () => {
  const address = "/#access_token=t&refresh_token=r&type=magiclink";
  expect(arriveAt(address)).toMatchObject({ kind: "notice" });
  history.replaceState(null, "", address);
  expect(takeArrival(sessionStorage, true)).toEqual({
    kind: "link",
    token: "t",
    refreshToken: "r",
  });
  expect(location.hash).toBe("");
});
