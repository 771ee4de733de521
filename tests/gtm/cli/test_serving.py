"""Serving over a real socket: the port, readiness, and an end that does not wait for clients."""

import asyncio
import socket
import time
from pathlib import Path

import httpx
import pytest

from gtm.cli import serving
from gtm.clock import SystemClock
from gtm.errors import ConfigurationError
from tests.support.people import PASSWORD, add_people
from tests.support.serving import settings_at


def test_a_taken_port_is_named_with_another_to_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=str(port)) as caught:
            serving.bind("127.0.0.1", port)
    assert caught.value.hint == f"Stop what uses it, or choose another: --port {port + 1}"


def test_answers_are_sent_without_waiting_for_more() -> None:
    with serving.bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_public_addresses_follow_the_port_unless_they_were_set(tmp_path: Path) -> None:
    moved = serving.at_address(settings_at(tmp_path), host=None, port=9000)
    assert (moved.api_base_url, moved.frontend_url) == ("http://127.0.0.1:9000",) * 2
    public = settings_at(tmp_path).model_copy(update={"api_base_url": "https://gtm.test"})
    assert serving.at_address(public, host=None, port=9000).api_base_url == "https://gtm.test"


def test_an_open_stream_does_not_hold_up_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_FACTORY", "tests.support.endless:create_app")
    settings = settings_at(tmp_path)
    asyncio.run(add_people(settings, SystemClock())).clear()
    with httpx.Client(timeout=30) as client:
        with serving.background_server(settings) as url:
            login = {"email": "ana@acme.test", "password": PASSWORD}
            reply = client.post(f"{url}/v1/auth/login", json=login).json()
            request = client.build_request(
                "POST",
                f"{url}/v1/analytics/query",
                json={"question": "sessions"},
                headers={
                    "accept": "text/event-stream",
                    "authorization": f"Bearer {reply['access_token']}",
                },
            )
            response = client.send(request, stream=True)
            assert next(response.iter_lines()) == "id: 1"
            leaving = time.monotonic()
        assert time.monotonic() - leaving < 5
        response.close()
