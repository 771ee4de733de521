"""Tokens nobody can guess, kept as their hash alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import psycopg
import pytest

from gtm.auth.access_tokens import ISSUER, TooManyTokensError, digest_of, new_secret
from gtm.auth.access_tokens_postgres import PostgresAccessTokens
from gtm.context import DatasetId, Role, Scope, TenantContext, TenantId, UserId
from gtm.errors import NotFoundError, UnauthenticatedError
from gtm.store.database import Database, DatabaseUnavailableError
from tests.support.cluster import cut_off
from tests.support.house import ANA, GUS, seeded_database
from tests.support.serving import StillClock
from tests.support.state import OwnedUrls

ACME = TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId(ANA), Role.OWNER)
GLOBEX = TenantContext(TenantId("globex"), DatasetId("tenant_globex"), UserId(GUS), Role.OWNER)


@pytest.fixture
def urls() -> OwnedUrls:
    return seeded_database()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def tokens(database: Database, clock: StillClock) -> PostgresAccessTokens:
    return PostgresAccessTokens(database, clock)


def test_no_two_secrets_are_the_same_and_each_has_a_hash() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    for secret in secrets:
        assert digest_of(secret) == sha256(secret.encode()).digest()


@pytest.mark.parametrize("secret", ["", "gtm_pat_", "x" * 51, "gtm_pat_" + "\u00e4" * 43])
def test_what_can_be_no_secret_is_not_looked_up(secret: str) -> None:
    assert digest_of(secret) is None


async def test_a_token_is_whose_it_was_made_for(
    tokens: PostgresAccessTokens, clock: StillClock
) -> None:
    made = await tokens.create(ACME, name="n", scopes=["read", "admin"], days=30)
    claims = await tokens.claims(made.secret)
    assert (claims.subject, claims.tenant_id, claims.issuer) == (ANA, "acme", ISSUER)
    assert claims.scopes == frozenset[Scope]({"read", "admin"})
    assert claims.expires_at == made.token.expires_at == clock.time + timedelta(days=30)
    # What it may do is up to the role its owner has when it is used.
    assert claims.role is None
    (listed,) = await tokens.tokens(ACME, limit=9)
    assert listed == replace(made.token, last_used_at=clock.time)


async def test_the_database_holds_no_secret(tokens: PostgresAccessTokens, urls: OwnedUrls) -> None:
    made = await tokens.create(ACME, name="n", scopes=["read"], days=1)
    await tokens.claims(made.secret)
    with psycopg.connect(urls.owner) as owner:
        for table in ("access_tokens", "audit_log"):
            rows = owner.execute(f"select row_to_json(t)::text from app.{table} as t".encode())
            assert made.secret.removeprefix("gtm_pat_") not in str(rows.fetchall())


async def test_a_token_of_another_workspace_is_not_found(tokens: PostgresAccessTokens) -> None:
    made = await tokens.create(GLOBEX, name="n", scopes=["read"], days=1)
    for stranger in (ACME, replace(ACME, tenant_id=GLOBEX.tenant_id)):
        with pytest.raises(NotFoundError):
            await tokens.revoke(stranger, made.token.id, of_others=True)
        assert await tokens.tokens(stranger, limit=9) == ()
    with pytest.raises(NotFoundError):
        await tokens.revoke(GLOBEX, UUID(int=9), of_others=True)
    await tokens.revoke(GLOBEX, made.token.id, of_others=False)
    with pytest.raises(UnauthenticatedError):
        await tokens.claims(made.secret)


async def test_enough_is_enough(tokens: PostgresAccessTokens) -> None:
    for _ in range(50):
        await tokens.create(ACME, name="n", scopes=["read"], days=1)
    with pytest.raises(TooManyTokensError):
        await tokens.create(ACME, name="n", scopes=["read"], days=1)


async def test_a_database_that_is_gone_is_no_wrong_token(
    tokens: PostgresAccessTokens, urls: OwnedUrls
) -> None:
    made = await tokens.create(ACME, name="n", scopes=["read"], days=1)
    cut_off(urls.owner)
    with pytest.raises(DatabaseUnavailableError):
        await tokens.claims(made.secret)
