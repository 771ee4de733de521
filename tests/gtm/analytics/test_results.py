"""Kept results are bounded, expire, and belong to one workspace."""

from __future__ import annotations

import pytest

from gtm.analytics.results import ResultStore
from gtm.errors import NotFoundError
from gtm.semantics.result import Receipt, StoredResult
from tests.support.analytics import ACME, GLOBEX, FakeClock
from tests.support.tables import table_of

RECEIPT = Receipt(
    is_governed=True,
    sql="SELECT 1",
    row_count=1,
    bytes_processed=0,
    is_bytes_estimated=True,
    duration_ms=1,
)


def stored(result_id: str, rows: int = 1) -> StoredResult:
    table = table_of({"columns": ["sessions"], "rows": [[at] for at in range(rows)]})
    return StoredResult(result_id=result_id, title="t", table=table, receipt=RECEIPT)


def test_handles_are_long_and_never_the_same() -> None:
    store = ResultStore(FakeClock(), ttl_seconds=10)
    handles = {store.new_id() for _ in range(100)}
    assert len(handles) == 100
    assert all(handle.startswith("res_") and len(handle) >= 28 for handle in handles)


def test_unknown_foreign_and_expired_read_the_same() -> None:
    clock = FakeClock()
    store = ResultStore(clock, ttl_seconds=10)
    store.put(ACME, stored("res_1"))
    texts = []
    for tenant, name in ((ACME, "res_0"), (GLOBEX, "res_1")):
        with pytest.raises(NotFoundError) as caught:
            store.get(tenant, name)
        texts.append((caught.value.message, caught.value.hint))
    clock.move(10)
    with pytest.raises(NotFoundError) as caught:
        store.get(ACME, "res_1")
    assert {*texts, (caught.value.message, caught.value.hint)} == {texts[0]}


def test_the_least_recently_used_makes_room() -> None:
    store = ResultStore(FakeClock(), ttl_seconds=10, max_results=2)
    store.put(ACME, stored("res_1"))
    store.put(ACME, stored("res_2"))
    store.get(ACME, "res_1")
    store.put(ACME, stored("res_3"))
    assert store.get(ACME, "res_1").result_id == "res_1"
    with pytest.raises(NotFoundError):
        store.get(ACME, "res_2")


def test_large_results_push_others_out_but_stay_themselves() -> None:
    store = ResultStore(FakeClock(), ttl_seconds=10, max_cells=10)
    store.put(ACME, stored("res_1", rows=5))
    store.put(ACME, stored("res_2", rows=50))
    assert len(store.get(ACME, "res_2").table.rows) == 50
    with pytest.raises(NotFoundError):
        store.get(ACME, "res_1")


def test_one_workspace_never_pushes_out_another() -> None:
    store = ResultStore(FakeClock(), ttl_seconds=10, max_results=1)
    store.put(GLOBEX, stored("res_g"))
    for at in range(5):
        store.put(ACME, stored(f"res_{at}"))
    assert store.get(GLOBEX, "res_g").result_id == "res_g"
