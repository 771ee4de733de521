"""Cursors: where a page of a list ends, as a text that clients hand back unread."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated

from fastapi import Query

from gtm.errors import InvalidInputError

Cursor = Annotated[
    str | None,
    Query(pattern=r"^[A-Za-z0-9_-]{2,512}$", description="`next_cursor` of the page before."),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Items of a page.")]


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


def refused_cursor() -> InvalidInputError:
    """Return the refusal of a cursor that was not handed out by us."""
    return InvalidInputError(
        "The cursor is not one of ours.", hint="Use `next_cursor` of the page before."
    )
