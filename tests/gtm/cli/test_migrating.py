"""`gtm migrate` brings a hosted schema up to date, says what is missing, and what it lacks."""

import io

import pytest
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr
from rich.console import Console

from gtm.bootstrap import open_state
from gtm.cli import migrating
from gtm.errors import ConfigurationError
from gtm.settings import Settings
from gtm.store.migrations import load_migrations
from gtm.store.state import urls_of
from tests.support.cluster import database_of, fresh_database, shared_cluster


def settings_of(owner: str, **changes: object) -> Settings:
    urls = urls_of(shared_cluster(), database=database_of(owner))
    return Settings.model_validate(
        {
            "database_url": SecretStr(urls.api),
            "database_worker_url": SecretStr(urls.worker),
            "database_admin_url": SecretStr(owner),
            **changes,
        }
    )


def run(settings: Settings, *, is_check: bool = False) -> tuple[bool, str]:
    out = Console(file=io.StringIO(), width=200)
    is_current = migrating.run(settings, is_check=is_check, out=out)
    assert isinstance(out.file, io.StringIO)
    return is_current, out.file.getvalue()


def test_a_schema_is_checked_made_and_found_whole() -> None:
    settings = settings_of(fresh_database())
    is_current, said = run(settings, is_check=True)
    assert not is_current
    assert load_migrations()[0].name in said
    assert run(settings)[0]
    assert run(settings) == (True, "Nothing was missing.\n")
    assert run(settings, is_check=True) == (True, "Nothing is missing.\n")


def test_a_server_does_not_start_on_a_schema_that_lacks_something() -> None:
    owner = fresh_database()
    run(settings_of(fresh_database()))
    with pytest.raises(ConfigurationError, match="lacks") as refused:
        open_state(settings_of(owner))
    assert refused.value.hint == "Run: gtm migrate"


def test_the_owner_is_asked_for() -> None:
    settings = settings_of(fresh_database(), database_admin_url=None)
    with pytest.raises(ConfigurationError, match="DATABASE_ADMIN_URL"):
        run(settings)


def test_an_address_that_does_not_answer_is_told() -> None:
    parts = conninfo_to_dict(fresh_database())
    nobody = f"postgresql://nobody:x@{parts['host']}:{parts['port']}/{parts['dbname']}"
    settings = settings_of(fresh_database(), database_admin_url=SecretStr(nobody))
    with pytest.raises(ConfigurationError, match="does not answer"):
        run(settings)


def test_a_transaction_pooler_is_no_place_for_the_worker() -> None:
    with pytest.raises(ConfigurationError, match="transaction pooler"):
        Settings.model_validate(
            {
                "database_url": "postgresql://a:b@pooler.test:6543/postgres",
                "database_worker_url": "postgresql://a:b@pooler.test:6543/postgres",
            }
        )


def test_one_login_without_the_other_is_half_a_configuration() -> None:
    with pytest.raises(ConfigurationError, match="belong together"):
        Settings.model_validate({"database_url": "postgresql://a:b@db.test/postgres"})
