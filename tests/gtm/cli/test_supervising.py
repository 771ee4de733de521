"""A server that is killed comes back on its port, and one that is asked to stop stays away."""

from __future__ import annotations

import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gtm.cli.supervising import pause_seconds
from tests.support.watched import REFUSED, running

MEGABYTE_KB = 1024


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until_gone(pid: int) -> None:
    pause = threading.Event()
    # A process that nobody has taken leave of has no working folder any more.
    while Path(f"/proc/{pid}/cwd").exists():
        pause.wait(0.02)


def wait_until(state: str, pid: int) -> None:
    """Wait until a process is stopped (`T`), or only its dead rest is left (`Z`)."""
    pause = threading.Event()
    while {_state(thread) for thread in Path(f"/proc/{pid}/task").iterdir()} != {state} or (
        state == "Z" and len(list(Path(f"/proc/{pid}/task").iterdir())) > 1
    ):
        pause.wait(0.02)


def _state(thread: Path) -> str:
    try:
        return (thread / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "gone"


def test_a_killed_server_is_replaced_and_its_clients_wait() -> None:
    with running() as supervised, ThreadPoolExecutor(8) as clients:
        first, last = supervised.ask()
        assert last == "first"
        os.kill(first, signal.SIGSTOP)
        wait_until("T", first)
        waiting = [clients.submit(supervised.ask) for _ in range(8)]
        os.kill(first, signal.SIGKILL)
        second, last = supervised.ask()
        assert second != first
        assert last == "-9"
        assert {answer.result(20) for answer in waiting} == {(second, "-9")}


def test_it_comes_back_again_and_again() -> None:
    with running() as supervised:
        seen = set()
        for _ in range(3):
            number, _ = supervised.ask()
            seen.add(number)
            os.kill(number, signal.SIGKILL)
            wait_until_gone(number)
        assert supervised.ask()[0] not in seen
        assert len(seen) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_stop_ends_server_and_port(number: signal.Signals) -> None:
    with running() as supervised:
        server, _ = supervised.ask()
        supervised.process.send_signal(number)
        assert supervised.process.wait(20) == 0
        wait_until_gone(server)
        assert not is_listening(supervised.port)


def test_a_kill_of_the_supervisor_leaves_no_server_and_no_port() -> None:
    with running() as supervised:
        server, _ = supervised.ask()
        supervised.process.kill()
        wait_until_gone(server)
        assert not is_listening(supervised.port)


def test_a_second_request_ends_a_server_that_does_not_listen() -> None:
    with running("deaf") as supervised:
        server, _ = supervised.ask()
        supervised.process.terminate()
        pause = threading.Event()
        while is_listening(supervised.port) and not pause.wait(0.02):
            # The supervisor lets go of the port at the first request, the server only at its end.
            supervised.process.terminate()
        assert supervised.process.wait(20) == 0
        wait_until_gone(server)


def test_a_start_that_is_refused_is_not_tried_again() -> None:
    with running("refuses") as supervised:
        assert supervised.process.wait(20) == REFUSED


def test_a_start_that_was_killed_is_tried_again_as_the_first() -> None:
    with running("killed at its start") as supervised:
        assert supervised.ask()[1] == "first"


def test_a_server_that_took_requests_is_tried_again_even_if_it_refuses() -> None:
    with running("refuses later") as supervised:
        number, _ = supervised.ask()
        os.kill(number, signal.SIGKILL)
        assert supervised.process.stderr is not None
        assert "ended with code 2; it is started again in" in supervised.process.stderr.readline()
        # It waits for its next try, and hears that there is to be none.
        supervised.process.terminate()
        assert supervised.process.wait(20) == 0


def test_what_a_server_said_counts_even_if_it_died_before_it_was_heard() -> None:
    with running("unheard") as supervised:
        number, _ = supervised.ask()
        os.kill(number, signal.SIGKILL)
        wait_until("Z", number)
        supervised.process.send_signal(signal.SIGCONT)
        assert supervised.ask()[1] == "-9"


def test_the_supervisor_is_small() -> None:
    with running() as supervised:
        supervised.ask()
        status = Path(f"/proc/{supervised.process.pid}/status").read_text()
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        assert int(resident.split()[1]) < 16 * MEGABYTE_KB


def test_pauses_grow_to_half_a_minute() -> None:
    pauses = [pause_seconds(failures) for failures in range(12)]
    assert pauses == [0, 0, 0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30]
    assert pause_seconds(10_000) == 30
