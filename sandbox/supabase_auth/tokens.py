"""Access tokens of the stand-in: the claims Supabase puts in them, signed with ES256."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from gtm.auth.keys import ALGORITHM
from gtm.clock import Clock
from sandbox.supabase_auth import errors
from sandbox.supabase_auth.keys import KeyRing
from sandbox.supabase_auth.records import Account

TTL_SECONDS = 3600
AUDIENCE = "authenticated"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A signed token and when it ends, in seconds since 1970."""

    text: str
    expires_at: int


class AccessTokens:
    """Issues and checks the access tokens of one issuer URL."""

    def __init__(self, keys: KeyRing, issuer: str, clock: Clock) -> None:
        self.keys = keys
        self.issuer = issuer
        self._clock = clock

    def issue(self, account: Account, session_id: str, method: str = "password") -> AccessToken:
        """Return a token for a session of the account, opened by a method."""
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": account.id,
            "aud": AUDIENCE,
            "exp": now + TTL_SECONDS,
            "iat": now,
            "email": account.email,
            "phone": "",
            "app_metadata": dict(account.app_metadata),
            "user_metadata": dict(account.user_metadata),
            "role": "authenticated",
            "aal": "aal1",
            "amr": [{"method": method, "timestamp": now}],
            "session_id": session_id,
            "is_anonymous": False,
        }
        signing = self.keys.active
        header = {"alg": ALGORITHM, "typ": "JWT", "kid": signing.kid}
        text = jwt.encode(header, claims, signing.key, algorithms=[ALGORITHM])
        return AccessToken(text=text, expires_at=now + TTL_SECONDS)

    def session_of(self, token: str) -> str:
        """Return the session a token belongs to. Raises AuthRefusal."""
        claims = self._claims(token)
        if claims.get("iss") != self.issuer or claims.get("aud") != AUDIENCE:
            raise errors.bad_jwt("token is of another issuer or audience")
        if int(claims.get("exp", 0)) <= self._clock.now().timestamp():
            raise errors.bad_jwt("token is expired")
        return str(claims.get("session_id", ""))

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            kid = jws.extract_compact(token.encode()).headers().get("kid")
            signed_with = self.keys.find(kid)
            if signed_with is None:
                raise errors.bad_jwt("unrecognized JWT kid for algorithm ES256")
            return jwt.decode(token, signed_with.key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            raise errors.bad_jwt("unable to parse or verify signature") from error
