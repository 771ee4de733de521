"""The embedded PostgreSQL as a whole: started, killed, come back to, and refused."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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
from gtm.store.cluster_folder import ClusterFolder
from tests.support.cluster import stopped_cluster

ROOT = Path(__file__).parents[3]

# What survives a killed process, though not a machine without power.
QUICK = {"fsync": "off"}

Start = Callable[[], Cluster]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a cluster that was stopped. Only its owner can get into the folders above."""
    return shutil.copytree(stopped_cluster(), tmp_path / "postgres")


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Start the folder's cluster; what was started is stopped at the end."""
    started: list[Cluster] = []

    def starting() -> Cluster:
        started.append(Cluster.start(folder, settings=QUICK))
        return started[-1]

    yield starting
    for cluster in started:
        cluster.stop()


def ask(cluster: Cluster, statement: str, *, database: str = "gtm") -> list[tuple[object, ...]]:
    url = cluster.url("postgres", database=database)
    with psycopg.connect(url, autocommit=True) as connection:
        answer = connection.execute(statement.encode())
        return answer.fetchall() if answer.description else []


def server_of(folder: Path) -> int:
    """The number of the process that the server noted."""
    return int((folder / "data" / "postmaster.pid").read_text().split("\n")[0])


@contextmanager
def another_process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that has the cluster, and what it said of its start."""
    command = [sys.executable, "-m", "tests.support.cluster", str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()


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


def test_a_kill_while_the_data_is_made_leaves_it_to_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    command = [sys.executable, "-m", "tests.support.cluster", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        while not list(folder.glob("data.new-*/base")):
            assert process.poll() is None
        process.kill()
    assert not (folder / "data").exists()
    cluster = Cluster.start(folder, settings=QUICK)
    assert ask(cluster, "select 1") == [(1,)]
    cluster.stop()


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


def test_the_end_of_the_interpreter_stops_the_server(folder: Path) -> None:
    with another_process(folder) as (process, port):
        assert port.isdigit()
        process.communicate("")
    assert process.returncode == 0
    assert not (folder / "data" / "postmaster.pid").exists()


def test_after_a_kill_of_the_application_the_next_start_ends_the_server_it_left(
    start: Start, folder: Path
) -> None:
    with another_process(folder) as (process, _):
        left = server_of(folder)
        process.kill()
    assert Path(f"/proc/{left}").exists()
    assert ask(start(), "select 1") == [(1,)]
    assert not Path(f"/proc/{left}/cwd").exists()


def test_after_a_kill_of_both_the_next_start_recovers_what_was_acknowledged(
    start: Start, folder: Path
) -> None:
    with another_process(folder) as (process, port):
        url = start_url(folder, port)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create table kept as select generate_series(1, 100) as n")
        process.kill()
        os.kill(server_of(folder), signal.SIGKILL)
    assert ask(start(), "select count(*) from kept") == [(100,)]


def start_url(folder: Path, port: str) -> str:
    password = ClusterFolder(folder).passwords()["postgres"]
    return f"postgresql://postgres:{password}@127.0.0.1:{port}/gtm"


def test_a_killed_server_is_revived_on_its_port(start: Start, folder: Path) -> None:
    cluster = start()
    ask(cluster, "create table kept as select 1 as n")
    url = cluster.url("postgres")
    with psycopg.connect(url) as open_connection:
        kill_server(cluster, folder)
        with pytest.raises(psycopg.OperationalError):
            open_connection.execute("select pg_sleep(60)")
    cluster.revive()
    assert cluster.is_running
    assert cluster.url("postgres") == url
    assert ask(cluster, "select n from kept") == [(1,)]


def test_a_query_that_outlives_its_killed_server_does_not_keep_it_from_coming_back(
    start: Start, folder: Path
) -> None:
    cluster = start()
    running = "select count(*) from pg_stat_activity where query like 'do %' and state = 'active'"
    with ThreadPoolExecutor(1) as thread:
        query = thread.submit(ask, cluster, "do $$ begin loop null; end loop; end $$")
        while ask(cluster, running) != [(1,)]:
            assert not query.done()
        kill_server(cluster, folder)
        cluster.revive()
        assert isinstance(query.exception(10), psycopg.OperationalError)
    assert ask(cluster, "select 1") == [(1,)]


def test_what_was_acknowledged_before_a_kill_is_there(start: Start, folder: Path) -> None:
    cluster = start()
    ask(cluster, "create table kept (n int)")
    acknowledged: list[int] = []
    are_many = threading.Event()

    def write() -> None:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            for number in itertools.count():
                connection.execute("insert into kept values (%s)", [number])
                acknowledged.append(number)
                if number == 50:
                    are_many.set()

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write)
        assert are_many.wait(10)
        kill_server(cluster, folder)
        assert isinstance(writing.exception(10), psycopg.OperationalError)
    cluster.revive()
    kept = {row[0] for row in ask(cluster, "select n from kept")}
    assert kept >= set(acknowledged)


def kill_server(cluster: Cluster, folder: Path) -> None:
    number = server_of(folder)
    os.kill(number, signal.SIGKILL)
    process = cluster._server._process
    assert process is not None
    process.wait(10)
    assert not cluster.is_running


def test_who_waits_hears_of_the_servers_end(start: Start, folder: Path) -> None:
    cluster = start()
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(cluster.wait)
        assert cluster.is_running
        assert not waiting.done()
        os.kill(server_of(folder), signal.SIGKILL)
        waiting.result(10)
    assert not cluster.is_running


def test_many_who_revive_at_once_start_one_server(start: Start, folder: Path) -> None:
    cluster = start()
    kill_server(cluster, folder)
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(cluster.revive) for _ in range(4)]:
            done.result()
    revived = server_of(folder)
    cluster.revive()
    assert server_of(folder) == revived


def test_a_stopped_cluster_is_not_revived(start: Start) -> None:
    cluster = start()
    cluster.stop()
    cluster.revive()
    assert not cluster.is_running


def test_a_server_that_does_not_listen_is_killed(
    start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = start()
    os.kill(server_of(folder), signal.SIGSTOP)
    monkeypatch.setattr(cluster_server, "_FAST_STOP_SECONDS", 0.1)
    cluster.stop()
    assert not cluster.is_running
    assert ask(start(), "select 1") == [(1,)]


@pytest.mark.parametrize("noted", ["", "nonsense\n", "1\n"])
def test_what_a_dead_server_noted_of_itself_is_not_believed(
    start: Start, folder: Path, noted: str
) -> None:
    (folder / "data" / "postmaster.pid").write_text(noted)
    assert ask(start(), "select 1") == [(1,)]


def test_who_got_the_number_of_a_dead_server_is_left_alone(start: Start, folder: Path) -> None:
    data = folder / "data"
    account = ClusterFolder(folder).account()
    # PostgreSQL takes only a process of its own user for another server.
    user = account.uid if account else None
    with subprocess.Popen(["/bin/sleep", "60"], cwd=data, user=user) as stranger:
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n")
        assert ask(start(), "select 1") == [(1,)]
        assert stranger.poll() is None
        stranger.kill()


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
