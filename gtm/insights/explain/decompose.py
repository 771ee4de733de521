"""Taking a change apart: what each group of a split added to it, exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

# What floating point may cost when parts are put together again.
_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Part:
    """One group of a split, before and after; None where there was nothing to measure.

    The bases are what a rate was divided by.
    """

    name: str
    before: float | None
    after: float | None
    base_before: float = 0.0
    base_after: float = 0.0

    @property
    def change(self) -> float:
        """How much the group moved; what was not there counts as none."""
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a group added to the change of a rate: by its size among the groups, by its own rate."""

    mix: float
    rate: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.mix + self.rate


def mix_and_rate(parts: Sequence[Part]) -> list[Effect]:
    """Return what each part added to the change of a rate; all effects together are the change.

    Sizes and rates are each weighed by the mean of before and after, so that nothing is left over
    and nothing depends on which of the two is looked at first.
    """
    before, after = _shares_before(parts), _shares_after(parts)
    usual = (_overall_before(parts) + _overall_after(parts)) / 2
    return [
        _effect(part, was, now, usual) for part, was, now in zip(parts, before, after, strict=True)
    ]


def is_whole(parts: Sequence[Part], before: float | None, after: float | None) -> bool:
    """Say whether the parts of a rate, weighed by their bases, give the rate over everything."""
    pairs = ((_overall_before(parts), before), (_overall_after(parts), after))
    return all(
        whole is not None and abs(found - whole) <= _EPSILON * max(1.0, abs(whole))
        for found, whole in pairs
    )


def _effect(part: Part, was: float, now: float, usual: float) -> Effect:
    # Where a group was not there its rate is unknown: its size alone made the difference.
    before = part.before if part.before is not None else part.after
    after = part.after if part.after is not None else part.before
    if before is None or after is None:
        return Effect(0.0, 0.0)
    mix = (now - was) * ((before + after) / 2 - usual)
    return Effect(mix, (after - before) * (was + now) / 2)


def _shares_before(parts: Sequence[Part]) -> list[float]:
    return _shares([part.base_before for part in parts])


def _shares_after(parts: Sequence[Part]) -> list[float]:
    return _shares([part.base_after for part in parts])


def _overall_before(parts: Sequence[Part]) -> float:
    return _weighed(_shares_before(parts), [part.before for part in parts])


def _overall_after(parts: Sequence[Part]) -> float:
    return _weighed(_shares_after(parts), [part.after for part in parts])


def _shares(bases: Sequence[float]) -> list[float]:
    whole = math.fsum(bases)
    return [base / whole if whole > 0 else 0.0 for base in bases]


def _weighed(shares: Sequence[float], rates: Sequence[float | None]) -> float:
    return math.fsum(
        share * rate for share, rate in zip(shares, rates, strict=True) if rate is not None
    )
