"""`gtm generate`: the files of a sample, with the troubles asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gtm.cli.commands import app
from gtm.demo.anomalies import Anomaly
from gtm.errors import InvalidInputError, NotFoundError


def test_the_files_asked_for_are_written_and_named(tmp_path: Path) -> None:
    options = ["--events", "1000", "--anomalies", "fresh_tables", "--until", "2026-11-01"]
    told = CliRunner().invoke(app, ["generate", "--out", str(tmp_path), "-w", "globex", *options])
    assert told.exit_code == 0, told.output
    written = {str(path) for path in tmp_path.iterdir()}
    assert set(told.output.split()) == written
    assert str(tmp_path / "events_fresh_20261101.parquet") in written


def test_all_anomalies_are_listed_with_what_they_are(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["generate", "--out", str(tmp_path), "--anomalies", "list"])
    assert all(anomaly in told.output for anomaly in Anomaly)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "error"),
    [(["--anomalies", "bots"], InvalidInputError), (["-w", "initech"], NotFoundError)],
)
def test_a_name_nobody_knows_is_refused_before_anything_is_written(
    tmp_path: Path, option: list[str], error: type[Exception]
) -> None:
    told = CliRunner().invoke(app, ["generate", "--out", str(tmp_path), *option])
    assert isinstance(told.exception, error)
    assert list(tmp_path.iterdir()) == []
