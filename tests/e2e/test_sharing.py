"""Working together: invitations, roles, shared dashboards, several workspaces."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accounts import PASSWORD, continue_with_google, follow_link, new_email, sign_up
from tests.e2e.conftest import Watch
from tests.e2e.screen import Screen, chart_of, charts_of
from tests.e2e.test_chat import SOURCES

# Asked by no other test: a conversation is found by its question.
ONCE = "Sessions by day last 14 days"
NOT_ALLOWED = ("403", "404")


def invite(owner: Screen, email: str, role: str = "member") -> str:
    """Invite somebody, and return the link to hand to them."""
    page = owner.page
    owner.settings("People")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("As", exact=True).select_option(role)
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.get_by_role("textbox", name=f"Link for {email}").input_value()
    expect(page.get_by_role("list", name="Invitations")).to_contain_text(email)
    return link


def follow(page: Page, link: str) -> None:
    """Open a link in the page's tab; it may differ from the page in its fragment only."""
    page.goto(link)


@pytest.fixture
def pinned(screen: Screen) -> Screen:
    """Return Acme's workspace with a dashboard of this test's own that holds a chart."""
    turn = screen.ask(SOURCES)
    name = f"Board {new_email('b').partition('@')[0]}"
    turn.get_by_role("button", name="Pin").click()
    screen.page.get_by_role("menuitem", name="New dashboard").click()
    screen.page.get_by_label("Name").fill(name)
    screen.page.get_by_role("button", name="Create dashboard").click()
    expect(turn.get_by_role("link", name=name)).to_be_visible()
    turn.get_by_role("link", name=name).click()
    expect(charts_of(screen.page)).to_have_count(1)
    return screen


def name_of(board: Screen) -> str:
    return board.page.get_by_role("heading", name=re.compile("^Board ")).inner_text()


def test_who_is_invited_by_mail_sees_the_dashboards_and_not_the_others_conversations(
    pinned: Screen, people: Callable[[], Page]
) -> None:
    board, email = name_of(pinned), new_email("mia")
    invite(pinned, email)
    expect(pinned.page.get_by_text("A mail with it is on its way")).to_be_visible()
    guest = Screen(people())
    follow(guest.page, f"{guest.page.url}auth/v1/outbox")
    follow_link(guest.page, email)
    expect(guest.page.get_by_role("heading", name="Choose a password")).to_be_visible()
    assert "invitation" not in guest.page.url
    assert "access_token" not in guest.page.url
    guest.page.get_by_label("Password").fill(PASSWORD)
    guest.page.get_by_role("button", name="Save password").click()
    expect(guest.workspace).to_contain_text("Acme")
    expect(guest.conversations()).to_have_count(0)
    charts = guest.open_dashboard(board)
    expect(chart_of(charts.first)).to_be_visible()

    pinned.page.reload()
    members = pinned.page.get_by_role("list", name="People")
    expect(members.get_by_text(email)).to_be_visible()
    invitations = pinned.page.get_by_role("list", name="Invitations")
    expect(invitations.get_by_text(email)).to_have_count(0)


def test_who_has_an_account_joins_by_the_link(screen: Screen, people: Callable[[], Page]) -> None:
    guest, email = Screen(people()), new_email("kim")
    sign_up(guest.page, email, name="Kim Known")
    expect(guest.workspace).to_contain_text("Kim's workspace")
    guest.sign_out()
    follow(guest.page, invite(screen, email))
    expect(guest.page.get_by_role("heading", name="Join Acme")).to_be_focused()
    assert "invitation" not in guest.page.url
    guest.page.get_by_role("button", name="I have an account").click()
    expect(guest.page.get_by_label("E-mail")).to_have_value(email)
    guest.page.get_by_label("Password").fill(PASSWORD)
    guest.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(guest.workspace).to_contain_text("Acme")
    guest.workspace.click()
    guest.page.get_by_role("menuitemradio", name="Kim's workspace").click()
    expect(guest.workspace).to_contain_text("Kim's workspace")


