"""The question inside a message."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gtm.language.framing import frame
from gtm.language.lexicon import build_vocabulary
from gtm.language.tokens import Owner, Tape, tokenise
from gtm.semantics.catalog import load_catalog

TABLE: list[dict[str, str]] = yaml.safe_load(
    (Path(__file__).parents[2] / "fixtures" / "language" / "letters.yml").read_text("utf-8")
)
VOCABULARY = build_vocabulary(load_catalog())


@pytest.mark.parametrize("case", TABLE, ids=[case["text"][:40] for case in TABLE])
def test_what_asks_for_nothing_is_set_aside(case: dict[str, str]) -> None:
    tokens = frame(tokenise(case["text"]), VOCABULARY).tokens
    assert " ".join(token.text for token in tokens if not token.is_aside) == case["kept"]


def test_what_was_read_of_a_letter_is_said() -> None:
    text = "Dear all, I hope you are well. How many sessions last week? I have to run. Regards, Jo"
    assert frame(tokenise(text), VOCABULARY).notes == [
        "Of the message, this was read as the question: “how many sessions last week”."
    ]


def test_asides_are_accounted_for_from_the_start() -> None:
    tokens = frame(tokenise("hello everybody, sessions last week"), VOCABULARY).tokens
    tape = Tape("hello everybody, sessions last week", tokens)
    assert [tape.owner(0), tape.owner(2)] == [Owner.LIGHT, None]


def test_names_in_what_is_set_aside_are_looked_up_before_it_is_left_out() -> None:
    text = "We spoke with Northwind. How many sessions did we have last week?"
    assert frame(tokenise(text), VOCABULARY, text).names == ("northwind",)
