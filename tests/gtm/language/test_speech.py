"""Hesitations, words said twice and corrections in what is dictated."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gtm.language.lexicon import build_vocabulary
from gtm.language.speech import as_meant
from gtm.language.tokens import tokenise
from gtm.semantics.catalog import load_catalog

TABLE: list[dict[str, str]] = yaml.safe_load(
    (Path(__file__).parents[2] / "fixtures" / "language" / "speech.yml").read_text("utf-8")
)
VOCABULARY = build_vocabulary(load_catalog())


@pytest.mark.parametrize("case", TABLE, ids=[case["text"][:40] for case in TABLE])
def test_what_is_taken_back_is_left_out(case: dict[str, str]) -> None:
    tokens, _ = as_meant(tokenise(case["text"]), VOCABULARY)
    assert " ".join(token.text for token in tokens) == case["meant"]


def test_a_correction_that_was_read_is_said() -> None:
    _, notes = as_meant(tokenise("sessions last month no wait last week"), VOCABULARY)
    assert notes == ["Read as corrected: “sessions last week”."]
