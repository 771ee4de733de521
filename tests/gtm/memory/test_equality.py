"""What two equal questions may differ in, and what they may not."""

from pathlib import Path

import pytest
import yaml

from gtm.language.words import LIGHT
from gtm.memory import equality
from gtm.memory.equality import hash_of, key_of, may_lean

PAIRS = yaml.safe_load(
    (Path(__file__).parents[2] / "fixtures" / "memory" / "equality.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(("one", "other"), PAIRS["equal"])
def test_what_means_nothing_may_differ(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)
    assert hash_of(one) == hash_of(other)


@pytest.mark.parametrize(("one", "other"), PAIRS["different"])
def test_no_word_that_means_something_may_differ(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


@pytest.mark.parametrize("text", ["", "?!", "please", "Could you show me the"])
def test_what_says_nothing_has_no_key(text: str) -> None:
    assert key_of(text) == ()


def test_what_may_be_missing_anywhere_means_nothing_to_the_stages_either() -> None:
    assert set(equality._LISTS.anywhere) <= LIGHT


@pytest.mark.parametrize(
    ("question", "leans"),
    [
        ("and by country?", True),
        ("what about the flurbs of last month", True),
        ("the same flurbs for last month", True),
        ("flurbs", True),
        ("flurbs by zone in march", False),
    ],
)
def test_what_may_lean_on_the_question_before(question: str, leans: bool) -> None:
    assert may_lean(question) is leans
