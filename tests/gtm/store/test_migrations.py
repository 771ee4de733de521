"""Migrations are applied once, in order, and code and schema are held to each other."""

from pathlib import Path

import psycopg
import pytest

from gtm.errors import ConfigurationError
from gtm.store.migrations import Migration, load_migrations, migrate, pending
from tests.support.cluster import fresh_database
from tests.support.state import new_database

FIRST = Migration("0001_first", "create table app_first (id int);")
SECOND = Migration(
    "0002_second", "create table app_second (id int); insert into app_second values (1);"
)
ROLES = load_migrations()[0]


def names(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "select tablename from pg_tables where tablename like 'app\\_%'"
        ).fetchall()
    return {row[0] for row in rows}


def test_what_is_missing_is_applied_once_and_in_order() -> None:
    url = fresh_database(None)
    assert pending(url, migrations=[ROLES, FIRST]) == (ROLES.name, "0001_first")
    assert migrate(url, migrations=[ROLES, FIRST]) == (ROLES.name, "0001_first")
    assert migrate(url, migrations=[ROLES, FIRST, SECOND]) == ("0002_second",)
    assert migrate(url, migrations=[ROLES, FIRST, SECOND]) == ()
    assert pending(url, migrations=[ROLES, FIRST, SECOND]) == ()
    assert names(url) == {"app_first", "app_second"}


def test_a_file_that_breaks_off_leaves_nothing_of_itself() -> None:
    url = fresh_database(None)
    broken = Migration("0002_broken", SECOND.text + "select 1 / 0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(url, migrations=[ROLES, FIRST, broken])
    assert names(url) == {"app_first"}
    assert pending(url, migrations=[ROLES, FIRST, broken]) == ("0002_broken",)


def test_a_changed_file_and_an_unknown_one_are_refused() -> None:
    url = fresh_database(None)
    migrate(url, migrations=[ROLES, FIRST])
    changed = Migration(FIRST.name, FIRST.text + " ")
    with pytest.raises(ConfigurationError, match="0001_first"):
        migrate(url, migrations=[ROLES, changed])
    with pytest.raises(ConfigurationError, match="does not know"):
        pending(url, migrations=[ROLES])


def test_the_worker_may_ask_whether_anything_is_missing() -> None:
    assert pending(new_database().worker) == ()


def test_every_file_is_postgresql_15() -> None:
    later = ("uuidv7", "virtual", "returning old", "returning new", "merge_action", "json_table")
    for migration in load_migrations():
        assert not [word for word in later if word in migration.text.lower()], migration.name


def test_the_numbers_follow_each_other() -> None:
    numbers = [int(Path(migration.name).name[:4]) for migration in load_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
