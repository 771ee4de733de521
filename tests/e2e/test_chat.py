"""A person asks the demo's questions in a browser."""

from __future__ import annotations

import re

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Watch
from tests.e2e.screen import Screen, chart_of, receipt_of

SOURCES = "What are my top traffic sources last 30 days?"
VAGUE = "Show me performance"
UNKNOWABLE = "What was our ad spend last month?"
FUNNEL = "Show conversion funnel by channel"


def test_a_demo_login_opens_its_workspace_and_says_it_is_a_stand_in(page: Page) -> None:
    expect(page.get_by_text("local stand-in for the sign-in service")).to_be_visible()
    screen = Screen(page)
    screen.sign_in("acme")
    expect(page.get_by_role("button", name="Rule-based analyst")).to_be_visible()
    page.get_by_role("button", name="Rule-based analyst").click()
    expect(page.get_by_text("No language model is connected.")).to_be_visible()


def test_a_wrong_password_is_refused_with_a_word_why(page: Page, watch: Watch) -> None:
    watch.allowed = ("401",)
    page.get_by_label("E-mail").fill("ana@acme.example")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).not_to_be_empty()


@pytest.mark.parametrize("question", [SOURCES, FUNNEL])
def test_a_demo_question_ends_with_a_chart_an_explanation_and_a_receipt(
    screen: Screen, question: str
) -> None:
    examples = screen.page.get_by_role("list", name="Example questions")
    examples.get_by_role("button", name=question).click()
    turn = screen.settled(0)
    expect(turn.get_by_role("heading", name=question)).to_be_visible()
    expect(chart_of(turn).locator("path.recharts-rectangle").first).to_be_visible()
    receipt_of(turn).click()
    expect(turn.get_by_text("Governed", exact=True)).to_be_visible()
    expect(turn.get_by_role("region", name="SQL")).to_contain_text("SELECT")
    expect(turn.get_by_text(re.compile(r"GA4 through \w+ \d+"))).to_be_visible()


def test_the_table_shows_the_rows_behind_the_chart(screen: Screen) -> None:
    turn = screen.ask(SOURCES)
    turn.get_by_role("button", name="Table").click()
    expect(turn.get_by_role("row").nth(1)).to_contain_text(re.compile(r"\d"))
    heading = turn.get_by_role("columnheader", name="Sessions", exact=True)
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")


def test_the_whole_result_can_be_downloaded(screen: Screen) -> None:
    turn = screen.ask(SOURCES)
    turn.get_by_role("button", name="Table").click()
    shown = turn.get_by_role("row").count()
    files = {}
    for name in ("CSV", "Parquet"):
        with screen.page.expect_download() as download:
            turn.get_by_role("button", name=f"Download {name}").click()
        files[name] = download.value
    assert files["CSV"].suggested_filename.endswith(".csv")
    lines = files["CSV"].path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("source,sessions")
    assert len(lines) >= shown
    table = pq.read_table(files["Parquet"].path())
    assert table.column_names == lines[0].split(",")
    assert table.num_rows == len(lines) - 1


def test_a_follow_up_stays_in_the_conversation(screen: Screen) -> None:
    screen.ask(SOURCES)
    address = screen.page.url
    turn = screen.ask("only mobile")
    expect(receipt_of(turn)).to_be_visible()
    receipt_of(turn).click()
    expect(turn.get_by_text("mobile").last).to_be_visible()
    assert screen.page.url == address
    expect(screen.conversations()).not_to_have_count(0)


def test_a_reload_keeps_the_conversation(screen: Screen) -> None:
    screen.ask(SOURCES)
    screen.page.reload()
    turn = screen.settled(0)
    expect(turn.get_by_role("heading", name=SOURCES)).to_be_visible()
    expect(chart_of(turn)).to_be_visible()
    expect(receipt_of(turn)).to_be_visible()


def test_back_returns_to_the_earlier_conversation(screen: Screen) -> None:
    screen.ask(SOURCES)
    screen.page.get_by_role("button", name="New question").click()
    expect(screen.turns).to_have_count(0)
    screen.page.go_back()
    expect(screen.settled(0).get_by_role("heading", name=SOURCES)).to_be_visible()


def test_an_ambiguous_word_is_asked_about_and_an_option_answers(screen: Screen) -> None:
    turn = screen.ask(VAGUE)
    expect(turn.get_by_role("heading", name="One question first")).to_be_visible()
    turn.get_by_role("listitem").get_by_role("button").first.click()
    expect(receipt_of(screen.settled(1))).to_be_visible()


def test_what_the_data_does_not_hold_is_refused_with_the_nearest_question(screen: Screen) -> None:
    turn = screen.ask(UNKNOWABLE)
    expect(turn.get_by_role("heading", name="This can't be answered here")).to_be_visible()
    expect(turn.get_by_role("listitem").get_by_role("button")).not_to_have_count(0)
    expect(receipt_of(turn)).to_have_count(0)


def test_a_single_number_is_shown_large(screen: Screen) -> None:
    turn = screen.ask("How many sessions last week compared with the week before?")
    expect(turn.get_by_role("button", name="Number")).to_be_visible()
    change = turn.get_by_role("figure").get_by_text(re.compile(r"from [\d,]+|unchanged"))
    expect(change).to_be_visible()


def test_escape_stops_an_answer_and_the_question_can_be_asked_again(
    screen: Screen, watch: Watch
) -> None:
    watch.allowed = ("ERR_ABORTED",)
    address = "**/v1/analytics/query"
    # Held on its way, so that it is surely still running when it is stopped.
    screen.page.route(address, lambda _: None)
    screen.box.fill(SOURCES)
    screen.box.press("Enter")
    expect(screen.page.get_by_role("button", name="Stop")).to_be_visible()
    with screen.page.expect_event("requestfailed"):
        screen.page.keyboard.press("Escape")
    expect(screen.page.get_by_text("Stopped before the answer was finished.")).to_be_visible()
    screen.page.unroute(address)
    screen.page.get_by_role("button", name="Ask again").click()
    expect(receipt_of(screen.settled(0))).to_be_visible()


def test_a_server_that_is_gone_is_said_and_can_be_tried_again(screen: Screen, watch: Watch) -> None:
    watch.allowed = ("ERR_CONNECTION_REFUSED",)
    screen.page.route(
        "**/v1/analytics/query", lambda route: route.abort("connectionrefused"), times=1
    )
    turn = screen.ask(SOURCES)
    expect(turn.get_by_text("The server can't be reached")).to_be_visible()
    turn.get_by_role("button", name="Try again").click()
    expect(receipt_of(screen.settled(0))).to_be_visible()


def test_another_workspace_sees_nothing_of_the_first(screen: Screen, watch: Watch) -> None:
    watch.allowed = ("404",)
    screen.ask(SOURCES)
    address = screen.page.url
    screen.sign_out()
    screen.sign_in("globex")
    expect(screen.page.get_by_text(SOURCES)).to_have_count(1)  # the example, not the conversation
    expect(screen.conversations()).to_have_count(0)
    screen.page.goto(address)
    expect(screen.page.get_by_text("No such conversation here")).to_be_visible()
    expect(screen.turns).to_have_count(0)
