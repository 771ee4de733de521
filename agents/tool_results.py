"""What a tool answered: kept whole for the turn, cut short for the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from agents.model_request import json_object
from agents.turn_record import CapturedResult, TurnRecord
from gtm.charts.spec import ChartSpec
from gtm.insights.facts import find_facts
from gtm.insights.narrative import narrate
from gtm.language.outcome import Intent
from gtm.semantics.preview import ResultPreview, capped
from gtm.semantics.result import Receipt

# Which tool does what is to be done with a query.
TOOLS: Final[Mapping[Intent, str]] = {
    "query": "query_metrics",
    "explain": "explain_change",
    "forecast": "forecast_metric",
    "anomalies": "find_anomalies",
}
RESULT_TOOLS: Final = frozenset({*TOOLS.values(), "run_sql", "get_result"})
CHART_TOOL: Final = "build_chart"
_MODEL_ROWS: Final = 10
_MODEL_CHARS: Final = 1_500
_MAX_BULLETS: Final = 4


def error_of(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the error a tool reported, or None."""
    if "error" in result:
        return {"code": "tool_unavailable", "message": str(result["error"])}
    if not result.get("isError"):
        return None
    text = text_of(result)
    return json_object(text) or {"code": "tool_failed", "message": text}


def text_of(result: Mapping[str, Any]) -> str:
    """Return the text part of a tool's answer."""
    parts = (part.get("text", "") for part in result.get("content", ()))
    return "\n".join(part for part in parts if part)


def keep_result(record: TurnRecord, content: Mapping[str, Any]) -> dict[str, Any]:
    """Keep a result with its receipt; return what a model needs of it."""
    preview = ResultPreview.model_validate(content)
    receipt = Receipt.model_validate(content["receipt"])
    if preview.offset == 0:
        # A later part of a result is something to read, not what the answer shows.
        record.results[preview.result_id] = CapturedResult(preview, receipt)
        record.last_result_id = preview.result_id
    return {
        "result_id": preview.result_id,
        "title": preview.title,
        "columns": [column.name for column in preview.columns],
        "row_count": preview.row_count,
        "is_whole": preview.group_count is not None and preview.group_count <= preview.row_count,
        "first_rows": [list(row) for row in _first(preview)],
        "totals": preview.totals,
        "facts": list(preview.facts),
        "draft_text": draft_text(preview),
        "is_governed": receipt.is_governed,
        "assumptions": list(receipt.assumptions),
    }


def keep_chart(record: TurnRecord, content: Mapping[str, Any]) -> dict[str, Any]:
    """Keep a chart with its data; return what a model needs of it."""
    chart = ChartSpec.model_validate(content)
    record.chart = chart
    return {
        "type": chart.type,
        "title": chart.title,
        "points": len(chart.data),
        "note": chart.note,
    }


def draft_text(preview: ResultPreview) -> str:
    """Return a text about the whole result in which every number is the result's."""
    if not preview.is_truncated:
        table = preview.table()
        return narrate(find_facts(table), table)
    # Rows are missing here, so only what the server found in all of them may be said.
    head, *rest = preview.facts or (f"The query returned {preview.row_count:,} rows.",)
    bullets = "\n".join(f"- {fact}" for fact in rest[:_MAX_BULLETS])
    return f"{head}\n\n{bullets}" if bullets else head


def _first(preview: ResultPreview) -> tuple[tuple[Any, ...], ...]:
    return capped(preview.rows, max_rows=_MODEL_ROWS, max_chars=_MODEL_CHARS)
