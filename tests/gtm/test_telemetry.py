"""Logs carry the request's id and no secrets."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from gtm.telemetry import bind_request, configure_logging


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level


def test_a_record_carries_its_fields_and_the_request() -> None:
    out = StringIO()
    configure_logging("info", is_json=True, stream=out)
    bind_request("req-12345678")
    logging.getLogger("gtm.test").info("query", extra={"tenant_id": "acme", "duration_ms": 3})
    line = json.loads(out.getvalue())
    assert line["event"] == "query"
    assert (line["tenant_id"], line["request_id"]) == ("acme", "req-12345678")


def test_a_secret_is_not_written() -> None:
    out = StringIO()
    configure_logging("info", is_json=True, stream=out)
    logging.getLogger("gtm.test").info("x", extra={"access_token": "abc", "Authorization": "abc"})
    assert "abc" not in out.getvalue()


def test_clients_that_log_whole_addresses_are_quiet() -> None:
    out = StringIO()
    configure_logging("debug", is_json=False, stream=out)
    logging.getLogger("httpx").info("HTTP Request: GET https://x.test/?token=abc")
    logging.getLogger("uvicorn.access").info("GET /?token=abc")
    assert out.getvalue() == ""
