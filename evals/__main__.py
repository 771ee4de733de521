"""Score the answers: `make evals`. Prints a table beside the last kept scores; fails on a drop.

`--fast` leaves out what needs a running installation; `--keep` writes the scores down.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import anyio

from evals.adk_eval import PREFIX, agent_scores
from evals.agreement import agree
from evals.execution import compare_results
from evals.house import open_house
from evals.marking import Marker
from evals.question_file import TODAY, questions_in, read_file
from evals.scores import Counts, Scores, class_of, drops, keep, kept_scores, table
from evals.understanding import Marked, mark_file, mark_typos
from gtm.language.analyst import Analyst
from gtm.semantics.catalog import load_catalog

HERE = Path(__file__).parent
QUESTIONS = HERE / "questions"
# The exam is scored, and nothing of it is shown.
SETS = ("open", "locked")
_MOST_SHOWN = 40
# Files of later writers carry the number of their round; those of slots ask for one number in
# many words.
_ROUNDS = {
    "2": "second round",
    "3": "third round",
    "4": "fourth round",
    "5": "fifth round",
    "slots": "one number in many words",
}


def main() -> int:
    """Run the evaluation; 0 when nothing has become worse."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("--fast", action="store_true", help="score the understanding alone")
    parser.add_argument("--keep", action="store_true", help="write the scores down")
    options = parser.parse_args()
    analyst, marker = Analyst(load_catalog()), Marker(load_catalog())
    scores, before = understanding(analyst, marker), kept_scores()
    print("\n".join(table(scores, before)))
    print(latency(analyst))
    problems: list[str] = []
    if not options.fast:
        problems = doors(analyst, marker)
        agents = agent_scores()
        print("\n".join(table(agents, before)))
        scores |= agents
    is_due = {name: one for name, one in before.items() if not (options.fast and PREFIX in name)}
    problems = [*drops(scores, is_due), *problems]
    if options.keep:
        keep(before | scores)
    print("\n".join(f"WORSE  {problem}" for problem in problems) or "Nothing is worse.")
    return 1 if problems else 0


def understanding(analyst: Analyst, marker: Marker) -> dict[str, Counts]:
    """Score every set: all its questions, its hostile ones, its conversations, and each class."""
    scores = Scores()
    for name in SETS:
        for path in files(name):
            file = read_file(path)
            for marked in mark_file(file, analyst, marker):
                _count(scores, name, path.stem, marked)
            for marked in mark_typos(file, analyst, marker):
                scores.add(f"{name} · with a typo", marked.verdict)
    return dict(sorted(scores.plain().items()))


def _count(scores: Scores, name: str, stem: str, marked: Marked) -> None:
    kind, _, number = stem.rpartition("_")
    kind, written = (kind, _ROUNDS[number]) if number in _ROUNDS else (stem, "first round")
    if kind in {"hostile", "conversations"}:
        scores.add(f"{name} · {kind}", marked.verdict)
        return
    # What later writers asked is no easier for what was learned from the first.
    scores.add(f"{name} · {written}", marked.verdict)
    scores.add(name, marked.verdict)
    scores.add(f"{name} · {class_of(marked.question)}", marked.verdict)
    if "answer" not in marked.question.expected:
        scores.add(f"{name} · not to be answered", marked.verdict)


def files(name: str) -> list[Path]:
    """Return the files of a set."""
    return sorted((QUESTIONS / name).glob("*.yml"))


def latency(analyst: Analyst) -> str:
    """Return how long reading a question takes, each open one once."""
    texts = [one.ask for path in files("open") for one in questions_in(read_file(path))]
    took = []
    for text in texts:
        start = perf_counter()
        analyst.understand(text, today=TODAY)
        took.append((perf_counter() - start) * 1000)
    cuts = quantiles(took, n=100)
    return f"reading a question: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, most {max(took):.1f}"


def doors(analyst: Analyst, marker: Marker) -> list[str]:
    """Ask every question over HTTP and MCP; return what was not the same, or not sound."""
    return anyio.run(_doors, analyst, marker)


async def _doors(analyst: Analyst, marker: Marker) -> list[str]:
    paths = [path for name in SETS for path in files(name)]
    async with open_house() as house:
        counts, problems = await agree(house, paths, analyst)
        results = await compare_results(house, paths, analyst, marker)
    print(f"over HTTP and MCP: {_kinds(counts)}")
    print(f"results on two seeds: {_kinds(results)}")
    return problems[:_MOST_SHOWN]


def _kinds(counts: Counter[str]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in counts.most_common())


if __name__ == "__main__":
    sys.exit(main())
