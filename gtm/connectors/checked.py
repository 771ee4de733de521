"""A file that was read and checked: all a load needs to know of it, whatever its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date

from gtm.connectors.reports import Rejection
from gtm.models.builder import Change
from gtm.warehouse.base import Landing


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that can land; `changed` is what a build must look at once it has.

    `landings` gives its rows, once; they are read while they land.
    """

    table: str
    changed: Change
    rows_in: int
    parts: Mapping[str, int]
    first_day: date | None
    last_day: date | None
    rejections: tuple[Rejection, ...]
    warnings: tuple[str, ...]
    landings: Callable[[], AbstractContextManager[Sequence[Landing]]]

    @property
    def rows_rejected(self) -> int:
        """How many rows of the file do not land."""
        return sum(rejection.rows or 0 for rejection in self.rejections)
