"""Limits, order and form: fragments and what they mean, as tables; and numbers nobody wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gtm.language.chart_edits import read_chart_edit
from gtm.language.shape import Shape, read_chart, read_shape
from gtm.language.thresholds import Threshold, read_thresholds
from gtm.language.tokens import Owner, Tape, tokenise

FIXTURES = Path(__file__).parents[2] / "fixtures" / "language"
TABLE: dict[str, Any] = yaml.safe_load((FIXTURES / "shapes.yml").read_text(encoding="utf-8"))
Case = dict[str, Any]


def _tape(text: str) -> Tape:
    return Tape(text, tokenise(text))


def _left(tape: Tape) -> str:
    return " ".join(tape.tokens[index].text for index in tape.free())


def _limit(found: Threshold) -> str:
    percent = "%" if found.is_percent else ""
    tail = [found.unit, "change" if found.is_change else ""]
    return " ".join([found.sign, f"{found.number:.12g}{percent}", *filter(None, tail)])


@pytest.mark.parametrize("case", TABLE["limits"], ids=[case["q"] for case in TABLE["limits"]])
def test_a_limit_is_read_with_its_sign_and_number(case: Case) -> None:
    tape = _tape(case["q"])
    assert "; ".join(map(_limit, read_thresholds(tape))) == case.get("is", "")
    assert _left(tape) == case.get("rest", "")


def _flat(chart: str | None, shape: Shape) -> Case:
    found: Case = {"chart": chart} if chart else {}
    if shape.rankings:
        rank = shape.rankings[0]
        words = ["judged" if rank.is_evaluative else "", "high" if rank.is_highest else "low"]
        found["rank"] = " ".join(filter(None, [*words, str(rank.limit or "")]))
    if shape.sort_position is not None:
        found["sort"] = "up" if shape.sort_is_ascending else "down"
    if shape.limit is not None:
        found["limit"] = shape.limit
    parts = {
        "trend": shape.has_trend,
        "share": shape.has_share,
        "change": shape.has_change,
        "total": shape.has_total,
        "compare": shape.has_compare,
    }
    if says := [name for name, is_said in parts.items() if is_said]:
        found["says"] = says
    if shape.aggregate is not None:
        found["aggregate"] = shape.aggregate
    return found


@pytest.mark.parametrize("case", TABLE["shapes"], ids=[case["q"] for case in TABLE["shapes"]])
def test_a_fragment_says_one_thing_about_the_form(case: Case) -> None:
    tape = _tape(case["q"])
    chart = read_chart(tape)
    shape = read_shape(tape)
    wanted = {name: value for name, value in case.items() if name not in {"q", "rest"}}
    assert _flat("none" if chart.unknown else chart.kind, shape) == wanted
    assert _left(tape) == case.get("rest", "")


_SIGNS = {
    ">": ["more than", "over", "above", ">", "exceeding", "greater than"],
    ">=": ["at least", "no less than", ">=", "a minimum of"],
    "<": ["less than", "fewer than", "under", "below", "<"],
    "<=": ["at most", "no more than", "<=", "up to"],
}
_WORDED = st.sampled_from([(sign, words) for sign, all_ in _SIGNS.items() for words in all_])
_NUMBERS = st.one_of(
    st.integers(0, 10_000_000).map(str),
    st.integers(1_000, 10_000_000).map("{:,}".format),
    st.integers(1, 900).map("{}k".format),
    st.decimals(0, 100, places=1).map(str),
)


def _value(text: str) -> float:
    plain = text.replace(",", "")
    return float(plain[:-1]) * 1_000 if plain.endswith("k") else float(plain)


@given(
    worded=_WORDED,
    number=_NUMBERS,
    noun=st.sampled_from(["sessions", "clicks", "leads", "key events"]),
    lead=st.sampled_from(["channels with", "pages that got", "show campaigns with"]),
)
def test_a_number_behind_words_of_comparison_is_a_limit_of_just_that_number(
    worded: tuple[str, str], number: str, noun: str, lead: str
) -> None:
    sign, words = worded
    tape = _tape(f"{lead} {words} {number} {noun} last month")
    (found,) = read_thresholds(tape)
    assert (found.sign, found.number) == (sign, _value(number))


@given(
    lead=st.sampled_from(["top", "best", "lowest", "the biggest", "over", "at least", "first"]),
    number=st.integers(1, 999),
    tail=st.sampled_from(
        ["pages by views", "channels", "clicks", "rows please", "days", "% of it"]
    ),
)
def test_a_number_is_read_once_or_left_to_be_asked_about(lead: str, number: int, tail: str) -> None:
    tape = _tape(f"{lead} {number} {tail}")
    limits = read_thresholds(tape)
    shape = read_shape(tape)
    index = next(i for i, token in enumerate(tape.tokens) if token.text == str(number))
    readings = [limit for limit in limits if limit.number == number]
    ranks = [rank for rank in shape.rankings if rank.limit == number]
    readings_of_length = [number] if shape.limit == number else []
    is_read = tape.owner(index) in {Owner.THRESHOLD, Owner.RANKING}
    assert len(readings) + len(ranks) + len(readings_of_length) == int(is_read)


@pytest.mark.parametrize("case", TABLE["looks"], ids=[case["q"] for case in TABLE["looks"]])
def test_how_a_chart_is_to_look_is_kept_for_whoever_draws_it(case: Case) -> None:
    tape = _tape(case["q"])
    look = read_chart(tape).look
    draft = None if look is None else read_chart_edit(look)
    wished = {} if draft is None else draft.model_dump(mode="json", exclude_defaults=True)
    assert wished == case.get("wished", {})
    assert _left(tape) == case.get("rest", "")
