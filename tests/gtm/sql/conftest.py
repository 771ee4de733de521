"""Two tenants and the guard over the views of the first release."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.sql.guard import Guard

VIEWS = frozenset(
    {
        "vw_sessions",
        "vw_sessions_daily",
        "vw_users_daily",
        "vw_funnel_by_channel",
        "vw_landing_pages_daily",
        "vw_search_daily",
        "vw_top_search_queries",
        "vw_data_freshness",
    }
)
FIXTURES = Path(__file__).parents[2] / "fixtures" / "guard"


def _tenant(name: str) -> TenantContext:
    return TenantContext(TenantId(name), DatasetId(f"tenant_{name}"), UserId("u1"), Role.MEMBER)


@pytest.fixture
def acme() -> TenantContext:
    return _tenant("acme")


@pytest.fixture
def globex() -> TenantContext:
    return _tenant("globex")


@pytest.fixture
def guard() -> Guard:
    return Guard("gtm-local", VIEWS)


def read_cases(folder: str) -> list[tuple[str, str]]:
    """Return (name, SQL) of each block under a `---- name` line in the folder's files."""
    cases: list[tuple[str, str]] = []
    for path in sorted((FIXTURES / folder).glob("*.sql")):
        for block in path.read_text(encoding="utf-8").split("---- ")[1:]:
            name, _, sql = block.partition("\n")
            cases.append((f"{path.stem}: {name}", sql.strip()))
    return cases


def _rejected() -> list[tuple[str, str, str]]:
    """Return (name, kind of refusal, SQL); the kind stands in brackets behind the name."""
    cases = []
    for name, sql in read_cases("reject"):
        title, _, kind = name.removesuffix("]").rpartition(" [")
        cases.append((title, kind, sql))
    return cases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Feed `accepted_sql`, and `rejected_sql` with the `kind` of its refusal, from the files."""
    if "accepted_sql" in metafunc.fixturenames:
        accepted = read_cases("accept")
        names = [name for name, _ in accepted]
        metafunc.parametrize("accepted_sql", [sql for _, sql in accepted], ids=names)
    if "rejected_sql" in metafunc.fixturenames:
        rejected = _rejected()
        values = [(sql, kind) for _, kind, sql in rejected]
        names = [name for name, _, _ in rejected]
        metafunc.parametrize(("rejected_sql", "kind"), values, ids=names)
