"""The server of a cluster: killed in every way, and come back to."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from gtm.store import cluster_server
from gtm.store.cluster import Cluster
from gtm.store.cluster_folder import ClusterFolder
from tests.support.cluster import (
    QUICK,
    Start,
    another_process,
    ask,
    server_of,
    watch_of,
)

ROOT = Path(__file__).parents[3]


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


def test_the_end_of_the_interpreter_stops_the_server(folder: Path) -> None:
    with another_process(folder) as (process, port):
        assert port.isdigit()
        process.communicate("")
    assert process.returncode == 0
    assert not (folder / "data" / "postmaster.pid").exists()


def test_a_kill_of_the_application_ends_its_server_cleanly(folder: Path) -> None:
    with another_process(folder) as (process, _):
        left = server_of(folder)
        watch = watch_of(left)
        process.kill()
    pause = threading.Event()
    while Path(f"/proc/{left}/cwd").exists() or Path(f"/proc/{watch}/cwd").exists():
        pause.wait(0.02)
    assert not (folder / "data" / "postmaster.pid").exists()
    assert "database system is shut down" in (folder / "postgres.log").read_text()


def test_an_ordinary_stop_leaves_nobody_to_watch(start: Start, folder: Path) -> None:
    cluster = start()
    watch = watch_of(server_of(folder))
    cluster.stop()
    assert not Path(f"/proc/{watch}").exists()


def test_each_server_is_watched_by_one_process(start: Start, folder: Path) -> None:
    cluster = start()
    first = watch_of(server_of(folder))
    kill_server(cluster, folder)
    cluster.revive()
    assert not Path(f"/proc/{first}").exists()
    assert watch_of(server_of(folder)) != first


def test_after_a_kill_of_the_application_the_next_start_ends_the_server_it_left(
    start: Start, folder: Path
) -> None:
    with another_process(folder) as (process, _):
        left = server_of(folder)
        # As where the machine killed all that it could find of the application.
        os.kill(watch_of(left), signal.SIGKILL)
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
