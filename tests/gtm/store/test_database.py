"""Transactions act as whom they say, end as nobody, and outlive a restart of the server."""

from uuid import UUID

import psycopg
import pytest

from gtm.context import UserId
from gtm.store.database import Database, DatabaseUnavailableError
from tests.support.cluster import cut_off
from tests.support.state import OwnedUrls

ANA = UserId(str(UUID(int=1)))


async def test_a_users_transaction_has_their_role_and_claims(database: Database) -> None:
    async with database.as_user(ANA) as connection:
        row = await (await connection.execute("select current_user, auth.uid()::text")).fetchone()
    assert row == ("authenticated", ANA)


async def test_a_transaction_of_the_service_has_no_user(database: Database) -> None:
    async with database.as_service() as connection:
        row = await (await connection.execute("select current_user, auth.uid()")).fetchone()
    assert row == ("service_role", None)


async def test_a_user_id_is_a_value_whatever_is_in_it(database: Database) -> None:
    odd = UserId("x', true); reset role; select ('")
    async with database.as_user(odd) as connection:
        rows = await connection.execute(
            "select current_user, current_setting('request.jwt.claims')::jsonb ->> 'sub'"
        )
        assert await rows.fetchone() == ("authenticated", odd)


async def test_what_fails_is_undone(database: Database) -> None:
    insert = "insert into app.tenants (slug, name, bq_dataset) values ('x', 'X', 'tenant_x')"

    async def add_and_break() -> None:
        async with database.as_service() as connection:
            await connection.execute(insert)
            await connection.execute("select 1 / 0")

    with pytest.raises(psycopg.errors.DivisionByZero):
        await add_and_break()
    async with database.as_service() as connection:
        row = await (await connection.execute("select count(*) from app.tenants")).fetchone()
    assert row == (0,)


async def test_connections_that_were_cut_are_replaced(database: Database, urls: OwnedUrls) -> None:
    async with database.as_user(ANA):
        pass
    assert urls.owner is not None
    with psycopg.connect(urls.owner) as owner:
        owner.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where usename = 'app_api' and datname = current_database()"
        )
    async with database.as_user(ANA) as connection:
        await connection.execute("select 1")


async def test_a_database_that_is_gone_is_told_as_such(database: Database, urls: OwnedUrls) -> None:
    async with database.as_user(ANA):
        pass
    cut_off(urls.owner or "")
    with pytest.raises(DatabaseUnavailableError):
        async with database.as_user(ANA):
            pass


async def test_a_closed_database_opens_again(database: Database) -> None:
    for _ in range(2):
        async with database.as_user(ANA) as connection:
            await connection.execute("select 1")
        await database.close()
