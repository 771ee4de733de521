/** What someone who comes back from a mail or from Google brings along in the address. */
export type Arrival =
  | { kind: "google"; code: string; verifier: string }
  | { kind: "recovery"; token: string; refreshToken: string | null; isInvited?: boolean }
  /** The session of a mailed link, taken up only once it has been said whose it is. */
  | { kind: "link"; token: string; refreshToken: string }
  | { kind: "shared"; token: string }
  | { kind: "notice"; message: string; isBad: boolean };

const VERIFIER = "gtm.google";
const PARAMETERS = ["code", "state", "error", "error_code", "error_description"];

/** Kept in this tab only: a code that was sent to another browser is worth nothing here. */
export function keepVerifier(storage: Storage, verifier: string): void {
  storage.setItem(VERIFIER, verifier);
}

/** Reads the address once, and takes out of it what must not stay there or in the history. */
export function takeArrival(storage: Storage, isInvited = false): Arrival | null {
  const url = new URL(location.href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const shared = fragment.get("shared");
  // This one stays in the address: it is made to be opened again.
  if (shared !== null) return { kind: "shared", token: shared };
  const verifier = storage.getItem(VERIFIER);
  const arrival = fromFragment(fragment, isInvited) ?? fromQuery(url.searchParams, verifier);
  if (!arrival) return null;
  storage.removeItem(VERIFIER);
  for (const name of PARAMETERS) url.searchParams.delete(name);
  history.replaceState(null, "", `${url.pathname}${url.search}`);
  return arrival;
}

function fromFragment(fragment: URLSearchParams, isInvited: boolean): Arrival | null {
  const token = fragment.get("access_token");
  if (!token) return refusal(fragment);
  const type = fragment.get("type");
  const refreshToken = fragment.get("refresh_token");
  if (type === "recovery") return { kind: "recovery", token, refreshToken };
  // Who was invited by mail has an account by now, and no password.
  if (type === "invite") return { kind: "recovery", token, refreshToken, isInvited: true };
  if (type === "magiclink" && isInvited && refreshToken)
    return { kind: "link", token, refreshToken };
  // Anyone can send a link with a session of their own in it, so no other is taken up.
  return { kind: "notice", message: "Your e-mail address is confirmed. Sign in.", isBad: false };
}

function fromQuery(query: URLSearchParams, verifier: string | null): Arrival | null {
  const code = query.get("code");
  if (!code) return refusal(query);
  if (verifier) return { kind: "google", code, verifier };
  const message =
    "This link only works in the tab it was asked for in. Please sign in, or ask for a new one.";
  return { kind: "notice", message, isBad: true };
}

const REFUSALS: Record<string, string> = {
  access_denied: "You did not agree to sign in with Google, so nothing was shared.",
  otp_expired: "This link has expired or was used before. Please ask for a new one.",
  bad_oauth_state: "Signing in with Google took too long. Please try again.",
  user_banned: "This account is blocked. Please write to whoever runs this service.",
};

function refusal(values: URLSearchParams): Arrival | null {
  const error = values.get("error");
  if (!error) return null;
  const known = REFUSALS[values.get("error_code") ?? ""] ?? REFUSALS[error];
  // The address is anyone's to write, so its own words are not shown.
  const message = known ?? "Signing in did not work. Please try again.";
  return { kind: "notice", message, isBad: true };
}
