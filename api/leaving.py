"""Clients that leave: what they asked for is stopped."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import anyio
from fastapi import Request

from gtm.errors import GtmError

T = TypeVar("T")


async def while_connected(request: Request, work: Awaitable[T]) -> T | None:
    """Do work until it is done or the client has left; None then. The body must have been read.

    Product errors are raised as they are, without a group around them.
    """
    done: list[T] = []
    failed: list[GtmError] = []
    async with anyio.create_task_group() as group:

        async def stop_when_client_leaves() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        group.start_soon(stop_when_client_leaves)
        try:
            done.append(await work)
        except GtmError as error:
            failed.append(error)
        group.cancel_scope.cancel()
    if failed:
        raise failed[0]
    return done[0] if done else None
