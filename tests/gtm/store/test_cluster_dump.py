"""A restored database is the same: rows, owners, rights, policies and who may become whom."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from gtm.store.backup_errors import BackupError, BackupNewerError
from gtm.store.backup_manifest import AppliedMigration, KeptFile, State
from gtm.store.cluster import Cluster
from gtm.store.cluster_dump import (
    OwnersAccess,
    access_of,
    describe,
    dump,
    owners_access,
    refuse_unknown,
    restore,
)
from gtm.store.cluster_errors import ClusterBusyError, ClusterDamagedError
from gtm.store.migrations import load_migrations, migrate, pending
from gtm.store.state import bring_up_to_date
from tests.support.cluster import Start, another_process, ask, copied_cluster, starting
from tests.support.house import ANA, GUS, SEED

# As the agents' sessions are: a table that the worker has made in a schema of its own.
OF_THE_WORKER = "create table agents.kept (n int); insert into agents.kept values (1)"
KEPT = KeptFile(path="state.dump", size=1, sha256="0" * 64)


@dataclass(frozen=True)
class Move:
    """A cluster, and another machine's that has got its dump."""

    old: Cluster
    new: Cluster
    dump: Path
    state: State


def fill(cluster: Cluster) -> None:
    """Make the product's database with two workspaces."""
    bring_up_to_date(cluster)
    ask(cluster, SEED)
    with psycopg.connect(cluster.url("app_worker"), autocommit=True) as worker:
        worker.execute(OF_THE_WORKER)


@pytest.fixture(scope="module")
def move(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Move]:
    place = tmp_path_factory.mktemp("move")
    # Made by itself, so that the other has passwords of its own.
    with starting(copied_cluster(place / "old")) as old, starting(place / "new") as new:
        cluster, other, file = old(), new(), place / "state.dump"
        fill(cluster)
        dump(access_of(cluster), file)
        state = describe(access_of(cluster), KEPT)
        restore(access_of(other), file, state.roles)
        bring_up_to_date(other)
        yield Move(cluster, other, file, state)


