"""Ranking what may have driven a change: groups within a split, and splits by what they tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gtm.insights.explain.decompose import Effect, Part, is_whole, mix_and_rate

OTHERS = "(all others)"
UNCOVERED = "(not in this split)"
# Groups may miss a little of the whole by rounding; more than it they can only be by overlap.
_ROUNDING = 0.005
# Below this part of the whole a split says nothing of the whole.
_MIN_COVER = 0.5
# Below this part of all movement the net change is what is left of ups and downs, and shares of it
# run into hundreds of percent.
_MIN_NET_PART = 0.2
_TELLING = 3


class Method(StrEnum):
    """How a split is read."""

    PARTS = "parts"
    MIX_AND_RATE = "mix_and_rate"
    RANK = "rank"


@dataclass(frozen=True, slots=True)
class Whole:
    """A metric over everything, before and after; `is_count` where chance has its say."""

    before: float
    after: float
    is_count: bool

    @property
    def net(self) -> float:
        """The change that is to be explained."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Driver:
    """One group and what it added: nothing is said of that where groups overlap."""

    part: Part
    effect: Effect | None = None
    share: float | None = None

    @property
    def weight(self) -> float:
        """By what it is ranked: what it added, or else how far it moved."""
        return abs(self.effect.total if self.effect is not None else self.part.change)


@dataclass(frozen=True, slots=True)
class Split:
    """A change seen by one dimension: groups, the strongest first, and how much they tell.

    `count` is that of all groups, also of those that go together.
    """

    name: str
    label: str
    method: Method
    drivers: tuple[Driver, ...]
    power: float
    count: int


def split_of(
    name: str, label: str, parts: Sequence[Part], whole: Whole, method: Method, *, most: int
) -> Split | None:
    """Return a change as one dimension shows it; None where that says nothing of the whole."""
    if method is Method.PARTS:
        method = _method_of_sum(parts, whole)
        if method is Method.PARTS:
            covered = _covered(parts, whole)
            if covered is None:
                return None
            parts = covered
    if method is Method.MIX_AND_RATE and not is_whole(parts, whole.before, whole.after):
        method = Method.RANK
    drivers = _shared(_drivers(parts, method), whole.net)
    power = _power(drivers, whole)
    ranked = sorted(drivers, key=lambda driver: -driver.weight)
    count = sum(driver.part.name != UNCOVERED for driver in drivers)
    return Split(name, label, method, tuple(_within(ranked, method, most)), power, count)


def _method_of_sum(parts: Sequence[Part], whole: Whole) -> Method:
    """Return how groups of what adds up are read: overlapping ones are only ranked."""
    before = math.fsum(part.before or 0.0 for part in parts)
    after = math.fsum(part.after or 0.0 for part in parts)
    overlaps = before > whole.before * (1 + _ROUNDING) or after > whole.after * (1 + _ROUNDING)
    return Method.RANK if overlaps else Method.PARTS


def _covered(parts: Sequence[Part], whole: Whole) -> Sequence[Part] | None:
    """Add what the groups leave out of the whole, as a group of its own."""
    before = whole.before - math.fsum(part.before or 0.0 for part in parts)
    after = whole.after - math.fsum(part.after or 0.0 for part in parts)
    largest = max(whole.before, whole.after)
    if max(before, after) > (1 - _MIN_COVER) * largest:
        return None
    if max(abs(before), abs(after)) <= 1e-9 * largest:
        return parts
    return [*parts, Part(UNCOVERED, before, after)]


def _drivers(parts: Sequence[Part], method: Method) -> list[Driver]:
    if method is Method.MIX_AND_RATE:
        return [Driver(p, e) for p, e in zip(parts, mix_and_rate(parts), strict=True)]
    if method is Method.PARTS:
        return [Driver(part, Effect(0, part.change)) for part in parts]
    return [Driver(part) for part in parts]


def _shared(drivers: Sequence[Driver], net: float) -> list[Driver]:
    """Add each group's share of the net change, where there is enough of that to share."""
    added = [driver.effect.total for driver in drivers if driver.effect is not None]
    gross = math.fsum(abs(amount) for amount in added)
    if not added or net == 0 or abs(net) < _MIN_NET_PART * gross:
        return list(drivers)
    return [
        Driver(d.part, d.effect, d.effect.total / net if d.effect is not None else None)
        for d in drivers
    ]


def _power(drivers: Sequence[Driver], whole: Whole) -> float:
    """Return how far the strongest groups differ from all having moved alike, as part of the net.

    Half of everything always falls most in the largest group; that alone says nothing about it.
    """
    named = [driver for driver in drivers if driver.part.name != UNCOVERED]
    excess = sorted((_excess(driver, drivers, whole) for driver in named), reverse=True)
    return math.fsum(excess[:_TELLING]) / abs(whole.net) if whole.net else math.fsum(excess)


def _excess(driver: Driver, drivers: Sequence[Driver], whole: Whole) -> float:
    part = driver.part
    if driver.effect is not None and part.base_before + part.base_after > 0:
        bases = math.fsum(d.part.base_before + d.part.base_after for d in drivers)
        size = (part.base_before + part.base_after) / bases
        return abs(driver.effect.total - size * whole.net)
    alike = (part.before or 0.0) * whole.net / whole.before if whole.before > 0 else 0.0
    chance = math.sqrt((part.before or 0.0) + (part.after or 0.0)) if whole.is_count else 0.0
    return max(0.0, abs(part.change - alike) - chance)


def _within(ranked: Sequence[Driver], method: Method, most: int) -> list[Driver]:
    """Keep the strongest; the rest goes together where it adds up, and is left out otherwise."""
    if len(ranked) <= most + 1 or method is Method.RANK:
        return list(ranked[: most + 1])
    kept, rest = list(ranked[:most]), ranked[most:]
    effects = [driver.effect for driver in rest if driver.effect is not None]
    shares = [driver.share for driver in rest if driver.share is not None]
    is_sum = method is Method.PARTS
    part = Part(
        OTHERS,
        sum(driver.part.before or 0 for driver in rest) if is_sum else None,
        sum(driver.part.after or 0 for driver in rest) if is_sum else None,
        sum(driver.part.base_before for driver in rest),
        sum(driver.part.base_after for driver in rest),
    )
    effect = Effect(sum(effect.mix for effect in effects), sum(effect.rate for effect in effects))
    return [*kept, Driver(part, effect, math.fsum(shares) if shares else None)]
