"""Idempotency keys: a request that is repeated gets the answer of the first one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final, Protocol
from uuid import uuid4

from gtm.clock import Clock
from gtm.context import TenantId, UserId
from gtm.errors import ConflictError, InvalidInputError
from gtm.store.database import Database

# How long an answer is given again, and how long a request nobody hears of any more is waited for.
KEY_LIFETIME: Final = timedelta(hours=24)
CLAIM_LIFETIME: Final = timedelta(minutes=2)


class IdempotencyKeyReusedError(InvalidInputError):
    """The key came before, with another request."""

    code = "idempotency_key_reused"


class IdempotencyKeyInUseError(ConflictError):
    """The first request with the key is still at work."""

    code, can_retry = "idempotency_key_in_use", True


class AnswerNotKeptError(ConflictError):
    """The request was done, and its answer held a secret that is shown once."""

    code = "idempotency_answer_not_kept"


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A key as one user sends it to one route; hashes are SHA-256 in hex."""

    user_id: UserId
    tenant_id: TenantId | None
    method: str
    path: str
    key_hash: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do a request, until it is given up or its time is over."""

    key: RequestKey
    id: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What the first request was answered with."""

    status: int
    body: str


class IdempotencyKeys(Protocol):
    """Keys are a user's own; the same key of somebody else is another one."""

    async def claim(self, key: RequestKey) -> Claim | KeptAnswer:
        """Return the right to do a request, or its answer where it was done already.

        Raises IdempotencyKeyReusedError, IdempotencyKeyInUseError and AnswerNotKeptError.
        """
        ...

    async def keep(self, claim: Claim, *, status: int, body: str | None) -> None:
        """Note that the request is done; without `body` its answer is not given again."""
        ...

    async def give_up(self, claim: Claim) -> None:
        """Note that nothing was done, so that the key can be used again."""
        ...


_FORGET = "delete from app.idempotency_keys where expires_at <= %s"
# Of a request that was cut short nobody knows what came of it: once its time is over, the same
# request may be tried again.
_CLAIM = """
insert into app.idempotency_keys (
  user_id, tenant_id, method, path, key_hash, body_hash, claim_id, claimed_until, expires_at
) values (
  %(user_id)s, %(tenant_id)s, %(method)s, %(path)s, %(key_hash)s, %(body_hash)s,
  %(claim)s, %(claimed_until)s, %(expires_at)s
)
on conflict (user_id, tenant_id, method, path, key_hash) do update
  set claim_id = excluded.claim_id,
    claimed_until = excluded.claimed_until,
    expires_at = excluded.expires_at
  where idempotency_keys.status is null
    and idempotency_keys.claimed_until <= %(now)s
    and idempotency_keys.body_hash = excluded.body_hash
"""
_SAME = """
where user_id = %(user_id)s and tenant_id is not distinct from %(tenant_id)s
  and method = %(method)s and path = %(path)s and key_hash = %(key_hash)s
"""
_FIND = "select body_hash, status, answer from app.idempotency_keys" + _SAME  # noqa: S608 - constants
_MINE = _SAME + "  and claim_id = %(claim)s"
_KEEP = "update app.idempotency_keys set status = %(status)s, answer = %(answer)s" + _MINE  # noqa: S608
_GIVE_UP = "delete from app.idempotency_keys" + _MINE + " and status is null"  # noqa: S608


class PostgresIdempotencyKeys:
    """Keys in PostgreSQL, each reached as the user it is of."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def claim(self, key: RequestKey) -> Claim | KeptAnswer:
        """Return the right to do a request, or its answer where it was done already.

        Raises IdempotencyKeyReusedError, IdempotencyKeyInUseError and AnswerNotKeptError.
        """
        now, claim = self._clock.now(), Claim(key, uuid4().hex)
        times = {
            "now": now,
            "claimed_until": now + CLAIM_LIFETIME,
            "expires_at": now + KEY_LIFETIME,
        }
        async with self._database.as_user(key.user_id) as connection:
            await connection.execute(_FORGET, [now])
            claimed = await connection.execute(_CLAIM, {**asdict(key), **times, "claim": claim.id})
            if claimed.rowcount:
                return claim
            found = await (await connection.execute(_FIND, asdict(key))).fetchone()
        return _answer(key, found)

    async def keep(self, claim: Claim, *, status: int, body: str | None) -> None:
        """Note that the request is done; without `body` its answer is not given again."""
        done = {"claim": claim.id, "status": status, "answer": body}
        async with self._database.as_user(claim.key.user_id) as connection:
            await connection.execute(_KEEP, {**asdict(claim.key), **done})

    async def give_up(self, claim: Claim) -> None:
        """Note that nothing was done, so that the key can be used again."""
        async with self._database.as_user(claim.key.user_id) as connection:
            await connection.execute(_GIVE_UP, {**asdict(claim.key), "claim": claim.id})

    async def forget_expired(self) -> bool:
        """Delete the keys whose time is over, also of users who do not come back."""
        async with self._database.as_service() as connection:
            await connection.execute(_FORGET, [self._clock.now()])
        return True


def _answer(key: RequestKey, found: tuple[str, int | None, str | None] | None) -> KeptAnswer:
    """Return the answer of a key's row. Raises what stands in its way."""
    if found is not None and found[0] != key.body_hash:
        raise IdempotencyKeyReusedError(
            "This Idempotency-Key came before with another request.",
            hint="Make a new key for each thing that is to be done once.",
        )
    # Without a row, the first request has just given up.
    if found is None or found[1] is None:
        raise IdempotencyKeyInUseError(
            "The first request with this Idempotency-Key is still at work.",
            hint="Send it again in a moment.",
        )
    if found[2] is None:
        raise AnswerNotKeptError(
            "This was done already, and its answer held something that is shown once.",
            hint="Look for it in the list; what was shown once can be made anew.",
        )
    return KeptAnswer(found[1], found[2])
