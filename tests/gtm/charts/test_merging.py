"""One change after the other."""

from __future__ import annotations

from typing import Any

import pytest

from gtm.charts.check import check_base
from gtm.charts.merging import merged
from gtm.charts.spec import ChartDraft
from gtm.errors import InvalidInputError

CASES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("what is not named stays", {"top": 5}, {"sort": "reversed"}, {"top": 5, "sort": "reversed"}),
    ("what is named is replaced", {"top": 5, "title": "A"}, {"top": 3}, {"top": 3, "title": "A"}),
    (
        "another kind is not stacked or turned any more",
        {"type": "bar", "stacking": "stacked", "direction": "horizontal", "top": 5},
        {"type": "pie"},
        {"type": "pie", "top": 5},
    ),
    (
        "the same kind stays as it is",
        {"type": "bar", "stacking": "stacked"},
        {"type": "bar", "labels": "on"},
        {"type": "bar", "stacking": "stacked", "labels": "on"},
    ),
    (
        "a colour for one stays beside one for another",
        {"colors": [{"color": "red", "series": "A"}]},
        {"colors": [{"color": "blue", "series": "B"}]},
        {"colors": [{"color": "red", "series": "A"}, {"color": "blue", "series": "B"}]},
    ),
    (
        "a second colour for one replaces its first",
        {"colors": [{"color": "red", "series": "A"}]},
        {"colors": [{"color": "blue", "series": "a"}]},
        {"colors": [{"color": "blue", "series": "a"}]},
    ),
    (
        "a colour for all replaces all",
        {"colors": [{"color": "red", "series": "A"}]},
        {"colors": [{"color": "blue"}]},
        {"colors": [{"color": "blue"}]},
    ),
    (
        "another palette replaces colours",
        {"colors": [{"color": "red"}]},
        {"palette": "color_blind_safe"},
        {"palette": "color_blind_safe"},
    ),
    (
        "another number of groups has its rest again",
        {"top": 5, "other": "hidden"},
        {"top": 3},
        {"top": 3},
    ),
    ("the order is turned", {"sort": "name_a_to_z"}, {"sort": "reversed"}, {"sort": "name_z_to_a"}),
    ("the order is turned twice", {"sort": "reversed"}, {"sort": "reversed"}, {}),
    (
        "lines that are stacked become areas",
        {"type": "line"},
        {"stacking": "stacked"},
        {"type": "area", "stacking": "stacked"},
    ),
]


@pytest.mark.parametrize(("name", "now", "change", "after"), CASES, ids=[case[0] for case in CASES])
def test_a_change_is_added(
    name: str, now: dict[str, Any], change: dict[str, Any], after: dict[str, Any]
) -> None:
    found = merged(ChartDraft.model_validate(now), ChartDraft.model_validate(change))
    assert found == ChartDraft.model_validate(after), name


def test_no_more_colours_are_kept_than_a_draft_holds() -> None:
    now = ChartDraft()
    for at in range(12):
        wish = {"color": "red", "series": f"s{at}"}
        now = merged(now, ChartDraft.model_validate({"colors": [wish]}))
    assert [wish.series for wish in now.colors] == [f"s{at}" for at in range(4, 12)]
    assert ChartDraft.model_validate_json(now.model_dump_json(by_alias=True)) == now


def test_only_a_conversation_knows_the_chart_before() -> None:
    with pytest.raises(InvalidInputError, match="no chart before"):
        check_base(ChartDraft(base="previous"))
    check_base(ChartDraft(base="original"))


def test_a_draft_of_before_is_written_as_it_was() -> None:
    draft = ChartDraft.model_validate(
        {
            "type": "bar",
            "config": {
                "xAxis": {"dataKey": "a"},
                "yAxis": {"dataKey": "b"},
                "series": [{"dataKey": "b", "name": "B"}],
            },
        }
    )
    assert draft.model_dump(mode="json", by_alias=True) == {
        "type": "bar",
        "title": "",
        "config": {
            "xAxis": {"dataKey": "a", "label": "", "type": "category", "format": None},
            "yAxis": {"dataKey": "b", "label": "", "type": "category", "format": None},
            "series": [{"dataKey": "b", "name": "B", "color": None, "type": None, "format": None}],
            "isHorizontal": False,
            "isStacked": False,
        },
    }
