"""What backs the numbers of a text: the results of its turn, and nothing a model remembers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agents.tool_results import draft_text
from agents.turn_record import CapturedResult
from gtm.insights.facts import find_facts
from gtm.insights.grounding import bare, numbers_in, ungrounded_numbers


def not_verified(
    text: str, results: Sequence[CapturedResult], *, asked: Iterable[str], told: Iterable[str]
) -> str:
    """Return a sentence that names the numbers nothing backs; empty when there are none.

    A model may speak of several results in one text: one that backs a number is enough. It may
    repeat what its tools told it; what it was asked only where it answers without any data.
    """
    known = _numbers(told)
    if not results:
        known |= _numbers(asked)
        missing = [number for number in numbers_in(text) if number not in known]
        return _warning(missing, "not backed by any data")
    found = [_missing(text, result) for result in results]
    missing = [number for number in found[0] if all(number in other for other in found[1:])]
    return _warning(
        [number for number in missing if bare(number) not in known], "not in the result"
    )


def _numbers(texts: Iterable[str]) -> set[str]:
    return {number for text in texts for number in numbers_in(text)}


def _warning(numbers: Sequence[str], why: str) -> str:
    if not numbers:
        return ""
    unique = list(dict.fromkeys(numbers))
    verb = "is" if len(unique) == 1 else "are"
    return f"\n\n**Not verified:** {', '.join(unique)} {verb} {why}."


def _missing(text: str, result: CapturedResult) -> list[str]:
    table, preview = result.preview.table(), result.preview
    said = (*preview.facts, draft_text(preview), *result.receipt.assumptions)
    # What the server found in rows that are not here is backed by them.
    known = _numbers(said)
    return [n for n in ungrounded_numbers(text, table, find_facts(table)) if bare(n) not in known]
