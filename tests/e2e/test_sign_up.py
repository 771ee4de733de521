"""Someone new signs up, comes back, forgets the password; in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accounts import (
    PASSWORD,
    continue_with_google,
    follow_link,
    new_email,
    sign_in,
    sign_up,
)
from tests.e2e.conftest import Watch
from tests.e2e.screen import Screen
from tests.e2e.test_looks import violations

OTHER_PASSWORD = "four other plain words"
NO_DATA = re.compile("There is no data here yet")


@pytest.fixture
def email() -> str:
    """Return the address of someone new."""
    return new_email("nora")


def expect_own_workspace(page: Page) -> None:
    expect(page.get_by_role("heading", name=NO_DATA)).to_be_visible()
    expect(page.get_by_text("Nora's workspace")).to_be_visible()
    expect(page.get_by_text("14 days left")).to_be_visible()


def ask_for_recovery(page: Page, email: str) -> Page:
    """Ask for a link, and return the page it opens from the stand-in's outbox."""
    page.get_by_role("button", name="Forgot your password?").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_focused()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the stand-in's outbox").click()
    follow_link(opened.value, email)
    return opened.value


@pytest.fixture
def newcomer(page: Page, email: str) -> Screen:
    """Return the first workspace of someone who has just signed up."""
    sign_up(page, email)
    screen = Screen(page)
    expect(screen.box).to_be_focused()
    return screen


def test_signing_up_leads_to_an_empty_workspace_that_says_how_to_fill_it(newcomer: Screen) -> None:
    expect_own_workspace(newcomer.page)
    newcomer.page.get_by_role("button", name="How do I connect GA4?").click()
    turn = newcomer.settled(0)
    expect(turn.get_by_text("BigQuery links")).to_be_visible()


def test_who_signed_up_comes_back_with_the_password(newcomer: Screen, email: str) -> None:
    newcomer.sign_out()
    sign_in(newcomer.page, email, PASSWORD)
    expect_own_workspace(newcomer.page)
    newcomer.page.reload()
    expect_own_workspace(newcomer.page)


def test_a_taken_address_is_said_at_its_field_and_leads_to_signing_in(
    newcomer: Screen, email: str, watch: Watch
) -> None:
    watch.allowed = ("409",)
    newcomer.sign_out()
    page = newcomer.page
    sign_up(page, email)
    field = page.get_by_label("E-mail")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile(r"\w"))
    page.get_by_role("button", name="Sign in instead").click()
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_value(email)


def test_a_weak_password_is_said_at_its_field_with_the_reason(
    page: Page, email: str, watch: Watch
) -> None:
    watch.allowed = ("422",)
    sign_up(page, email, "abc")
    field = page.get_by_label("Password")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("6 characters"))


def test_google_leads_through_a_consent_page_and_back_signed_in(page: Page, email: str) -> None:
    expect(page.get_by_text("Google is a local stand-in")).to_be_visible()
    continue_with_google(page, email, name="Nora New")
    expect_own_workspace(page)
    assert "code=" not in page.url


def test_who_does_not_agree_at_google_is_told_that_nothing_happened(page: Page) -> None:
    page.get_by_role("button", name="Continue with Google").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_contain_text("did not agree")
    assert "error" not in page.url


def test_a_forgotten_password_is_replaced_through_the_link_of_a_mail(
    newcomer: Screen, email: str, watch: Watch
) -> None:
    watch.allowed = ("401",)
    newcomer.sign_out()
    page = ask_for_recovery(newcomer.page, email)
    expect(page.get_by_label("New password")).to_be_focused()
    expect(page.get_by_text(email)).to_be_visible()
    assert "access_token" not in page.url
    page.keyboard.type(OTHER_PASSWORD)
    page.get_by_role("button", name="Save password").click()
    expect_own_workspace(page)
    Screen(page).sign_out()
    sign_in(page, email, PASSWORD)
    expect(page.get_by_role("alert")).not_to_be_empty()
    sign_in(page, email, OTHER_PASSWORD)
    expect_own_workspace(page)


def test_a_recovery_link_works_once(newcomer: Screen, email: str) -> None:
    newcomer.sign_out()
    page = ask_for_recovery(newcomer.page, email)
    expect(page.get_by_label("New password")).to_be_focused()
    page.go_back()
    follow_link(page, email)
    expect(page.get_by_role("alert")).to_contain_text("expired")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_the_way_in(page: Page, email: str, theme: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 844})
    page.get_by_role("button", name="Forgot your password?").click()
    assert violations(page) == []
    page.get_by_role("button", name="Back to sign-in").click()
    sign_up(page, email)
    expect(page.get_by_role("heading", name=NO_DATA)).to_be_visible()
    expect(page.get_by_text("14 days left")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
