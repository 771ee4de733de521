"""Account files of installations that only knew passwords keep working."""

import sqlite3
from pathlib import Path

from argon2 import PasswordHasher

from sandbox.supabase_auth.accounts import Accounts
from sandbox.supabase_auth.database import DATABASE_FILE
from tests.support.serving import StillClock

OLD_SCHEMA = """
CREATE TABLE users (
    id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE COLLATE NOCASE, password_hash TEXT NOT NULL,
    app_metadata TEXT NOT NULL, user_metadata TEXT NOT NULL, created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL, last_sign_in_at TEXT
);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL
);
CREATE TABLE refresh_tokens (
    digest TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL, used_at TEXT
);
"""
USER_ID, MADE = "0b6d3c5e-9a53-4a0c-8a31-3f6c1e0f7a11", "2026-11-01T10:00:00+00:00"


def old_file(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(OLD_SCHEMA)
    password_hash = PasswordHasher(time_cost=1, memory_cost=64).hash("a password")
    app = '{"provider": "email", "providers": ["email"], "tenant_id": "acme"}'
    row = (USER_ID, "ana@acme.test", password_hash, app, '{"name": "Ana"}', MADE, MADE, None)
    connection.execute("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    connection.execute("INSERT INTO sessions VALUES ('s', ?, ?)", (USER_ID, MADE))
    connection.commit()
    connection.close()


def test_people_of_an_older_file_sign_in_as_before(tmp_path: Path, clock: StillClock) -> None:
    old_file(tmp_path / DATABASE_FILE)
    accounts = Accounts(tmp_path / DATABASE_FILE, clock)
    account = accounts.sign_in("ana@acme.test", "a password").account
    assert (account.id, account.email_confirmed_at) == (USER_ID, MADE)
    assert [one.provider for one in account.identities] == ["email"]
    assert account.app_metadata["tenant_id"] == "acme"
    assert accounts.account_of_session("s").id == USER_ID
    accounts.close()


def test_opening_a_file_again_changes_nothing(tmp_path: Path, clock: StillClock) -> None:
    old_file(tmp_path / DATABASE_FILE)
    seen = []
    for _ in range(2):
        accounts = Accounts(tmp_path / DATABASE_FILE, clock)
        seen.append(accounts.account_of_session("s"))
        accounts.close()
    assert seen[0] == seen[1]


def test_two_that_open_one_file_see_the_same_people(tmp_path: Path, clock: StillClock) -> None:
    one = Accounts(tmp_path / DATABASE_FILE, clock)
    other = Accounts(tmp_path / DATABASE_FILE, clock)
    user_id = one.ensure_user("ana@acme.test", "a password", name="Ana", app_metadata={})
    assert other.sign_in("ana@acme.test", "a password").account.id == user_id
    one.close()
    other.close()


def test_ensuring_someone_again_keeps_who_they_are(tmp_path: Path, clock: StillClock) -> None:
    accounts = Accounts(tmp_path / DATABASE_FILE, clock)
    first = accounts.ensure_user("Ana@acme.test", "a password", name="Ana", app_metadata={})
    again = accounts.ensure_user(
        "ana@acme.test", "another one", name="Anna", app_metadata={"tenant_id": "acme"}
    )
    account = accounts.sign_in("ana@acme.test", "another one").account
    assert first == again == account.id
    assert account.user_metadata == {"name": "Anna"}
    assert account.app_metadata["tenant_id"] == "acme"
    accounts.close()
