"""Three people come, fill a workspace each, keep what they found, and find it after a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.accounts import continue_with_google, new_email, sign_in, sign_up
from tests.e2e.conftest import Watch, visitors
from tests.e2e.installation import Installation
from tests.e2e.screen import Screen, chart_of
from tests.support.exports import write_events

SOURCES = "Sessions by source last 7 days"
LOADING_MS = 120_000


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Yield an installation without samples that nobody has used."""
    one = Installation(tmp_path_factory.mktemp("keeping"), ("serve",))
    try:
        one.start()
        yield one
    finally:
        one.stop()


@pytest.fixture
def visit(installation: Installation, browser: Browser) -> Iterator[Callable[[], Page]]:
    """Yield what opens the installation for somebody."""
    with visitors(installation.url, browser, Watch(installation.url)) as visit:
        yield visit


def last_days() -> tuple[date, ...]:
    today = datetime.now(UTC).date()
    return today - timedelta(days=3), today - timedelta(days=2)


def load_file(page: Page, path: Path) -> None:
    """Load a file from the start screen, and go on to asking."""
    expect(page.get_by_role("button", name="Choose a file")).to_be_enabled(timeout=LOADING_MS)
    page.get_by_label("File to load").set_input_files(path)
    expect(page.get_by_text(f"{path.name}: ")).to_be_visible(timeout=LOADING_MS)
    page.get_by_role("button", name="Start asking").click()
    expect(page.get_by_role("list", name="Example questions")).to_be_visible()


def load_sample(page: Page) -> None:
    """Load sample data from the start screen."""
    # Until the workspace is made ready nothing can be loaded.
    expect(page.get_by_role("button", name="Load sample data")).to_be_enabled(timeout=LOADING_MS)
    page.get_by_role("button", name="Load sample data").click()
    expect(page.get_by_text("Loading the sample data")).to_be_visible()
    expect(page.get_by_role("list", name="Example questions")).to_be_visible(timeout=LOADING_MS)
    expect(page.get_by_text("Sample data", exact=True)).to_be_visible()


# Three workspaces are set up, filled and opened again.
@pytest.mark.timeout(900)
def test_what_three_people_keep_is_there_after_a_restart(
    installation: Installation, visit: Callable[[], Page], tmp_path: Path
) -> None:
    nora, omar, gina = (new_email(name) for name in ("nora", "omar", "gina"))
    pages = [visit(), visit(), visit()]
    sign_up(pages[0], nora, name="Nora New")
    sign_up(pages[1], omar, name="Omar Other")
    continue_with_google(pages[2], gina, name="Gina Google")
    for page, name in zip(pages, ("Nora", "Omar", "Gina"), strict=True):
        expect(page.get_by_text(f"{name}'s workspace")).to_be_visible()

    for page, campaign in ((pages[0], "spring"), (pages[1], "autumn")):
        path = tmp_path / f"{campaign}.ndjson"
        load_file(page, write_events(path, campaign=campaign, sessions=3, days=last_days()))
    load_sample(pages[2])

    for page in pages:
        screen = Screen(page)
        turn = screen.ask(SOURCES)
        expect(chart_of(turn)).to_be_visible()
        screen.pin(turn)
    expect(pages[0].get_by_role("article")).to_contain_text("spring-partner")
    expect(pages[1].get_by_role("article")).to_contain_text("autumn-partner")
    for page in pages:
        page.context.close()

    installation.stop()
    installation.start()

    for email, own, foreign in ((nora, "spring", "autumn"), (omar, "autumn", "spring")):
        page = visit()
        sign_in(page, email)
        expect_kept(page)
        expect(page.get_by_text(f"{own}-partner").first).to_be_visible()
        expect(page.get_by_text(f"{foreign}-partner")).to_have_count(0)
    page = visit()
    continue_with_google(page, gina, name="Gina Google")
    expect_kept(page)


def expect_kept(page: Page) -> None:
    """Find the conversation and the pinned chart of before, and bring the chart up to date."""
    screen = Screen(page)
    expect(screen.conversations()).to_have_count(1)
    charts = screen.open_dashboard("Dashboard")
    expect(charts).to_have_count(1)
    expect(chart_of(charts.first)).to_be_visible()
    page.get_by_role("button", name="Refresh", exact=True).click()
    expect(page.get_by_text("All charts are up to date.")).to_be_visible()
