"""Kill -9 under load: what was acknowledged is there, and nobody has to start anything again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from gtm.clock import SystemClock
from tests.support.installation import settings_of
from tests.support.people import add_people
from tests.support.served import Served, is_gone, serving, waited_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# How many each writer gets through between two kills.
AHEAD = 3
# A workspace holds a hundred: from here on the oldest goes before the next is made.
MOST_DASHBOARDS = 40


class Writers:
    """People who write as fast as they are answered, and note what was acknowledged."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._is_over = threading.Event()
        self._heard = threading.Condition()
        self.dashboards: list[str] = []
        self.made = 0
        self.names: list[int] = []
        self.answers: list[tuple[str, str]] = []
        self.renamed = ""
        self._tasks: list[Future[None]] = []

    def make_dashboards(self) -> None:
        """Ana makes one after the other, and takes away what is too many."""
        with self._served.signed_in("ana@acme.test") as client:
            for number in range(10_000):
                if len(self.dashboards) >= MOST_DASHBOARDS:
                    oldest = self.dashboards.pop(0)
                    self._write(client, "DELETE", f"/v1/dashboards/{oldest}", {}, self._gone)
                self._write(
                    client, "POST", "/v1/dashboards", {"name": f"D{number}"}, self._made_dashboard
                )

    def rename_one(self) -> None:
        """Gus gives one dashboard ever higher numbers."""
        with self._served.signed_in("gus@globex.test") as client:
            made = client.post("/v1/dashboards", json={"name": "0"}).json()
            self.renamed = made["id"]
            for number in range(1, 10_000):
                path = f"/v1/dashboards/{self.renamed}"
                self._write(client, "PUT", path, {"name": str(number)}, self._renamed)

    def ask(self) -> None:
        """Ben asks, each time in a new conversation."""
        with self._served.signed_in("ben@acme.test") as client:
            for number in range(10_000):
                question = f"top {number + 2} traffic sources last 30 days"
                self._write(
                    client, "POST", "/v1/analytics/query", {"question": question}, self._answered
                )

    def _made_dashboard(self, reply: dict[str, str]) -> None:
        self.dashboards.append(reply["id"])
        self.made += 1

    def _gone(self, _: dict[str, str]) -> None:
        """A dashboard that was taken away is not looked for any more, gone or not."""

    def _renamed(self, reply: dict[str, str]) -> None:
        self.names.append(int(reply["name"]))

    def _answered(self, reply: dict[str, str]) -> None:
        self.answers.append((reply["conversation_id"], reply["turn_id"]))

    def _write(
        self,
        client: httpx.Client,
        method: str,
        path: str,
        body: dict[str, str],
        note: Callable[[dict[str, str]], None],
    ) -> None:
        """Send once; what was cut off or refused may have been done or not, and is let go."""
        if self._is_over.is_set():
            return
        try:
            reply = client.request(method, path, json=body)
        except httpx.TransportError:
            return
        assert reply.status_code in {200, 201, 204, 503}, reply.text
        if reply.is_success:
            with self._heard:
                note(reply.json() if reply.content else {})
                self._heard.notify_all()

    def get_ahead(self) -> None:
        """Wait until each has been acknowledged some more."""
        before = self._counts()
        with self._heard:
            moved = self._heard.wait_for(lambda: self._failed() or self._moved(before), timeout=240)
        for task in self._failed():
            task.result()
        assert moved, (before, self._counts())

    def _moved(self, before: tuple[int, ...]) -> bool:
        return all(now >= then + AHEAD for now, then in zip(self._counts(), before, strict=True))

    def _failed(self) -> list[Future[None]]:
        return [task for task in self._tasks if task.done() and task.exception()]

    def _counts(self) -> tuple[int, int, int]:
        return self.made, len(self.names), len(self.answers)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with ThreadPoolExecutor(3) as threads:
            for work in (self.make_dashboards, self.rename_one, self.ask):
                self._tasks.append(threads.submit(work))
                self._tasks[-1].add_done_callback(self._tell)
            try:
                yield
            finally:
                self._is_over.set()
            for task in self._tasks:
                task.result(240)

    def _tell(self, _: Future[None]) -> None:
        with self._heard:
            self._heard.notify_all()

    def check(self, served: Served) -> None:
        """See that everything that was acknowledged is there."""
        with served.signed_in("ana@acme.test") as client:
            assert set(self.dashboards) <= set(_all_ids(client, "/v1/dashboards"))
        with served.signed_in("gus@globex.test") as client:
            kept = client.get(f"/v1/dashboards/{self.renamed}").json()
            # One that nobody heard of may have come after the last that was acknowledged.
            assert self.names[-1] <= int(kept["name"]) <= self.names[-1] + 3
        with served.signed_in("ben@acme.test") as client:
            for conversation, turn in self.answers:
                turns = client.get(f"/v1/conversations/{conversation}").json()["turns"]
                assert [kept["turn_id"] for kept in turns] == [turn]


def _all_ids(client: httpx.Client, path: str) -> Iterator[str]:
    cursor: str | None = ""
    while cursor is not None:
        reply = client.get(path, params={"cursor": cursor} if cursor else {}).json()
        yield from (item["id"] for item in reply["items"])
        cursor = reply["next_cursor"]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    asyncio.run(add_people(settings_of(tmp_path / "data"), SystemClock()))
    return tmp_path / "data"


def test_nothing_that_was_acknowledged_is_lost(data_dir: Path) -> None:
    with serving(data_dir) as served:
        writers = Writers(served)
        with writers.at_work():
            writers.get_ahead()
            os.kill(served.database(), signal.SIGKILL)
            writers.get_ahead()
            os.kill(served.app(), signal.SIGKILL)
            writers.get_ahead()
            for pid in (served.database(), served.app()):
                os.kill(pid, signal.SIGKILL)
            writers.get_ahead()
        writers.check(served)
        # And the supervisor, with all it has: what it leaves goes by itself.
        left = (served.app(), served.database())
        served.process.kill()
        waited_for(lambda: all(is_gone(pid) for pid in left))
        assert not _is_listening(served.port)
    with serving(data_dir, port=served.port) as again:
        writers.check(again)


def test_all_at_once_are_killed_and_the_next_start_finds_port_and_folder_free(
    data_dir: Path,
) -> None:
    with serving(data_dir) as served:
        database = served.database()
        for pid in (served.process.pid, served.app()):
            os.kill(pid, signal.SIGKILL)
        waited_for(lambda: is_gone(database))
        assert not _is_listening(served.port)
        with (
            serving(data_dir, port=served.port) as again,
            again.signed_in("ana@acme.test") as client,
        ):
            assert client.get("/v1/tenants/current").status_code == 200


def test_an_ordinary_stop_leaves_no_process_behind(data_dir: Path) -> None:
    with serving(data_dir) as served:
        left = (served.app(), served.database())
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(120) == 0
        assert all(is_gone(pid) for pid in left)
    assert not (data_dir / "postgres" / "data" / "postmaster.pid").exists()


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
