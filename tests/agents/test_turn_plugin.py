from __future__ import annotations

from typing import Any

import pytest

from agents.named_ids import is_foreign_result, reserved_in, result_ids_in
from agents.tool_results import error_of, keep_result
from agents.turn_record import TurnRecord


@pytest.mark.parametrize(
    "arguments",
    [
        {"tenant_id": "globex"},
        {"query": {"metrics": ["sessions"], "Dataset": "tenant_globex"}},
        {"filters": [{"dimension": "channel", "project": "other"}]},
        {"query": [{"tenantId": "globex"}]},
        {"User-ID": "somebody"},
        {"conversation_id": "c2"},
    ],
)
def test_a_workspace_in_arguments_is_seen_however_deep(arguments: dict[str, Any]) -> None:
    assert reserved_in(arguments)


def test_a_workspace_word_as_a_value_is_no_argument() -> None:
    assert reserved_in({"terms": ["tenant", "dataset"]}) is None


def test_handles_are_found_however_deep() -> None:
    arguments = {"result_id": "a", "draft": {"result_ids": ["b", "c"]}, "parts": [{"result_id": 1}]}
    assert list(result_ids_in(arguments)) == ["a", "b", "c", 1]


def test_a_handle_is_foreign_unless_it_is_known() -> None:
    assert is_foreign_result("res_2", {"res_1"})
    assert not is_foreign_result("res_1", {"res_1"})
    assert not is_foreign_result(None, {"res_1"})


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
