"""The drawn files: native, repeatable, and of the size asked for."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from gtm.demo.generator import generate
from gtm.demo.workspaces import load_workspaces
from gtm.errors import InvalidInputError
from gtm.models.landing.ga4 import EVENTS as EVENT_TABLE
from gtm.models.landing.gsc import GSC_TABLES
from gtm.models.landing.hubspot import HUBSPOT_TABLES
from tests.gtm.demo.conftest import EVENTS, UNTIL


@pytest.mark.parametrize("slug", ["acme", "globex"])
def test_files_have_the_native_schemas(drawn: dict[str, Path], slug: str) -> None:
    schemas = {
        "ga4_events" if table.is_sharded else table.name: table.schema
        # Merges are told by the survivors, as the API does.
        for table in (EVENT_TABLE, *GSC_TABLES, *HUBSPOT_TABLES)
        if table.name != "hubspot_merges"
    }
    found = {path.stem: pq.read_schema(path) for path in drawn[slug].iterdir()}
    assert found == schemas


@pytest.mark.parametrize("slug", ["acme", "globex"])
def test_about_as_many_events_as_asked_for(drawn: dict[str, Path], slug: str) -> None:
    rows = pq.read_metadata(drawn[slug] / "ga4_events.parquet").num_rows
    assert EVENTS * 0.85 < rows < EVENTS * 1.15


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    workspace = load_workspaces()["acme"]
    drawn = [
        generate(workspace, until=UNTIL, events=3000, seed=seed, directory=tmp_path / name)
        for name, seed in {"first": 5, "again": 5, "other": 6}.items()
    ]
    first, again, other = ([path.read_bytes() for path in paths] for paths in drawn)
    assert first == again
    assert first[0] != other[0]


def test_days_end_with_the_one_asked_for_and_search_lags(drawn: dict[str, Path]) -> None:
    folder = drawn["globex"]
    days = pq.read_table(folder / "ga4_events.parquet", columns=["event_date"])["event_date"]
    assert pc.max(days).as_py() == f"{UNTIL:%Y%m%d}"
    assert pc.min(days).as_py() == f"{UNTIL - timedelta(days=179):%Y%m%d}"
    searched = pq.read_table(folder / "searchdata_site_impression.parquet", columns=["data_date"])
    assert pc.max(searched["data_date"]).as_py() == date(2026, 11, 19)


def test_days_follow_each_other_across_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gtm.demo.generator._EVENTS_PER_CHUNK", 500)
    generate(load_workspaces()["acme"], until=UNTIL, events=3000, seed=5, directory=tmp_path)
    rows = pq.read_table(tmp_path / "ga4_events.parquet", columns=["event_date", "event_name"])
    days = rows["event_date"].to_pylist()
    assert days == sorted(days)
    whole = tmp_path / "whole"
    monkeypatch.undo()
    generate(load_workspaces()["acme"], until=UNTIL, events=3000, seed=5, directory=whole)
    assert len(days) == pq.read_metadata(whole / "ga4_events.parquet").num_rows


def test_too_few_events_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="too few"):
        generate(load_workspaces()["acme"], until=UNTIL, events=10, seed=1, directory=tmp_path)