def test_a_viewer_looks_and_asks_but_changes_nothing_and_loses_all_when_removed(
    pinned: Screen, people: Callable[[], Page], watch: Watch
) -> None:
    watch.allowed = NOT_ALLOWED
    board, email = name_of(pinned), new_email("vic")
    link = invite(pinned, email, "viewer")
    guest = Screen(people())
    follow(guest.page, link)
    continue_with_google(guest.page, email, name="Vic Viewer")
    guest.open_dashboard(board)
    for name in ("Refresh", "Share", "Dashboard options"):
        expect(guest.page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    guest.page.get_by_role("button", name="New question").click()
    turn = guest.ask(SOURCES)
    expect(chart_of(turn)).to_be_visible()
    expect(turn.get_by_role("button", name="Pin")).to_have_count(0)

    pinned.page.reload()
    pinned.page.get_by_role("button", name="Remove Vic Viewer").click()
    pinned.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(pinned.page.get_by_text("Vic Viewer")).to_have_count(0)
    guest.page.reload()
    expect(guest.page.get_by_text("There is no workspace to show")).to_be_visible()


def test_a_link_of_an_invitation_works_once_and_not_after_it_is_revoked(
    screen: Screen, people: Callable[[], Page], watch: Watch
) -> None:
    watch.allowed = NOT_ALLOWED
    email = new_email("rex")
    link = invite(screen, email)
    screen.page.get_by_role("button", name=f"Revoke the invitation of {email}").click()
    screen.page.get_by_role("button", name="Revoke for good").click()
    expect(screen.page.get_by_text(email)).to_have_count(0)
    guest = people()
    follow(guest, link)
    expect(guest.get_by_role("heading", name="doesn't work any more")).to_be_visible()
    guest.get_by_role("button", name="Go to sign-in").click()
    expect(guest.get_by_role("heading", name="Sign in to GTM Dashboard")).to_be_visible()


def test_a_shared_link_shows_a_dashboard_to_anybody_until_it_is_revoked(
    pinned: Screen, people: Callable[[], Page], watch: Watch
) -> None:
    watch.allowed = NOT_ALLOWED
    page = pinned.page
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    anybody = people()
    follow(anybody, link)
    expect(anybody.get_by_role("heading", name=name_of(pinned))).to_be_visible()
    expect(chart_of(charts_of(anybody).first)).to_be_visible()
    for word in ("SELECT", "ana@acme.example", "Sign out"):
        expect(anybody.get_by_text(word)).to_have_count(0)

    page.get_by_role("button", name=re.compile("^Revoke the link")).click()
    page.get_by_role("button", name="Revoke for good").click()
    expect(page.get_by_text("Links that work")).to_have_count(0)
    anybody.reload()
    expect(anybody.get_by_text("This link doesn't work any more")).to_be_visible()
    expect(charts_of(anybody)).to_have_count(0)


def test_each_workspace_keeps_its_own_through_a_switch(people: Callable[[], Page]) -> None:
    screen = Screen(people())
    sign_up(screen.page, new_email("sue"), name="Sue Switch")
    expect(screen.workspace).to_contain_text("Sue's workspace")
    screen.go_to("Dashboards")
    screen.page.get_by_text("No dashboards yet").wait_for()
    screen.workspace.click()
    screen.page.get_by_role("menuitem", name="New workspace").click()
    screen.page.get_by_label("Name").fill("Second place")
    screen.page.get_by_role("button", name="Create workspace").click()
    expect(screen.workspace).to_contain_text("Second place")
    screen.page.reload()
    expect(screen.workspace).to_contain_text("Second place")
    screen.workspace.click()
    screen.page.get_by_role("menuitemradio", name="Sue's workspace").click()
    expect(screen.workspace).to_contain_text("Sue's workspace")


def test_a_workspace_that_is_deleted_can_be_restored(
    people: Callable[[], Page], watch: Watch
) -> None:
    watch.allowed = NOT_ALLOWED
    screen = Screen(people())
    sign_up(screen.page, new_email("dee"), name="Dee Delete")
    expect(screen.workspace).to_contain_text("Dee's workspace")
    screen.settings("Workspace")
    screen.page.get_by_role("button", name="Delete Dee's workspace").click()
    dialog = screen.page.get_by_role("dialog")
    act = dialog.get_by_role("button", name="Delete workspace")
    field = dialog.get_by_role("textbox", name=re.compile("^Type .* to go on$"))
    label = field.evaluate("input => input.labels[0].textContent")
    expect(act).to_be_disabled()
    field.fill(label.removeprefix("Type ").removesuffix(" to go on"))
    act.click()
    expect(screen.page.get_by_text("There is no workspace to show")).to_be_visible()
    screen.page.get_by_role("button", name="Restore Dee's workspace").click()
    screen.page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(screen.workspace).to_contain_text("Dee's workspace")


def test_a_conversation_is_renamed_and_deleted(screen: Screen) -> None:
    screen.ask(ONCE)
    screen.choose(f"Options for {ONCE}", "Rename")
    screen.page.get_by_label("Title").fill("Two weeks of sessions")
    screen.page.get_by_role("button", name="Rename").click()
    renamed = screen.conversations().filter(has_text="Two weeks of sessions")
    expect(renamed).to_have_count(1)
    screen.choose("Options for Two weeks of sessions", "Delete")
    screen.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(renamed).to_have_count(0)
    expect(screen.turns).to_have_count(0)
    assert "conversation=" not in screen.page.url
