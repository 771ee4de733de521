"""Coming in, in a person's words: signing up, in, and through Google's stand-in."""

from __future__ import annotations

from uuid import uuid4

from playwright.sync_api import Page, expect

PASSWORD = "three plain words"


def new_email(name: str) -> str:
    """Return an address nobody has."""
    return f"{name.lower()}-{uuid4().hex[:8]}@new.example"


def sign_up(page: Page, email: str, password: str = PASSWORD, *, name: str = "Nora New") -> None:
    """Make an account, from the sign-in page."""
    page.get_by_role("button", name="Create an account").click()
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Create account").click()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Sign in with a password."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def continue_with_google(page: Page, email: str, *, name: str) -> None:
    """Go to Google's stand-in, agree there, and come back."""
    page.get_by_role("button", name="Continue with Google").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Continue", exact=True).click()


def follow_link(outbox: Page, email: str) -> None:
    """Follow the link of the latest mail to somebody, in the stand-in's outbox."""
    mail = outbox.get_by_role("listitem").filter(has_text=email).first
    mail.get_by_role("link", name="Follow the link").click()
