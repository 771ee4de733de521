"""Text for a terminal: values of the data, made harmless and readable."""

from __future__ import annotations

import unicodedata

from gtm.insights.wording import number_text
from gtm.semantics.result import Format, Value


def plain(text: str) -> str:
    """Return text without control characters: a campaign name may hold a terminal's commands."""
    return "".join(
        char if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf"} else "\ufffd"
        for char in text
    )


def cell_text(value: Value, form: Format = Format.TEXT) -> str:
    """Return a cell as its column's format reads."""
    if value is None:
        return "–"  # noqa: RUF001 - a dash, as tables write an empty cell
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return plain(value)
    if form in {Format.TEXT, Format.DATE}:
        return f"{value:,}"
    return number_text(float(value), form)
