"""The web UI in a person's words, for the browser tests."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True)
class Screen:
    """What one sees and does; everything is found by role and text."""

    page: Page

    def sign_in(self, workspace: str) -> None:
        """Take a demo login."""
        demos = self.page.get_by_role("region", name="Open a demo workspace")
        demos.get_by_role("button", name=workspace).click()
        expect(self.box).to_be_focused()

    def sign_out(self) -> None:
        """Leave."""
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_role("heading", name="Sign in to GTM Dashboard")).to_be_visible()

    @property
    def box(self) -> Locator:
        """The question box."""
        return self.page.get_by_role("textbox", name="Your question")

    @property
    def turns(self) -> Locator:
        """Every question with its answer."""
        return self.page.get_by_role("article")

    def ask(self, question: str) -> Locator:
        """Ask, and return the turn once nothing more will come."""
        before = self.turns.count()
        self.box.fill(question)
        self.box.press("Enter")
        return self.settled(before)

    def settled(self, place: int) -> Locator:
        """Return the turn at a place once it is settled."""
        turn = self.turns.nth(place)
        expect(turn).to_have_attribute("aria-busy", "false")
        return turn

    def conversations(self) -> Locator:
        """The kept conversations in the rail."""
        rail = self.page.get_by_role("navigation", name="Conversations")
        return rail.get_by_role("listitem").get_by_role("button")


def chart_of(turn: Locator) -> Locator:
    """Return the chart of an answer."""
    return turn.get_by_role("img", name="chart")


def receipt_of(turn: Locator) -> Locator:
    """Return the line that opens the receipt."""
    return turn.get_by_text("How this was answered")
