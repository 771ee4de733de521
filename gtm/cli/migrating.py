"""`gtm migrate`: the state database gets the schema of this version."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr
from rich.console import Console

from gtm.bootstrap import open_state
from gtm.errors import ConfigurationError
from gtm.settings import Settings
from gtm.store.migrations import migrate, pending


def run(settings: Settings, *, is_check: bool, out: Console) -> bool:
    """Apply what is missing, or name it; return whether the schema is up to date."""
    if settings.database_url is None:
        # An embedded cluster is brought up to date whenever it starts.
        state = open_state(settings)
        if state.cluster is not None:
            state.cluster.stop()
        out.print("The embedded database is up to date.")
        return True
    owner = _owner_url(settings)
    try:
        if is_check:
            return _say_missing(pending(owner), out)
        applied = migrate(owner, passwords=_passwords(settings))
    except psycopg.OperationalError as error:
        raise ConfigurationError(
            "The database of DATABASE_ADMIN_URL does not answer or refuses the login.",
            hint="Check the address and the password.",
        ) from error
    out.print(f"Applied: {', '.join(applied)}." if applied else "Nothing was missing.")
    return True


def _owner_url(settings: Settings) -> str:
    if settings.database_admin_url is None:
        raise ConfigurationError(
            "DATABASE_ADMIN_URL is not set, and only the schema's owner can change it.",
            hint="Set it for this command alone, to the address of Supabase's user postgres.",
        )
    return settings.database_admin_url.get_secret_value()


def _passwords(settings: Settings) -> dict[str, str]:
    """Return what our logins sign in with; a pooler's user is `app_api.project`."""
    found = {}
    for url in (settings.database_url, settings.database_worker_url):
        parts = conninfo_to_dict(_text(url))
        login = str(parts.get("user", "")).partition(".")[0]
        if parts.get("password"):
            found[login] = str(parts["password"])
    return found


def _text(url: SecretStr | None) -> str:
    return "" if url is None else url.get_secret_value()


def _say_missing(missing: tuple[str, ...], out: Console) -> bool:
    if missing:
        out.print(f"Missing: {', '.join(missing)}. Run: gtm migrate")
    else:
        out.print("Nothing is missing.")
    return not missing
