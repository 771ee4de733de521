"""Views that read the clock: their rows change although no data does."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from gtm.models.plan import VIEWS

_CLOCK = re.compile(r"\bCURRENT_(DATE|TIME|DATETIME|TIMESTAMP)\b", re.IGNORECASE)


@cache
def restless_views() -> frozenset[str]:
    """Return the views whose SQL, or that of a view beneath them, asks what time it is."""
    folder = files("gtm.models") / "views"
    texts = {name: (folder / f"{name}.sql").read_text(encoding="utf-8") for name in VIEWS}
    found = {name for name, text in texts.items() if _CLOCK.search(text)}
    while True:
        above = {
            name
            for name, text in texts.items()
            if any(re.search(rf"\bviews\.{restless}\b", text) for restless in found)
        }
        if above <= found:
            return frozenset(found)
        found |= above
