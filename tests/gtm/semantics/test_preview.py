from __future__ import annotations

from gtm.semantics.preview import capped


def test_rows_are_capped_by_count() -> None:
    assert len(capped([("a", 1)] * 300)) == 200


def test_rows_are_capped_by_characters() -> None:
    rows = [("x" * 96, 1)] * 50
    assert len(capped(rows, max_chars=1_040)) == 10


def test_short_results_stay_whole() -> None:
    rows = (("a", None), ("b", 2.5))
    assert capped(rows) == rows
