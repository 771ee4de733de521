"""What a workspace remembers: answers it stands for, opinions about them, words of its own."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.accounts import continue_with_google, new_email
from tests.e2e.conftest import Watch
from tests.e2e.screen import Screen, receipt_of
from tests.e2e.test_screens import check
from tests.e2e.test_sharing import follow, invite

NOTE = "Agreed with marketing; the newsletter counts as Email."


def judged(turn: Locator) -> Locator:
    """Return the thumbs below an answer."""
    return turn.get_by_role("group", name="Was this helpful?")


def badge_of(turn: Locator) -> Locator:
    """Return what says that somebody stands for an answer."""
    return turn.get_by_role("group", name="Verified answer")


def verify(screen: Screen, turn: Locator, question: str) -> None:
    """Mark the answer to a question as verified."""
    turn.get_by_role("button", name=f"Options for the answer to {question}").click()
    screen.page.get_by_role("menuitem", name="Mark as verified").click()
    dialog = screen.page.get_by_role("dialog", name="Mark as verified")
    dialog.get_by_label("Note").fill(NOTE)
    dialog.get_by_role("button", name="Mark as verified").click()
    expect(dialog).to_be_hidden()


def test_a_verified_answer_is_cited_to_the_next_one_who_asks(
    screen: Screen, people: Callable[[], Page]
) -> None:
    question = "Sessions by device category last 45 days"
    first = screen.ask(question)
    expect(badge_of(first)).to_have_count(0)
    verify(screen, first, question)
    expect(badge_of(first)).to_contain_text("by Ana")

    other, email = Screen(people()), new_email("rita")
    follow(other.page, invite(screen, email))
    continue_with_google(other.page, email, name="Rita Reader")
    expect(other.box).to_be_visible()
    turn = other.ask("Sessions by device category, last 45 days?")
    expect(badge_of(turn)).to_contain_text(f"for “{question}”")
    expect(badge_of(turn)).to_contain_text(NOTE)
    expect(receipt_of(turn)).to_be_visible()
    # Members read who stands for it; admins alone can change that.
    expect(turn.get_by_role("button", name="Options for the answer")).to_have_count(0)
    other.settings("Verified answers")
    row = other.page.get_by_role("listitem").filter(has_text=question)
    expect(row).to_contain_text(NOTE)
    expect(row.get_by_role("button")).to_have_count(0)


def test_a_verification_is_removed_and_the_question_is_answered_like_any_other(
    screen: Screen,
) -> None:
    question = "Sessions by browser last 45 days"
    verify(screen, screen.ask(question), question)
    turn = screen.ask(question)
    expect(badge_of(turn)).to_be_visible()
    turn.get_by_role("button", name=f"Options for the answer to {question}").click()
    screen.page.get_by_role("menuitem", name="Remove the verification").click()
    screen.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(badge_of(turn)).to_have_count(0)
    expect(badge_of(screen.ask(question))).to_have_count(0)


def test_an_opinion_is_kept_over_a_reload_and_taken_back(screen: Screen) -> None:
    page = screen.page
    turn = screen.ask("Sessions by country last 10 days")
    judged(turn).get_by_role("button", name="Not helpful").click()
    judged(turn).get_by_role("button", name="Say why").click()
    reason = f"Wrong period, {uuid4().hex[:6]}."
    page.get_by_role("textbox", name="Reason").fill(reason)
    page.get_by_role("button", name="Save").click()
    expect(judged(turn).get_by_role("button", name="Change the reason")).to_be_visible()
    page.reload()
    turn = screen.settled(0)
    down = judged(turn).get_by_role("button", name="Not helpful")
    expect(down).to_have_attribute("aria-pressed", "true")
    judged(turn).get_by_role("button", name="Change the reason").click()
    expect(page.get_by_role("textbox", name="Reason")).to_have_value(reason)
    page.keyboard.press("Escape")

    address = page.url
    screen.settings("Feedback")
    row = page.get_by_role("listitem").filter(has_text=reason)
    expect(row).to_contain_text("Sessions by country last 10 days")
    row.get_by_text("What was run").click()
    expect(row.get_by_role("region", name="What was run")).to_contain_text("country")

    page.goto(address)
    turn = screen.settled(0)
    judged(turn).get_by_role("button", name="Undo").click()
    expect(down).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(down).to_have_attribute("aria-pressed", "false")


def test_an_unknown_word_gets_a_meaning_with_a_click_and_is_understood(screen: Screen) -> None:
    page = screen.page
    word = f"zorp{uuid4().hex[:6]}"
    turn = screen.ask(f"{word} by channel last month")
    expect(turn.get_by_role("heading", name="One question first")).to_be_visible()
    screen.settings("Words")
    page.get_by_role("button", name=f"Give “{word}” a meaning").click()
    dialog = page.get_by_role("dialog", name=f"What does “{word}” mean?")
    dialog.get_by_label("Metric").select_option(label="Sessions")
    dialog.get_by_role("button", name="Save the word").click()
    own = page.get_by_role("list", name="Your own words")
    expect(own.get_by_role("listitem").filter(has_text=word)).to_contain_text("Sessions")
    page.get_by_role("button", name="New question").click()
    turn = screen.ask(f"{word} by channel last month")
    expect(receipt_of(turn)).to_be_visible()
    screen.settings("Words")
    page.get_by_role("button", name=f"Remove {word}").click()
    page.get_by_role("button", name="Remove the word").click()
    expect(page.get_by_role("button", name=f"Remove {word}")).to_have_count(0)


def test_a_word_that_means_something_already_is_refused_with_a_reason(
    screen: Screen, watch: Watch
) -> None:
    watch.allowed = ("422",)
    screen.settings("Words")
    screen.page.get_by_role("button", name="New word").click()
    screen.page.get_by_label("Word or phrase").fill("revenue")
    screen.page.get_by_role("button", name="Save the word").click()
    expect(screen.page.get_by_role("alert")).to_contain_text("understood in questions already")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_in_the_dialogs_about_an_answer(
    screen: Screen, theme: str, width: int
) -> None:
    page, question = screen.page, f"Sessions by country last {21 + len(theme) + width} days"
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 844})
    turn = screen.ask(question)
    judged(turn).get_by_role("button", name="Helpful", exact=True).click()
    judged(turn).get_by_role("button", name="Say why").click()
    _check_dialog(page)
    page.get_by_role("button", name="Easy to read").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    verify(screen, turn, question)
    check(page)
    turn.get_by_role("button", name=f"Options for the answer to {question}").click()
    page.get_by_role("menuitem", name="Remove the verification").click()
    _check_dialog(page)
    page.keyboard.press("Escape")
    screen.page.goto(f"{page.url.partition('?')[0]}?settings=verified")
    page.get_by_role("button", name=f"Change {question}").click()
    _check_dialog(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Remove {question}").click()
    page.get_by_role("button", name="Remove for everybody").click()
    expect(page.get_by_role("button", name=f"Remove {question}")).to_have_count(0)
    page.goto(f"{page.url.partition('?')[0]}?settings=words")
    page.get_by_role("button", name="New word").click()
    page.get_by_label("It stands for").select_option("value")
    _check_dialog(page)


def _check_dialog(page: Page) -> None:
    """Look at a dialog once it is there: its code is loaded when it is first opened."""
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page)
