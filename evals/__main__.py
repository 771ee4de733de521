"""Score the answers: `make evals`. Prints a table beside the last kept scores; fails on a drop.

`--fast` leaves out what needs a running installation; `--keep` writes the scores down.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import anyio

from evals.agreement import WORKSPACE, agree
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
    problems = drops(scores, before)
    if not options.fast:
        problems += doors(analyst)
        problems += [] if adk_eval() == 0 else ["adk eval failed"]
    if options.keep:
        keep(scores)
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
    if stem in {"hostile", "conversations"}:
        scores.add(f"{name} · {stem}", marked.verdict)
        return
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


def doors(analyst: Analyst) -> list[str]:
    """Ask every question over HTTP and MCP; return what was not the same, or not sound."""
    counts, problems = anyio.run(agree, [path for name in SETS for path in files(name)], analyst)
    kinds = ", ".join(f"{kind} {count}" for kind, count in counts.most_common())
    print(f"over HTTP and MCP: {kinds}")
    return _shown(problems)


def _shown(problems: Iterable[str]) -> list[str]:
    return list(problems)[:40]


def adk_eval() -> int:
    """Run ADK's own evaluation over a seeded installation."""
    environment = {**os.environ, "GTM_DEV_TENANT": WORKSPACE}
    scripts = Path(sys.executable).parent
    with tempfile.TemporaryDirectory(prefix="gtm-evals-") as folder:
        environment["GTM_DATA_DIR"] = folder
        subprocess.run(
            [scripts / "gtm", "demo", "--no-serve"], cwd=HERE.parent, env=environment, check=True
        )
        sets = sorted(map(str, HERE.glob("*.evalset.json")))
        command = [str(scripts / "adk"), "eval", "agents/orchestrator", *sets]
        command += ["--config_file_path", str(HERE / "config.json")]
        return subprocess.run(command, cwd=HERE.parent, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
