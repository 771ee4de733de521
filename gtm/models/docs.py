"""What each view means: read by describe_view, the schema endpoint and the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from gtm.models.plan import VIEWS

ColumnType = Literal["STRING", "INT64", "FLOAT64", "BOOL", "DATE", "TIMESTAMP"]


class ColumnDoc(BaseModel):
    """A column; a number says its unit, and whether rows of it may be added up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: ColumnType
    description: str
    unit: str | None = None
    is_additive: bool = Field(
        default=True, description="False for numbers that must not be summed over rows."
    )
    definition_source: str | None = Field(None, description="Where the definition comes from.")


class ViewDoc(BaseModel):
    """A view: what a row is, and which column places it in time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    description: str
    grain: str
    source: Literal["GA4", "GSC", "HubSpot", "cross"]
    sources: tuple[Literal["GA4", "GSC", "HubSpot"], ...] = Field(
        (), description="The sources beneath a view across sources; none for others."
    )
    time_column: str | None
    columns: tuple[ColumnDoc, ...]

    def column(self, name: str) -> ColumnDoc:
        """Return a column by name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@cache
def load_view_docs() -> Mapping[str, ViewDoc]:
    """Return the documentation of every view, by name."""
    folder = files("gtm.models") / "views"
    docs = [
        ViewDoc.model_validate(_read((folder / f"{name}.yml").read_text(encoding="utf-8")))
        for name in VIEWS
    ]
    return {doc.name: doc for doc in docs}


def _read(text: str) -> object:
    # The parser in C: the one in Python would take most of a start.
    return yaml.load(text, yaml.CSafeLoader)
