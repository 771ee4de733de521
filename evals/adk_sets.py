"""ADK's evaluation sets, made from the question files: `python -m evals.adk_sets FOLDER`.

A case names its question; `evals.metrics.right_answer` marks what came of it as everywhere else.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from google.adk.evaluation.eval_case import EvalCase, Invocation, SessionInput
from google.adk.evaluation.eval_set import EvalSet
from google.genai import types

from evals.question_file import Question, QuestionFile, questions_in, read_file

OPEN = Path(__file__).parent / "questions" / "open"
# One question of so many: each is a whole turn of the agents.
_EVERY = 10
_SESSION = SessionInput(app_name="orchestrator", user_id="evaluation", state={})


def conversation_set(paths: Sequence[Path]) -> EvalSet:
    """Return the conversations of question files as one set."""
    talks = (talk for path in paths for talk in read_file(path).conversations)
    cases = [_case(talk.turns[0].id, talk.turns) for talk in talks]
    return EvalSet(eval_set_id="conversations", name="Conversations", eval_cases=cases)


def question_set(paths: Sequence[Path], *, every: int = _EVERY) -> EvalSet:
    """Return some of the single questions of question files as one set."""
    singles = (question for path in paths for question in read_file(path).questions[::every])
    cases = [_case(question.id, [question]) for question in singles]
    return EvalSet(eval_set_id="questions", name="Questions", eval_cases=cases)


def write_sets(folder: Path, paths: Sequence[Path] | None = None) -> list[Path]:
    """Write both sets into a folder, and return the files."""
    files = sorted(OPEN.glob("*.yml")) if paths is None else paths
    written = []
    for made in (conversation_set(files), question_set(files)):
        path = folder / f"{made.eval_set_id}.evalset.json"
        path.write_text(made.model_dump_json(indent=1, exclude_none=True), encoding="utf-8")
        written.append(path)
    return written


@cache
def open_questions() -> dict[str, Question]:
    """Return every open question by its id."""
    return {question.id: question for file in _files() for question in questions_in(file)}


def _files() -> Iterator[QuestionFile]:
    return map(read_file, sorted(OPEN.glob("*.yml")))


def _case(name: str, questions: Sequence[Question]) -> EvalCase:
    asked = [
        Invocation(
            invocation_id=question.id,
            user_content=types.Content(role="user", parts=[types.Part(text=question.ask)]),
        )
        for question in questions
    ]
    return EvalCase(eval_id=name, conversation=asked, session_input=_SESSION)


def main() -> int:
    """Write the sets into the folder named."""
    parser = argparse.ArgumentParser(prog="python -m evals.adk_sets", description=__doc__)
    parser.add_argument("folder", type=Path)
    for path in write_sets(parser.parse_args().folder):
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
