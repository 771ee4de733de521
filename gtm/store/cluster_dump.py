"""A cluster's database as one file: dumped from a server that runs, restored into an empty one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from gtm.store.backup_errors import BackupError
from gtm.store.backup_manifest import (
    AppliedMigration,
    DatabaseRole,
    KeptFile,
    RoleMembership,
    State,
    newer,
)
from gtm.store.cluster import DATABASE, Address, Cluster
from gtm.store.cluster_errors import ClusterBusyError, damaged
from gtm.store.cluster_folder import OWNER, ClusterFolder
from gtm.store.cluster_programs import Programs
from gtm.store.cluster_server import noted_port
from gtm.store.migrations import load_migrations

_CONNECT_SECONDS = 10
_REASON = re.compile(r"error: (?P<reason>.+)")
# The system's own roles start with pg_; the owner is there as soon as a cluster is.
_ROLES = """
select r.rolname, r.rolcanlogin, r.rolinherit, r.rolbypassrls,
  array(
    select json_build_object('of', g.rolname, 'inherits', m.inherit_option,
      'may_become', m.set_option, 'may_grant', m.admin_option)
    from pg_auth_members as m join pg_roles as g on g.oid = m.roleid
    where m.member = r.oid order by g.rolname
  )
from pg_roles as r
where r.rolname not like 'pg\\_%' and r.rolname <> 'postgres'
order by r.rolname
"""
_MIGRATIONS = "select name, checksum from private.schema_migrations order by name"
# A first start that was killed has made no table yet.
_HAS_MIGRATIONS = "select to_regclass('private.schema_migrations') is not null"
_VERSION = "select current_setting('server_version_num')::int / 10000"


@dataclass(frozen=True, slots=True)
class OwnersAccess:
    """The way in for the owner of a cluster's database."""

    address: Address
    password: str
    programs: Programs

    @property
    def url(self) -> str:
        """The address with the password."""
        return f"postgresql://{OWNER}:{self.password}@{self._place}"

    @property
    def _place(self) -> str:
        return f"{self.address.host}:{self.address.port}/{DATABASE}"

    def run(self, program: str, arguments: Sequence[str]) -> None:
        """Run a client program on the database. Raises BackupError with the reason it gave."""
        run = self.programs.client(
            program,
            [f"--dbname=postgresql://{OWNER}@{self._place}", "--no-password", *arguments],
            # Not among the arguments, which everybody on this machine can read.
            environment={"PGPASSWORD": self.password},
        )
        if run.returncode != 0:
            raise _failed("".join(_REASON.findall(run.stderr)[:1]) or program)


@contextmanager
def owners_access(directory: Path) -> Iterator[OwnersAccess]:
    """The way into a folder's cluster: into the one that runs, or one started for the while.

    Raises ClusterError, and makes no cluster where there is none.
    """
    folder = ClusterFolder(directory.resolve())
    if not folder.data.exists():
        raise damaged(folder.path)
    try:
        cluster = Cluster.start(directory)
    except ClusterBusyError:
        yield _running(folder)
        return
    try:
        yield access_of(cluster)
    finally:
        cluster.stop()


def access_of(cluster: Cluster) -> OwnersAccess:
    """Return the owner's way into a cluster of this process."""
    return OwnersAccess(cluster.address, cluster.passwords[OWNER], Programs.find(None))


def describe(access: OwnersAccess, dumped: KeptFile) -> State:
    """Tell what the database is, beside its dump, as a restore has to know it."""
    with _connected(access) as connection:
        major = connection.execute(_VERSION).fetchone()
        has_migrations = connection.execute(_HAS_MIGRATIONS).fetchone() == (True,)
        migrations = connection.execute(_MIGRATIONS).fetchall() if has_migrations else []
        roles = connection.execute(_ROLES).fetchall()
    return State(
        postgresql=major[0] if major else 0,
        migrations=tuple(AppliedMigration(name=name, checksum=sum_) for name, sum_ in migrations),
        roles=tuple(
            DatabaseRole(
                name=name,
                may_log_in=logs_in,
                inherits=inherits,
                bypasses_row_security=bypasses,
                memberships=tuple(RoleMembership.model_validate(one) for one in memberships),
            )
            for name, logs_in, inherits, bypasses, memberships in roles
        ),
        dump=dumped,
    )


def dump(access: OwnersAccess, file: Path) -> None:
    """Write one consistent state of the database; whoever works in it goes on."""
    access.run("pg_dump", ["--format=custom", f"--file={file}"])


def restore(access: OwnersAccess, file: Path, roles: Sequence[DatabaseRole]) -> None:
    """Fill an empty database: all of the dump or nothing, owners, grants and policies too."""
    with _connected(access) as connection:
        for role in roles:
            connection.execute(_new_role(role))
        for role in roles:
            for membership in role.memberships:
                connection.execute(_new_membership(role, membership))
    access.run("pg_restore", ["--exit-on-error", "--single-transaction", str(file)])
    with _connected(access) as connection:
        # A dump has no statistics, and without them the first questions would be slow.
        connection.execute("analyze")


def refuse_unknown(state: State, made_by: str) -> None:
    """Raise BackupNewerError when this version can't run on what a backup has."""
    major = Programs.find(None).major
    if state.postgresql > major:
        raise newer(made_by, f"is of PostgreSQL {state.postgresql}, and {major} is installed")
    known = {migration.name: migration.checksum for migration in load_migrations()}
    for applied in state.migrations:
        if known.get(applied.name) != applied.checksum:
            raise newer(made_by, f"has a schema this version does not know ({applied.name})")


@contextmanager
def _connected(access: OwnersAccess) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(access.url, connect_timeout=_CONNECT_SECONDS) as connection:
            yield connection
    except psycopg.Error as error:
        raise _failed(str(error)) from error


def _running(folder: ClusterFolder) -> OwnersAccess:
    port = noted_port(folder.data)
    if port is None:
        raise ClusterBusyError(
            f"The state in {str(folder.path)!r} is being started or stopped.",
            hint="Try again in a moment.",
        )
    address = Address("127.0.0.1", port)
    return OwnersAccess(address, folder.passwords()[OWNER], Programs.find(None))


def _new_role(role: DatabaseRole) -> sql.Composed:
    rights = (
        "login" if role.may_log_in else "nologin",
        "inherit" if role.inherits else "noinherit",
        "bypassrls" if role.bypasses_row_security else "nobypassrls",
    )
    return sql.SQL("create role {} {}").format(
        sql.Identifier(role.name), sql.SQL(" ").join(sql.SQL(right) for right in rights)
    )


def _new_membership(role: DatabaseRole, membership: RoleMembership) -> sql.Composed:
    granted = sql.SQL("grant {} to {} with inherit {}, set {}, admin {}")
    return granted.format(
        sql.Identifier(membership.of),
        sql.Identifier(role.name),
        *(
            sql.SQL("true" if is_so else "false")
            for is_so in (membership.inherits, membership.may_become, membership.may_grant)
        ),
    )


def _failed(reason: str) -> BackupError:
    return BackupError(
        f"The state database can't be copied: {reason.strip()}", hint="Try again in a moment."
    )
