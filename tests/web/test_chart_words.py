"""What the web UI's chart menu says is understood as what the menu means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gtm.charts.spec import ChartDraft
from gtm.language.chart_edits import read_chart_edit

WORDS = Path(__file__).parents[2] / "web" / "src" / "chart" / "edit" / "words.json"
MENU = json.loads(WORDS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", MENU)
def test_each_entry_of_the_menu_is_read_as_its_edit(name: str) -> None:
    entry = MENU[name]
    assert read_chart_edit(entry["words"]) == ChartDraft(**entry["edit"])


def test_a_title_is_read_as_it_is_quoted() -> None:
    title = "The 'big' one: 2024, and more. By channel"
    assert read_chart_edit(f'change the title to "{title}"') == ChartDraft(title=title)
