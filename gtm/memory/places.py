"""Where a page of a list in the order of time ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list in the order of time: that of the last item seen."""

    at: datetime
    id: UUID


def place_values(after: Place | None) -> Mapping[str, object]:
    """Return the values of a statement that goes on after a place."""
    return {
        "after_at": None if after is None else after.at,
        "after_id": None if after is None else after.id,
    }
