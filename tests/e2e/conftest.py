"""The demo as a person starts it, and a browser in front of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.e2e.installation import Installation
from tests.e2e.screen import Screen

# Chromium in a container: no user namespaces, no GPU, and a small /dev/shm.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
EVENTS = 20_000
VIEWPORT: ViewportSize = {"width": 1280, "height": 860}
EVERYONE = Path(__file__).parent
# A loaded machine is slow, not wrong.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


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
    demo = Installation(tmp_path_factory.mktemp("demo"), ("demo", f"--events={EVENTS}"))
    try:
        demo.start()
        yield demo.url
    finally:
        demo.stop()


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
def people(server: str, browser: Browser, watch: Watch) -> Iterator[Callable[[], Page]]:
    """Yield what opens the product for somebody, each in a browser that knows nothing yet."""
    with visitors(server, browser, watch) as visit:
        yield visit


@contextmanager
def visitors(url: str, browser: Browser, watch: Watch) -> Iterator[Callable[[], Page]]:
    """Open pages for several people; closes them, and holds them to what pages must not do."""
    contexts: list[BrowserContext] = []

    def visit() -> Page:
        context = browser.new_context(viewport=VIEWPORT, color_scheme="light")
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        watch.follow(page)
        page.goto(url)
        return page

    yield visit
    for context in contexts:
        context.close()
    watch.check()


@pytest.fixture
def page(people: Callable[[], Page]) -> Page:
    """Return the sign-in page."""
    return people()


@pytest.fixture
def screen(page: Page) -> Screen:
    """Return Acme's workspace, signed in."""
    screen = Screen(page)
    screen.sign_in("acme")
    return screen
