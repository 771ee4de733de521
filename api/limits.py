"""Rate limits: how often a user, a workspace, a client or an e-mail address may come."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal, get_args

from limits import RateLimitItem, parse_many
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import HTTPConnection

from api.addresses import client_of
from api.windows import ClockedWindows
from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import ConfigurationError, GtmError
from gtm.settings import Settings

PolicyName = Literal[
    "user",
    "workspace",
    "questions",
    "workspace_questions",
    "client",
    "passwords",
    "guesses",
    "address",
    "mails",
    "invitations",
]

_SETTING: Final = "rate_limit_{}"
_NAMES: Final[tuple[PolicyName, ...]] = get_args(PolicyName)


class RateLimitedError(GtmError):
    """Too much came from one side; later it is let in again."""

    code, status_code, can_retry = "rate_limited", 429, True

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(
            "Too many requests.", hint=f"Wait {_spoken(retry_after_seconds)}, then try again."
        )
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True)
class Use:
    """A window a request was counted in; times in seconds."""

    policy: PolicyName
    quota: int
    window_seconds: int
    remaining: int
    reset_seconds: int


class RateLimits:
    """Counts in this process's memory: several processes let through as many times as much."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._policies = {name: _items(settings, name) for name in _NAMES}
        self._trusted_hops = settings.forwarded_hops
        self._windows = ClockedWindows(clock)
        self._limiter = MovingWindowRateLimiter(self._windows)

    def client(self, connection: HTTPConnection) -> str:
        """Return who is at the other end, as far as the trusted proxies tell."""
        return client_of(connection, trusted_hops=self._trusted_hops)

    def hit(self, policy: PolicyName, *who: str) -> list[Use]:
        """Count one use, unless it is one too many. Raises RateLimitedError."""
        items = self._policies[policy]
        for item in items:
            if not self._limiter.test(item, policy, *who):
                stats = self._limiter.get_window_stats(item, policy, *who)
                raise RateLimitedError(retry_after_seconds=self._seconds_until(stats.reset_time))
        for item in items:
            self._limiter.hit(item, policy, *who)
        return [self._use(item, policy, *who) for item in items]

    def give_back(self, policy: PolicyName, *who: str) -> None:
        """Take back the latest use."""
        for item in self._policies[policy]:
            self._windows.give_back(item.key_for(policy, *who))

    @asynccontextmanager
    async def guess(self, email: str, client: str) -> AsyncIterator[None]:
        """Count a try at a password; only those that are refused stay counted."""
        address = _digest(email)
        tries: tuple[tuple[PolicyName, tuple[str, ...]], ...] = (
            ("guesses", (address, client)),
            ("passwords", (client,)),
            ("address", (address,)),
        )
        counted: list[tuple[PolicyName, tuple[str, ...]]] = []

        def forgive() -> None:
            for policy, who in counted:
                self.give_back(policy, *who)

        try:
            for policy, who in tries:
                self.hit(policy, *who)
                counted.append((policy, who))
        except RateLimitedError:
            forgive()
            raise
        try:
            yield
        except GtmError as error:
            # A service that does not answer says nothing of the password.
            if error.status_code >= 500:
                forgive()
            raise
        forgive()

    def mail(self, email: str) -> None:
        """Count a mail to an address, whether it has an account or not. Raises RateLimitedError."""
        self.hit("mails", _digest(email))

    def count_call(self, tenant: TenantContext) -> None:
        """Count a call that comes through another door than HTTP. Raises RateLimitedError."""
        self.hit("user", tenant.user_id)
        self.hit("workspace", tenant.tenant_id)

    def _use(self, item: RateLimitItem, policy: PolicyName, *who: str) -> Use:
        reset_time, remaining = self._limiter.get_window_stats(item, policy, *who)
        reset_seconds = self._seconds_until(reset_time)
        return Use(policy, item.amount, item.get_expiry(), remaining, reset_seconds)

    def _seconds_until(self, moment: float) -> int:
        """Return after how many whole seconds a window's first use is forgotten."""
        return max(1, math.ceil(moment - self._clock.now().timestamp()))


def note(connection: HTTPConnection, uses: list[Use]) -> None:
    """Keep what a request was counted in, for the headers of its answer."""
    noted = [*getattr(connection.state, _STATE, ()), *uses]
    setattr(connection.state, _STATE, noted)


def headers_of(state: Mapping[str, object]) -> dict[str, str]:
    """Return the rate limit headers of a request's state (draft-ietf-httpapi-ratelimit-headers)."""
    uses = state.get(_STATE)
    if not isinstance(uses, list):
        return {}
    return {
        "ratelimit-policy": ", ".join(
            f'"{use.policy}";q={use.quota};w={use.window_seconds}' for use in uses
        ),
        "ratelimit": ", ".join(
            f'"{use.policy}";r={use.remaining};t={use.reset_seconds}' for use in uses
        ),
    }


_STATE: Final = "rate_limits"


def _items(settings: Settings, name: PolicyName) -> tuple[RateLimitItem, ...]:
    """Read a setting such as `10/minute;50/hour`; an empty one limits nothing."""
    setting = _SETTING.format(name)
    text = str(getattr(settings, setting)).strip()
    if not text:
        return ()
    try:
        items = tuple(parse_many(text))
    except ValueError:
        items = ()
    if not items or any(item.amount < 1 for item in items):
        raise ConfigurationError(
            f"{setting.upper()}={text!r} is not a rate.",
            hint="Write for example 10/minute;50/hour, or leave it empty for no limit.",
        )
    return items


def _digest(email: str) -> str:
    return sha256(email.strip().casefold().encode()).hexdigest()


def _spoken(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    return f"{math.ceil(seconds / 60)} minutes"
