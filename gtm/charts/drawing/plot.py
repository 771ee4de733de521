"""What a drawn part of a picture is: its elements and how high they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plot:
    """Elements from the origin downwards; `height` in pixels."""

    elements: tuple[str, ...]
    height: float
