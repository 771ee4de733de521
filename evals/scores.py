"""Scores by set and class of question, and what has become worse since they were last kept."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evals.marking import Verdict
from evals.question_file import Question, Slots

KEPT = Path(__file__).parent / "scores.json"
# What another order of ties or a day's rounding may cost.
_ROOM = 0.002

Counts = dict[str, int]


@dataclass(slots=True)
class Scores:
    """How many questions of each set and class came to which verdict."""

    sets: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, name: str, verdict: Verdict) -> None:
        """Count one question in a set."""
        self.sets[name][verdict.value] += 1

    def plain(self) -> dict[str, Counts]:
        """Return the counts as they are kept, every verdict named."""
        return {
            name: {verdict.value: counts[verdict.value] for verdict in Verdict}
            for name, counts in self.sets.items()
        }


def class_of(question: Question) -> str:
    """Return the kind of question, by the hardest thing it asks for."""
    if "answer" not in question.expected:
        return question.expected[0]
    slots = question.readings[0]
    return next(name for name, is_so in _CLASSES if is_so(slots))


_CLASSES: tuple[tuple[str, Callable[[Slots], bool]], ...] = (
    ("explain", lambda slots: slots.intent == "explain"),
    ("forecast", lambda slots: slots.intent == "forecast"),
    ("anomalies", lambda slots: slots.intent == "anomalies"),
    ("funnel", lambda slots: slots.funnel is not None),
    ("threshold", lambda slots: bool(slots.having)),
    ("comparison", lambda slots: slots.compare is not None),
    ("series", lambda slots: slots.grain is not None),
    ("ranking", lambda slots: slots.order is not None),
    ("several numbers", lambda slots: len(slots.metrics) > 1),
    ("split", lambda slots: bool(slots.dimensions)),
    ("filter", lambda slots: bool(slots.filters)),
    ("one number", lambda _slots: True),
)


def drops(now: Mapping[str, Counts], before: Mapping[str, Counts]) -> list[str]:
    """Say which sets have become worse: fewer right, or more wrongly answered."""
    found = []
    for name, kept in before.items():
        counts = now.get(name)
        if counts is None:
            found.append(f"{name} was not scored")
            continue
        for verdict, sign in ((Verdict.RIGHT, 1), (Verdict.WRONG, -1)):
            was, is_now = share(kept, verdict), share(counts, verdict)
            if sign * (was - is_now) > _ROOM:
                found.append(f"{name}: {verdict.value} {was:.1%} -> {is_now:.1%}")
    return found


def share(counts: Counts, verdict: Verdict) -> float:
    """Return the part of a set that came to a verdict; 0 of an empty one."""
    asked = sum(counts.values())
    return counts.get(verdict.value, 0) / asked if asked else 0.0


def table(scores: Mapping[str, Counts], before: Mapping[str, Counts]) -> Iterable[str]:
    """Return the table that is printed, with the change of what is right since it was kept."""
    yield _row("set", "asked", "right", "asked back", "refused", "wrong", "was")
    for name, counts in scores.items():
        shares = [f"{share(counts, verdict):.1%}" for verdict in Verdict]
        was = f"{share(before[name], Verdict.RIGHT):.1%}" if name in before else "-"
        yield _row(name, str(sum(counts.values())), *shares, was)


def _row(name: str, *cells: str) -> str:
    return f"{name:34}" + "".join(f"{cell:>12}" for cell in cells)


def kept_scores() -> dict[str, Counts]:
    """Return the scores as they were last kept."""
    if not KEPT.is_file():
        return {}
    kept: dict[str, Counts] = json.loads(KEPT.read_text(encoding="utf-8"))
    return kept


def keep(scores: Mapping[str, Counts]) -> None:
    """Write the scores down, to be committed."""
    KEPT.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
