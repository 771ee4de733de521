"""A refusal as a problem: its code, its next step, and what to ask instead."""

from __future__ import annotations

import json

from api.errors import respond_to
from gtm.errors import QueryTooExpensiveError, Suggestion, ViewSize


def test_too_expensive_carries_the_question_that_fits() -> None:
    query = {"metrics": ["sessions"], "time": "last_30_days"}
    error = QueryTooExpensiveError(
        "The query would read too much.",
        hint="Ask for the last 30 days only.",
        suggestion=Suggestion("Ask for the last 30 days only.", query),
    )
    reply = respond_to(error, "req_1")
    body = json.loads(bytes(reply.body))
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert body["code"] == "query_too_expensive"
    assert body["hint"] == "Ask for the last 30 days only."
    assert body["suggestion"] == {
        "sentence": "Ask for the last 30 days only.",
        "query": query,
        "views": [],
    }


def test_free_sql_carries_the_sizes_of_its_views() -> None:
    view = ViewSize("vw_sessions", 5_000, 10, "session_date")
    error = QueryTooExpensiveError("Too much.", suggestion=Suggestion("Filter.", views=(view,)))
    body = json.loads(bytes(respond_to(error, None).body))
    assert body["suggestion"]["views"] == [
        {"view": "vw_sessions", "bytes_read": 5_000, "rows": 10, "time_column": "session_date"}
    ]


def test_other_errors_suggest_nothing() -> None:
    assert (
        json.loads(bytes(respond_to(QueryTooExpensiveError("No."), None).body))["suggestion"]
        is None
    )
