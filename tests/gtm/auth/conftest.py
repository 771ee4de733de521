"""A clock that stands still and a key for the auth tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from gtm.auth.keys import SigningKey
from gtm.auth.tokens import TokenIssuer

ISSUER = "https://auth.example.test"


class FakeClock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 12, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def today(self) -> date:
        return self.time.date()

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return SigningKey.generate()


@pytest.fixture
def issuer(key: SigningKey, clock: FakeClock) -> TokenIssuer:
    return TokenIssuer(key, ISSUER, clock)
