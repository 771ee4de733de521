"""Weights as places on the line from 0 to 1, to be hit by a uniform draw."""

from __future__ import annotations

from collections.abc import Sequence


def shares(weights: Sequence[float]) -> list[tuple[float, float]]:
    """Return where each weight's stretch starts and how long it is."""
    total = sum(weights)
    found, start = [], 0.0
    for weight in weights:
        found.append((start, weight / total))
        start += weight / total
    return found
