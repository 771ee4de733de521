"""The short text under a chart: templates over facts, nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gtm.insights.fact import Fact, FactKind
from gtm.insights.reading import Reading
from gtm.semantics.result import ResultTable

_MAX_BULLETS = 4
_MAX_FINDINGS = 6
_REPEATED = frozenset({FactKind.ANOMALY, FactKind.DRIVERS, FactKind.MOVERS})
_MIN_SCORE = 0.15
_ROW_CAP = re.compile(r"At most [\d,]+ rows|Showing the first \d+\b")


def narrate(facts: Sequence[Fact], table: ResultTable, notes: Sequence[str] = ()) -> str:
    """Return Markdown: a headline that answers, up to four bullets, what was assumed."""
    ranked = sorted(facts, key=lambda fact: -fact.score)
    caveats = [fact.text for fact in ranked if fact.kind is FactKind.CAVEAT]
    ranked = [fact for fact in ranked if fact.kind is not FactKind.CAVEAT]
    paragraphs = [ranked[0].text if ranked else _count(table)]
    is_analysed = table.resolved is not None and table.resolved.analysis is not None
    bullets = _bullets(ranked[1:], most=_MAX_FINDINGS if is_analysed else _MAX_BULLETS)
    if bullets:
        paragraphs.append("\n".join(f"- {_without_scope(fact, table)}" for fact in bullets))
    paragraphs += caveats
    assumed = _assumptions(table, notes)
    if assumed:
        paragraphs.append(f"**Assumed:** {assumed}")
    return "\n\n".join(paragraphs)


def _bullets(facts: Sequence[Fact], *, most: int) -> list[Fact]:
    """Keep the strongest; two facts of a kind are enough, but for findings and days."""
    chosen: list[Fact] = []
    texts: set[str] = set()
    for fact in facts:
        if fact.text in texts or fact.score < _MIN_SCORE:
            continue
        is_repeat = sum(other.kind is fact.kind for other in chosen) >= 2
        if not is_repeat or fact.kind in _REPEATED:
            chosen.append(fact)
            texts.add(fact.text)
    return chosen[:most]


def _without_scope(fact: Fact, table: ResultTable) -> str:
    """Drop the period and filters: the headline has said them."""
    reading = Reading(table)
    scope, against = reading.scope, f", against {reading.comparison_text}"
    return fact.text.replace(f" {scope}", "").replace(against, "") if scope else fact.text


def without_idle_caps(notes: Sequence[str], table: ResultTable) -> tuple[str, ...]:
    """Return what was assumed about a result without the caps that cut nothing off it."""
    if Reading(table).is_limited:
        return tuple(notes)
    return tuple(note for note in notes if not is_row_cap(note))


def is_row_cap(note: str) -> bool:
    """Say whether a note speaks of rows that a cap may have cut off."""
    return _ROW_CAP.match(note) is not None


def _assumptions(table: ResultTable, notes: Sequence[str]) -> str:
    said = [*notes, *(table.resolved.assumptions if table.resolved else ())]
    needed = without_idle_caps(said, table)
    unique = dict.fromkeys(note.strip().rstrip(".") for note in needed if note.strip())
    return " ".join(f"{note}." for note in unique)


def _count(table: ResultTable) -> str:
    rows = len(table.rows)
    return f"The query returned {rows:,} {'row' if rows == 1 else 'rows'}."
