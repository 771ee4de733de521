"""Axes of numbers: round ticks around the values, and where a value lies between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_STEPS: Final = (1, 2, 2.5, 5, 10)
_INTERVALS: Final = 4


_LEAST_SPREAD = 1e-200


@dataclass(frozen=True, slots=True)
class Scale:
    """Ticks from the lowest to the highest; zero is always among what they span."""

    ticks: tuple[float, ...]

    @classmethod
    def around(cls, values: Sequence[float], *, is_whole: bool) -> Scale:
        """Return the scale that holds all values, with steps that are easy to read."""
        high, low = max((0.0, *values)), min((0.0, *values))
        # Smaller than this the steps between the ticks would round to nothing.
        if high - low < _LEAST_SPREAD:
            return cls((0.0, 1.0))
        rough = (high - low) / _INTERVALS
        magnitude = 10.0 ** math.floor(math.log10(rough))
        factor = next(step for step in _STEPS if step * magnitude >= rough * (1 - 1e-9))
        step = factor * magnitude
        if is_whole:
            step = max(1.0, math.ceil(step))
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        return cls(tuple(float(f"{at * step:.12g}") for at in range(first, last + 1)))

    def part(self, value: float) -> float:
        """Return where a value lies, from 0 at the lowest tick to 1 at the highest."""
        return (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])
