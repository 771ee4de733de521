"""Cursors: where a page of a list ends, as a text that clients hand back unread."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Query

from gtm.errors import InvalidInputError

T = TypeVar("T")

Cursor = Annotated[
    str | None,
    Query(pattern=r"^[A-Za-z0-9_-]{2,512}$", description="`next_cursor` of the page before."),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Items of a page.")]


def cut(
    found: Sequence[T], limit: int, cursor: Callable[[T], str]
) -> tuple[Sequence[T], str | None]:
    """Return the page of what was looked up with one item more, and the next page's cursor."""
    page = found[:limit]
    return page, cursor(page[-1]) if len(found) > limit else None


def encode_cursor(*keys: str) -> str:
    """Return the cursor of the row with these sort keys."""
    text = json.dumps(keys, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str, count: int) -> tuple[str, ...]:
    """Return the sort keys of a cursor. Raises InvalidInputError."""
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        keys = None
    is_ours = isinstance(keys, list) and len(keys) == count
    if not is_ours or not all(isinstance(key, str) and "\0" not in key for key in keys):
        raise refused_cursor()
    return tuple(keys)


def encode_place(at: datetime, item_id: object) -> str:
    """Return the cursor of a row of a list that is in the order of time."""
    return encode_cursor(at.isoformat(), str(item_id))


def decode_place(cursor: str) -> tuple[datetime, str]:
    """Return the time and id of a cursor. Raises InvalidInputError."""
    at, item_id = decode_cursor(cursor, 2)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise refused_cursor() from None
    if moment.tzinfo is None:
        raise refused_cursor()
    return moment, item_id


def refused_cursor() -> InvalidInputError:
    """Return the refusal of a cursor that was not handed out by us."""
    return InvalidInputError(
        "The cursor is not one of ours.", hint="Use `next_cursor` of the page before."
    )
