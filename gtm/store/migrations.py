"""Migrations: numbered SQL files, applied once each, in order, all or none of a file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from gtm.errors import ConfigurationError

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"
# Any number will do that nothing else locks.
_LOCK = 7_214_091
_TABLE = """
create schema if not exists private;
create table if not exists private.schema_migrations (
  name text primary key,
  checksum text not null,
  applied_at timestamptz not null default now()
)
"""
_GRANT = """
grant usage on schema private to app_worker;
grant select on private.schema_migrations to app_worker
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file; `checksum` is of its text."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def load_migrations(folder: Path = _FOLDER) -> tuple[Migration, ...]:
    """Read the files in order."""
    paths = sorted(folder.glob("[0-9]*.sql"))
    return tuple(Migration(path.stem, path.read_text(encoding="utf-8")) for path in paths)


def migrate(
    url: str,
    *,
    passwords: Mapping[str, str] | None = None,
    migrations: Sequence[Migration] | None = None,
) -> tuple[str, ...]:
    """Apply what is missing and return its names; `passwords` are set for logins of ours.

    `url` is the owner's. Blocking. Raises ConfigurationError when the database is not of this code.
    """
    wanted = load_migrations() if migrations is None else migrations
    with psycopg.connect(url, autocommit=True) as connection:
        # Two processes that start at once must not both apply a file.
        connection.execute("select pg_advisory_lock(%s)", [_LOCK])
        connection.execute(_TABLE)
        missing = _missing(connection, wanted)
        for migration in missing:
            with connection.transaction():
                connection.execute(migration.text.encode())
                connection.execute(
                    "insert into private.schema_migrations (name, checksum) values (%s, %s)",
                    [migration.name, migration.checksum],
                )
        # The server checks at its start that code and schema match, as the worker.
        connection.execute(_GRANT)
        for role, password in (passwords or {}).items():
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(role), sql.Literal(password)
                )
            )
    return tuple(migration.name for migration in missing)


def pending(url: str, *, migrations: Sequence[Migration] | None = None) -> tuple[str, ...]:
    """Return the names of what `migrate` would apply. Blocking; raises ConfigurationError too."""
    wanted = load_migrations() if migrations is None else migrations
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("select to_regclass('private.schema_migrations')").fetchone()
        if row is None or row[0] is None:
            return tuple(migration.name for migration in wanted)
        return tuple(migration.name for migration in _missing(connection, wanted))


def _missing(
    connection: psycopg.Connection[tuple[object, ...]], wanted: Sequence[Migration]
) -> list[Migration]:
    rows = connection.execute("select name, checksum from private.schema_migrations").fetchall()
    applied = {str(name): str(checksum) for name, checksum in rows}
    unknown = sorted(applied.keys() - {migration.name for migration in wanted})
    if unknown:
        raise ConfigurationError(
            f"The database has a migration this version does not know: {unknown[0]!r}.",
            hint="Start the version that made it, or a later one.",
        )
    for migration in wanted:
        if applied.get(migration.name, migration.checksum) != migration.checksum:
            raise ConfigurationError(
                f"The migration {migration.name!r} was applied with another text.",
                hint="Restore the file; changes go into a new one.",
            )
    return [migration for migration in wanted if migration.name not in applied]
