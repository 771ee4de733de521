"""Score the offline analyst on files of questions: `python -m evals.understanding [files]`."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from evals.marking import Came, Marker, Verdict
from evals.question_file import TODAY, Question, QuestionFile, read_file
from evals.typos import with_typo
from gtm.analytics.values import ValueIndex
from gtm.language.analyst import Analyst
from gtm.language.outcome import About, Answer, Clarify, Outcome
from gtm.semantics.catalog import load_catalog
from gtm.semantics.query import MetricQuery

HERE = Path(__file__).parent
OPEN = HERE / "questions" / "open"


@dataclass(frozen=True, slots=True)
class Marked:
    """One question, what came of it and how right that is."""

    question: Question
    outcome: Outcome
    verdict: Verdict


@cache
def sample_values() -> ValueIndex:
    """Return the names in the sample workspace's data."""
    return ValueIndex(json.loads((HERE / "sample_values.json").read_text(encoding="utf-8")))


def ask(
    analyst: Analyst,
    text: str,
    previous: MetricQuery | None = None,
    asked_back: Clarify | About | None = None,
) -> Outcome:
    """Ask as the agents do: unknown words are looked up once among the workspace's names."""
    understand = partial(
        analyst.understand, text, today=TODAY, previous=previous, asked_back=asked_back
    )
    outcome = understand()
    if isinstance(outcome, Clarify) and outcome.unknown:
        return understand(values=sample_values().find(outcome.terms))
    return outcome


def came(outcome: Outcome) -> Came:
    """Return an outcome as it is marked."""
    if isinstance(outcome, Answer):
        return Came("answer", outcome.intent, outcome.query)
    return Came(outcome.kind)


def mark_file(file: QuestionFile, analyst: Analyst, marker: Marker) -> Iterator[Marked]:
    """Ask every question of a file, conversations in their order."""
    for question in file.questions:
        outcome = ask(analyst, question.ask)
        yield Marked(question, outcome, marker.verdict(question, came(outcome)))
    for conversation in file.conversations:
        previous: MetricQuery | None = None
        reply: Clarify | About | None = None
        for turn in conversation.turns:
            outcome = ask(analyst, turn.ask, previous, reply)
            reply = outcome if isinstance(outcome, Clarify | About) else None
            verdict = marker.verdict(turn, came(outcome))
            yield Marked(turn, outcome, verdict)
            previous = _next(turn, outcome, verdict) or previous


def mark_typos(file: QuestionFile, analyst: Analyst, marker: Marker) -> Iterator[Marked]:
    """Ask every question of a file with one slip of the finger."""
    for question in file.questions:
        text = with_typo(question.ask)
        if text is not None:
            outcome = ask(analyst, text)
            asked = question.model_copy(update={"ask": text})
            yield Marked(asked, outcome, marker.verdict(question, came(outcome)))


def _next(turn: Question, outcome: Outcome, verdict: Verdict) -> MetricQuery | None:
    """Return what the next turn leans on: after a miss what was meant, so that it counts once."""
    if verdict is Verdict.RIGHT:
        return outcome.query if isinstance(outcome, Answer) else None
    return turn.readings[0].query() if turn.readings else None


def main() -> int:
    """Print the scores of files, and with --misses what was not right."""
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--misses", nargs="?", const="all", help="all, or one of the verdicts")
    parser.add_argument("--typos", action="store_true", help="with one slip in each question")
    options = parser.parse_args()
    paths = options.paths or sorted(OPEN.glob("*.yml"))
    catalog = load_catalog()
    analyst, marker = Analyst(catalog), Marker(catalog)
    total: Counter[Verdict] = Counter()
    for path in paths:
        mark = mark_typos if options.typos else mark_file
        marked = list(mark(read_file(path), analyst, marker))
        counts = Counter(one.verdict for one in marked)
        total += counts
        print(_line(path.stem, counts))
        if options.misses:
            print("\n".join(_misses(marked, options.misses)))
    print(_line("all", total))
    return 0


def _line(name: str, counts: Counter[Verdict]) -> str:
    asked = sum(counts.values()) or 1
    shares = "  ".join(f"{kind} {counts[kind]:4} ({counts[kind] / asked:6.1%})" for kind in Verdict)
    return f"{name:24} {asked:5}  {shares}"


def _misses(marked: Iterable[Marked], wanted: str) -> Iterator[str]:
    for one in marked:
        if one.verdict is Verdict.RIGHT or wanted not in {"all", one.verdict.value}:
            continue
        question, outcome = one.question, one.outcome
        yield f"\n[{one.verdict}] {question.id} {question.ask}"
        for slots in question.readings:
            yield f"   gold  {slots.model_dump(mode='json', exclude_defaults=True)}"
        if not question.readings:
            yield f"   gold  {question.expected} {question.topic}"
        if isinstance(outcome, Answer):
            yield f"   came  {outcome.query.model_dump(mode='json', exclude_defaults=True)}"
        else:
            yield f"   came  {outcome.kind}: {outcome.message} {getattr(outcome, 'unknown', '')}"


if __name__ == "__main__":
    raise SystemExit(main())
