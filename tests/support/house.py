"""The state database with two workspaces, reached with each of its logins."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg import Connection, errors, sql

from tests.support.state import OwnedUrls, new_database

# Ana owns Acme, Gus owns Globex, and nobody belongs to neither.
ANA, GUS, NOBODY = (str(UUID(int=number)) for number in (1, 2, 3))
ACT_AS = "select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)"
SEED = """
insert into app.tenants (id, slug, name, bq_dataset) values
  ('acme', 'acme', 'Acme', 'tenant_acme'), ('globex', 'globex', 'Globex', 'tenant_globex');
insert into app.tenant_memberships (tenant_id, user_id, role) values
  ('acme', '00000000-0000-0000-0000-000000000001', 'owner'),
  ('globex', '00000000-0000-0000-0000-000000000002', 'owner');
insert into app.conversations (id, tenant_id, user_id, title, created_at, updated_at) values
  ('ca', 'acme', '00000000-0000-0000-0000-000000000001', 'of Acme', now(), now()),
  ('cg', 'globex', '00000000-0000-0000-0000-000000000002', 'of Globex', now(), now());
insert into app.turns (conversation_id, position, id, reply) values
  ('ca', 1, 'ta', '"secret of Acme"'), ('cg', 1, 'tg', '"secret of Globex"');
"""


def seeded_database() -> OwnedUrls:
    """Return the addresses of a database with the two workspaces, that nobody else uses."""
    urls = new_database()
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(SEED)
    return urls


@dataclass
class House:
    api: Connection
    worker: Connection
    owner: Connection

    def act_as(self, user: str | None, role: str = "authenticated") -> Connection:
        claims = "" if user is None else json.dumps({"sub": user, "role": role})
        self.api.execute(ACT_AS, [role, claims])
        return self.api


@contextmanager
def open_house() -> Iterator[House]:
    urls = new_database()
    assert urls.owner is not None
    with (
        psycopg.connect(urls.owner, autocommit=True) as owner,
        psycopg.connect(urls.api) as api,
        psycopg.connect(urls.worker) as worker,
    ):
        owner.execute(SEED)
        yield House(api, worker, owner)
        api.rollback()
        worker.rollback()


def everything(connection: Connection) -> str:
    """Return all that a connection can read of the product's tables, as one text."""
    found = []
    for table in tables(connection):
        query = sql.SQL("select row_to_json(t)::text from app.{} as t").format(
            sql.Identifier(table)
        )
        # A table that is granted to nobody gives nothing either.
        with suppress(errors.InsufficientPrivilege), connection.transaction():
            found += [row[0] for row in connection.execute(query).fetchall()]
    return " ".join(found)


def tables(connection: Connection) -> list[str]:
    """Return the names of the product's tables."""
    rows = connection.execute(
        "select relname from pg_class"
        " where relnamespace = (select oid from pg_namespace where nspname = 'app')"
        " and relkind in ('r', 'p') order by relname"
    ).fetchall()
    return [row[0] for row in rows]
