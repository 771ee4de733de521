"""The demo as a person starts it, and a browser in front of it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.e2e.screen import Screen

ROOT = Path(__file__).parents[2]
DIST = ROOT / "web" / "dist"
# Chromium in a container: no user namespaces, no GPU, and a small /dev/shm.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
EVENTS = 20_000
EVERYONE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Seeding two workspaces counts towards the first test's time."""
    for item in items:
        if EVERYONE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))


@dataclass
class Watch:
    """What a page must not do: complain, or talk to anyone but its own server."""

    origin: str
    problems: list[str] = field(default_factory=list)
    allowed: tuple[str, ...] = ()

    def follow(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"{message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:")):
            self.problems.append(f"request to {request.url}")

    def check(self) -> None:
        wrong = [p for p in self.problems if not any(part in p for part in self.allowed)]
        assert not wrong, wrong


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a freshly seeded demo."""
    if not (DIST / "index.html").is_file():
        pytest.fail("The web UI is not built. Run: make web", pytrace=False)
    folder = tmp_path_factory.mktemp("demo")
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            str(Path(sys.executable).parent / "gtm"),
            "demo",
            f"--events={EVENTS}",
            f"--port={port}",
        ],
        cwd=folder,
        env={**os.environ, "GTM_DATA_DIR": str(folder / "data"), "GTM_WEB_DIR": str(DIST)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until_served(process, url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)
        if process.stdout:
            process.stdout.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield Debian's Chromium; there is no other that all machines have."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is missing. Run: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def watch(server: str) -> Watch:
    """Return what the page is held to; a test may allow a message it provokes."""
    return Watch(server)


@pytest.fixture
def page(server: str, browser: Browser, watch: Watch) -> Iterator[Page]:
    """Yield the sign-in page in a browser that knows nothing yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme="light")
    context.set_default_timeout(20_000)
    page = context.new_page()
    watch.follow(page)
    page.goto(server)
    yield page
    context.close()
    watch.check()


@pytest.fixture
def screen(page: Page) -> Screen:
    """Return Acme's workspace, signed in."""
    screen = Screen(page)
    screen.sign_in("acme")
    return screen


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_served(process: subprocess.Popen[str], url: str) -> None:
    """Read the output up to the welcome, and go on draining it so that it never blocks."""
    assert process.stdout is not None
    seen: list[str] = []
    for line in process.stdout:
        seen.append(line)
        if url in line:
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return
    pytest.fail(f"The demo did not start:\n{''.join(seen)}", pytrace=False)
