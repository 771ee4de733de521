"""Every anomaly: drawn when asked for, not otherwise, and answered rightly by the views."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
import pytest_asyncio
import yaml

from gtm.demo.anomalies import Anomaly, default_anomalies, load_anomalies, read_anomalies
from gtm.demo.generator import generate
from gtm.demo.workspaces import load_workspaces
from gtm.errors import InvalidInputError
from gtm.warehouse.base import Cell, Row
from tests.gtm.demo.conftest import UNTIL, Sample, loaded
from tests.gtm.demo.raw import raw_files

ACME = load_workspaces()["acme"]
EVENTS = 20_000
TABLE = yaml.safe_load(
    (Path(__file__).parents[2] / "fixtures" / "demo" / "anomalies.yml").read_text(encoding="utf-8")
)
# Each anomaly has a number, and is drawn in the draws whose bit it has: two of them never share all
# their draws, so a trace that follows another's switch is noticed.
NUMBERS = {anomaly: number for number, anomaly in enumerate(Anomaly, start=1)}
BITS = range(max(NUMBERS.values()).bit_length())


@dataclass(frozen=True)
class Answer:
    """A question to the views, and the same to the raw files."""

    anomaly: str
    view: str
    raw: str


ANSWERS = [
    Answer(name, answer["view"], answer["raw"])
    for name, row in TABLE.items()
    for answer in row["answers"]
]


def drawn_with(anomalies: Collection[Anomaly] | None, folder: Path) -> Path:
    generate(
        ACME,
        until=UNTIL,
        events=EVENTS,
        seed=ACME.seed,
        directory=folder,
        anomalies=anomalies,
    )
    return folder


def traced(folder: Path) -> set[Anomaly]:
    """Return the anomalies that left something in the drawn files."""
    raw = raw_files(folder)
    return {a for a in Anomaly if raw.sql(TABLE[a]["trace"]).fetchall()[0][0] > 0}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def everything(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sample]:
    """A workspace with all anomalies at once."""
    folder = drawn_with(list(Anomaly), tmp_path_factory.mktemp("all"))
    async for sample in loaded(ACME, folder, tmp_path_factory.mktemp("scratch")):
        yield sample


@pytest.fixture(scope="module")
def everything_raw(everything: Sample) -> duckdb.DuckDBPyConnection:
    return raw_files(everything.folder)


def test_every_anomaly_is_described_and_tested() -> None:
    assert set(load_anomalies()) == set(Anomaly) == {Anomaly(name) for name in TABLE}
    assert default_anomalies() < set(Anomaly)


@pytest.mark.parametrize("bit", BITS)
def test_anomalies_are_drawn_when_they_are_asked_for_and_not_otherwise(
    tmp_path: Path, bit: int
) -> None:
    asked = {anomaly for anomaly in Anomaly if NUMBERS[anomaly] >> bit & 1}
    assert traced(drawn_with(asked, tmp_path)) == asked


# The first one loads and builds the workspace.
@pytest.mark.timeout(180)
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.anomaly)
async def test_the_views_answer_rightly_with_all_anomalies_at_once(
    everything: Sample, everything_raw: duckdb.DuckDBPyConnection, answer: Answer
) -> None:
    expected = everything_raw.sql(answer.raw).fetchall()
    assert expected
    found = await everything.view(answer.view)
    assert [_comparable(row) for row in found] == [_comparable(row) for row in expected]


def _comparable(row: Row) -> list[Cell]:
    # Sums of floats depend on their order.
    return [round(cell, 2) if isinstance(cell, float) else cell for cell in row]


def test_an_older_export_lacks_the_columns_themselves(everything: Sample) -> None:
    older = pq.read_schema(everything.folder / "ga4_events_older.parquet").names
    newer = pq.read_schema(everything.folder / "ga4_events.parquet").names
    assert {"collected_traffic_source", "is_active_user"} <= set(newer) - set(older)


def test_the_default_draw_has_what_every_export_has(tmp_path: Path) -> None:
    assert traced(drawn_with(None, tmp_path)) == default_anomalies()


def test_names_are_read_in_groups_and_lists() -> None:
    assert read_anomalies("all") == set(Anomaly)
    assert read_anomalies("none") == set()
    assert read_anomalies("default, Bot_Burst") == default_anomalies() | {Anomaly.BOT_BURST}


def test_an_unknown_name_is_refused_with_the_nearest_ones() -> None:
    with pytest.raises(InvalidInputError, match="bot_bursts") as refused:
        read_anomalies("bot_bursts")
    assert refused.value.nearest[0] == "bot_burst"
