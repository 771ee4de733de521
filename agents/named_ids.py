"""Ids in a model's arguments: whose data it is must not be said, and results must be known ones."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Final

# Without the marks between words: tenant_id, tenantId and Tenant-Id are the same.
_RESERVED: Final = frozenset(
    {
        "tenant",
        "tenantid",
        "workspace",
        "workspaceid",
        "dataset",
        "datasetid",
        "project",
        "projectid",
        "user",
        "userid",
        "role",
        "conversation",
        "conversationid",
        "sessionid",
        "turnid",
        "identity",
        "authorization",
        "token",
    }
)
_RESULT: Final = frozenset({"result_id", "result_ids"})


def reserved_in(value: object) -> str | None:
    """Return the first argument that says whose data it is, however deep it lies."""
    if isinstance(value, dict):
        named = next((str(key) for key in value if _plain(key) in _RESERVED), None)
        return named or next(filter(None, map(reserved_in, value.values())), None)
    if isinstance(value, list):
        return next(filter(None, map(reserved_in, value)), None)
    return None


def result_ids_in(value: object) -> Iterator[object]:
    """Yield what arguments give as results' handles, however deep it lies."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in _RESULT:
                yield from item if isinstance(item, list) else (item,)
            else:
                yield from result_ids_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from result_ids_in(item)


def is_foreign_result(named: object, known: Container[object]) -> bool:
    """Say whether a handle is given and is none of those known."""
    return bool(named) and named not in known


def _plain(key: object) -> str:
    return "".join(letter for letter in str(key).casefold() if letter.isalnum())
