"""A slip of the finger makes the analyst ask, hardly ever answer something else."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from evals.marking import Marker, Verdict
from evals.question_file import read_file
from evals.understanding import OPEN, mark_typos
from gtm.language.analyst import Analyst
from gtm.semantics.catalog import Catalog

_MOST_WRONG = 0.03
_STEP = 5


def test_one_typo_in_a_question_hardly_ever_leads_to_a_wrong_answer(
    analyst: Analyst, catalog: Catalog
) -> None:
    marker, found = Marker(catalog), Counter[Verdict]()
    for path in sorted(OPEN.glob("*.yml")):
        file = read_file(path)
        sample = file.model_copy(
            update={"questions": tuple(islice(file.questions, 0, None, _STEP))}
        )
        found.update(marked.verdict for marked in mark_typos(sample, analyst, marker))
    assert found.total() > 200
    assert found[Verdict.WRONG] <= _MOST_WRONG * found.total()
