"""Work for a client that has left is stopped; product errors come through as they are."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest
from fastapi import Request

from api.leaving import while_connected
from gtm.errors import QueryFailedError


def request_that(leaves: anyio.Event | None = None) -> Request:
    async def receive() -> Any:
        if leaves is None:
            await anyio.sleep_forever()
        else:
            await leaves.wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)


async def test_work_that_is_done_comes_back() -> None:
    async def work() -> int:
        return 7

    assert await while_connected(request_that(), work()) == 7


async def test_a_client_that_leaves_stops_the_work() -> None:
    begun, stopped = anyio.Event(), anyio.Event()

    async def work() -> Any:
        begun.set()
        try:
            await anyio.sleep_forever()
        finally:
            stopped.set()

    assert await while_connected(request_that(begun), work()) is None
    assert stopped.is_set()


@pytest.mark.parametrize("leave", [lambda: None, anyio.Event])
async def test_a_product_error_comes_as_it_is(leave: Callable[[], Any]) -> None:
    async def work() -> int:
        raise QueryFailedError("There is no such column.")

    with pytest.raises(QueryFailedError):
        await while_connected(request_that(leave()), work())
