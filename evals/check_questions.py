"""Check files of questions: `python -m evals.check_questions FILE…`; non-zero when one is wrong."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from pydantic import ValidationError

from evals.question_file import TODAY, Question, questions_in, read_file
from gtm.errors import GtmError
from gtm.semantics.catalog import load_catalog
from gtm.semantics.compiler import Compiler


def problems_of(path: Path) -> list[str]:
    """Return what is wrong with a file, each with the question it is about."""
    try:
        file = read_file(path)
    except (ValidationError, ValueError) as error:
        return [f"{path.name}: {error}"]
    compiler = Compiler(load_catalog())
    return [
        f"{path.name}: {question.id or question.ask!r}: {problem}"
        for question in questions_in(file)
        for problem in _misreadings(question, compiler)
    ]


def _misreadings(question: Question, compiler: Compiler) -> list[str]:
    found = []
    for slots in question.readings:
        if slots.intent == "forecast":
            continue
        try:
            compiler.compile(slots.query(), TODAY)
        except GtmError as error:
            found.append(f"{error} {error.hint or ''}")
    return found


def main() -> int:
    """Print what is wrong with the files named, and how many questions of each kind they hold."""
    paths = [Path(name) for name in sys.argv[1:]]
    problems = [problem for path in paths for problem in problems_of(path)]
    print("\n".join(problems))
    if not problems:
        asked = [question for path in paths for question in questions_in(read_file(path))]
        print(len(asked), dict(Counter(question.expected[0] for question in asked)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
