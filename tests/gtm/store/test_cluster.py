"""The embedded PostgreSQL as a whole: started, killed, come back to, and refused."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import psycopg
import pytest

from gtm.store import cluster as cluster_module
from gtm.store import cluster_server
from gtm.store.cluster import Cluster
from gtm.store.cluster_errors import (
    ClusterBusyError,
    ClusterDamagedError,
    ClusterVersionError,
    PortTakenError,
)
from tests.support.cluster import Start, another_process, ask


def test_the_first_start_makes_a_private_checked_utf8_cluster_with_our_database(
    tmp_path: Path,
) -> None:
    cluster = Cluster.start(tmp_path / "new" / "postgres")
    try:
        facts = ask(
            cluster,
            "select current_setting('server_version_num')::int / 10000, "
            "current_setting('data_checksums'), current_setting('server_encoding'), "
            "current_setting('listen_addresses'), current_setting('unix_socket_directories'), "
            "current_setting('TimeZone'), datlocprovider::text, datlocale "
            "from pg_database where datname = current_database()",
        )
        rules = ask(cluster, "select distinct auth_method from pg_hba_file_rules")
    finally:
        cluster.stop()
    assert facts == [(18, "on", "UTF8", "127.0.0.1", "", "UTC", "b", "C.UTF-8")]
    assert rules == [("scram-sha-256",)]
    assert stat.S_IMODE((tmp_path / "new" / "postgres").stat().st_mode) == 0o700


def test_the_passwords_are_ours_alone_and_last(start: Start, folder: Path) -> None:
    first = start()
    urls = [first.url(user).split("@")[0] for user in ("postgres", "app_api", "app_worker")]
    first.stop()
    again = start()
    assert urls == [again.url(user).split("@")[0] for user in ("postgres", "app_api", "app_worker")]
    assert len(set(urls)) == 3
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600


def test_a_wrong_password_is_refused(start: Start) -> None:
    cluster = start()
    wrong = cluster.url("postgres").replace("postgres:", "postgres:x", 1)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_an_ordinary_stop_keeps_what_was_written(start: Start) -> None:
    cluster = start()
    ask(cluster, "create table kept as select 1 as n")
    cluster.stop()
    cluster.stop()
    assert not cluster.is_running
    assert ask(start(), "select n from kept") == [(1,)]


def test_a_database_that_an_interrupted_start_left_out_is_made(start: Start) -> None:
    cluster = start()
    ask(cluster, "drop database gtm", database="postgres")
    cluster.stop()
    assert ask(start(), "select current_database()") == [("gtm",)]


def test_settings_reach_the_server(start: Start) -> None:
    assert ask(start(), "show fsync") == [("off",)]


def test_statements_and_values_stay_out_of_the_log(start: Start, folder: Path) -> None:
    cluster = start()
    ask(cluster, "create table people (mail text unique); insert into people values ('ana')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        ask(cluster, "insert into people values ('ana')")
    log = (folder / "postgres.log").read_text()
    assert "unique constraint" in log
    assert "ana" not in log.replace("analyze", "")


def test_a_second_process_is_refused_at_once(start: Start, folder: Path) -> None:
    start()
    with pytest.raises(ClusterBusyError, match="in use by another process") as refused:
        Cluster.start(folder)
    assert refused.value.hint is not None
    with another_process(folder) as (_, said):
        assert said == "postgres_busy"


def test_a_taken_port_is_told(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortTakenError) as refused:
            Cluster.start(folder, port=other.getsockname()[1])
    assert refused.value.can_retry


def test_a_free_port_that_was_taken_meanwhile_is_tried_no_more(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports = iter([other.getsockname()[1], cluster_server.free_port()])
        monkeypatch.setattr(cluster_module, "free_port", lambda: next(ports))
        assert start().address.port != other.getsockname()[1]


def test_data_of_another_major_version_is_told(folder: Path) -> None:
    (folder / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(ClusterVersionError, match="PostgreSQL 17, and PostgreSQL 18"):
        Cluster.start(folder)


@pytest.mark.parametrize(
    "lost",
    ["data/PG_VERSION", "data/global/pg_control", "data/pg_wal", "data/base", "secrets.json"],
)
def test_a_damaged_folder_is_told(folder: Path, lost: str) -> None:
    missing = folder / lost
    missing.rename(folder / "lost")
    with pytest.raises(ClusterDamagedError) as refused:
        Cluster.start(folder)
    assert "backup" in str(refused.value.hint)


def test_passwords_that_do_not_fit_the_data_are_told(folder: Path) -> None:
    secrets = folder / "secrets.json"
    secrets.write_text(secrets.read_text().replace('"postgres": "', '"postgres": "x'))
    with pytest.raises(ClusterDamagedError):
        Cluster.start(folder)


def test_a_refused_start_leaves_nothing_running_and_nothing_locked(
    start: Start, folder: Path
) -> None:
    start().stop()
    lost = folder / "data" / "global" / "pg_control"
    lost.rename(folder / "lost")
    with pytest.raises(ClusterDamagedError):
        start()
    (folder / "lost").rename(lost)
    assert ask(start(), "select 1") == [(1,)]