def schema_of(cluster: Cluster) -> str:
    """Everything but the rows, as text; read in once, it is written with fewer parentheses."""
    access = access_of(cluster)
    program = access.programs.folder / "pg_dump"
    told = subprocess.run(
        [program, "--schema-only", "--dbname", access.url], capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    return re.sub(r"\\(un)?restrict .*|[()]", "", told.stdout)


def act_as(user: str, cluster: Cluster) -> str:
    """All titles of conversations that a user sees."""
    with psycopg.connect(cluster.url("app_api")) as connection:
        claims = f'{{"sub": "{user}", "role": "authenticated"}}'
        connection.execute(
            "select set_config('role', 'authenticated', true),"
            " set_config('request.jwt.claims', %s, true)",
            [claims],
        )
        rows = connection.execute("select title from app.conversations").fetchall()
    return ",".join(row[0] for row in rows)


def test_schema_roles_and_rows_come_over(move: Move) -> None:
    assert schema_of(move.new) == schema_of(move.old)
    assert describe(access_of(move.new), KEPT) == move.state
    assert [role.name for role in move.state.roles] == [
        "anon",
        "app_api",
        "app_worker",
        "authenticated",
        "service_role",
    ]
    for table in ("app.tenants", "app.turns", "agents.kept", "private.schema_migrations"):
        query = f"select to_jsonb(t) from {table} as t order by 1"
        assert ask(move.new, query) == ask(move.old, query)


def test_the_walls_between_workspaces_stand(move: Move) -> None:
    assert act_as(ANA, move.new) == "of Acme"
    assert act_as(GUS, move.new) == "of Globex"
    assert act_as(str(UUID(int=9)), move.new) == ""
    for login, wider in (("app_api", "service_role"), ("app_worker", "postgres")):
        with (
            psycopg.connect(move.new.url(login)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(f"set role {wider}".encode())


def test_the_worker_still_owns_what_it_made(move: Move) -> None:
    with psycopg.connect(move.new.url("app_worker"), autocommit=True) as worker:
        worker.execute("alter table agents.kept add column more text")
        worker.execute("create table agents.new (n int)")


def test_passwords_stay_on_their_machine(move: Move) -> None:
    content = move.dump.read_bytes()
    for login in ("postgres", "app_api", "app_worker"):
        old, new = (cluster.passwords[login] for cluster in (move.old, move.new))
        assert old != new
        assert old.encode() not in content
        assert b"SCRAM-SHA-256" not in content
        foreign = move.new.url(login).replace(new, old)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(foreign)


def test_a_dump_that_breaks_off_restores_nothing(start: Start, move: Move, tmp_path: Path) -> None:
    file, other = tmp_path / "state.dump", start()
    file.write_bytes(move.dump.read_bytes()[:-2000])
    with pytest.raises(BackupError):
        restore(access_of(other), file, move.state.roles)
    assert ask(other, "select count(*) from pg_tables where schemaname = 'app'") == [(0,)]


def test_a_dump_of_an_earlier_version_gets_what_has_come_since(
    start: Start, tmp_path: Path
) -> None:
    with starting(tmp_path / "older") as older:
        cluster = older()
        migrate(cluster.url("postgres"), migrations=load_migrations()[:3])
        dump(access_of(cluster), tmp_path / "state.dump")
        state = describe(access_of(cluster), KEPT)
    refuse_unknown(state, "0.1.0")
    other = start()
    restore(access_of(other), tmp_path / "state.dump", state.roles)
    assert pending(other.url("postgres")) != ()
    bring_up_to_date(other)
    assert pending(other.url("postgres")) == ()


def test_the_dump_of_a_cluster_that_another_process_runs(folder: Path, tmp_path: Path) -> None:
    with another_process(folder):
        with owners_access(folder) as access:
            dump(access, tmp_path / "state.dump")
        assert (tmp_path / "state.dump").stat().st_size > 0


def test_a_cluster_that_nobody_runs_is_started_for_the_while(folder: Path) -> None:
    with owners_access(folder) as access, psycopg.connect(access.url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert not (folder / "data" / "postmaster.pid").exists()


def test_a_cluster_that_is_being_started_is_told(folder: Path) -> None:
    with another_process(folder):
        (folder / "data" / "postmaster.pid").rename(folder / "hidden")
        with pytest.raises(ClusterBusyError, match="being started"), owners_access(folder):
            pass
        (folder / "hidden").rename(folder / "data" / "postmaster.pid")


def test_no_cluster_is_made_for_a_backup(tmp_path: Path) -> None:
    with pytest.raises(ClusterDamagedError), owners_access(tmp_path / "postgres"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_answer_is_told(start: Start) -> None:
    cluster = start()
    access = access_of(cluster)
    cluster.stop()
    with pytest.raises(BackupError, match="can't be copied"):
        describe(access, KEPT)
    with pytest.raises(BackupError, match="can't be copied"):
        dump(OwnersAccess(access.address, "wrong", access.programs), Path("/dev/null"))


def test_what_a_later_version_added_is_refused() -> None:
    known = tuple(
        AppliedMigration(name=one.name, checksum=one.checksum) for one in load_migrations()
    )
    refuse_unknown(State(postgresql=18, migrations=known[:3], roles=(), dump=KEPT), "0.1.0")
    later = AppliedMigration(name="9999_later", checksum="0" * 64)
    with pytest.raises(BackupNewerError, match="9999_later"):
        refuse_unknown(
            State(postgresql=18, migrations=(*known, later), roles=(), dump=KEPT), "0.2.0"
        )
    with pytest.raises(BackupNewerError, match="PostgreSQL 19, and 18 is installed"):
        refuse_unknown(State(postgresql=19, migrations=known, roles=(), dump=KEPT), "0.2.0")
