from __future__ import annotations

from typing import Any

import pytest

from agents.tool_results import error_of, keep_result
from agents.turn_plugin import _reserved_in
from agents.turn_record import TurnRecord


@pytest.mark.parametrize(
    "arguments",
    [
        {"tenant_id": "globex"},
        {"query": {"metrics": ["sessions"], "Dataset": "tenant_globex"}},
        {"filters": [{"dimension": "channel", "project": "other"}]},
    ],
)
def test_a_workspace_in_arguments_is_seen_however_deep(arguments: dict[str, Any]) -> None:
    assert _reserved_in(arguments)


def test_a_workspace_word_as_a_value_is_no_argument() -> None:
    assert _reserved_in({"terms": ["tenant", "dataset"]}) is None


@pytest.mark.parametrize(
    ("result", "code"),
    [
        ({"error": "connection lost"}, "tool_unavailable"),
        ({"isError": True, "content": [{"text": '{"code": "not_found"}'}]}, "not_found"),
        ({"isError": True, "content": [{"text": "plain words"}]}, "tool_failed"),
    ],
)
def test_every_kind_of_tool_error_has_a_code(result: dict[str, Any], code: str) -> None:
    error = error_of(result)
    assert error
    assert error["code"] == code


def test_a_model_gets_ten_rows_and_the_turn_gets_all() -> None:
    rows = [[f"page-{at}", at] for at in range(150)]
    column = {"label": "x", "format": "integer"}
    content = {
        "result_id": "res_1",
        "title": "Sessions by page",
        "columns": [
            {**column, "name": "page", "role": "dimension"},
            {**column, "name": "sessions", "role": "metric"},
        ],
        "rows": rows,
        "row_count": 5_000,
        "is_truncated": True,
        "totals": {"sessions": 1.0},
        "facts": ["Sessions were 1.", "The leader is page-0."],
        "receipt": {
            "is_governed": True,
            "sql": "SELECT 1",
            "row_count": 5_000,
            "bytes_processed": 1,
            "is_bytes_estimated": True,
            "duration_ms": 1.0,
        },
    }
    record = TurnRecord()
    shown = keep_result(record, content)
    assert len(shown["first_rows"]) == 10
    assert shown["draft_text"] == "Sessions were 1.\n\n- The leader is page-0."
    captured = record.result("res_1")
    assert captured
    assert len(captured.preview.rows) == 150
    # Reading on in it changes nothing of what the answer shows.
    keep_result(record, {**content, "offset": 150, "rows": [["page-150", 0]]})
    assert record.result("res_1") is captured
