"""ADK's own evaluation, `adk eval`, over a freshly seeded installation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from evals.adk_sets import write_sets
from evals.agreement import WORKSPACE
from evals.marking import Verdict
from evals.question_file import TODAY
from evals.scores import Counts

HERE = Path(__file__).parent
PREFIX = "adk eval · "
_SCRIPTS = Path(sys.executable).parent
_SUMMARY = re.compile(r"^(\w+):\n\s+Tests passed: (\d+)\n\s+Tests failed: (\d+)", re.M)


def agent_scores() -> dict[str, Counts]:
    """Run the committed set and those made from the question files; count the cases that pass.

    A case that does not is counted as asked back: the question files tell by themselves what was
    answered wrongly. Raises CalledProcessError where an installation can't be seeded.
    """
    with tempfile.TemporaryDirectory(prefix="gtm-evals-") as folder:
        environment = {
            **os.environ,
            "GTM_DATA_DIR": str(Path(folder) / "data"),
            "GTM_DEV_TENANT": WORKSPACE,
            "GTM_DEV_TODAY": TODAY.isoformat(),
        }
        _run([str(_SCRIPTS / "gtm"), "demo", "--no-serve"], environment)
        first = _adk([HERE / "first.evalset.json"], HERE / "config.json", environment)
        made = write_sets(Path(folder))
        return first | _adk(made, HERE / "config_of_questions.json", environment)


def _adk(sets: list[Path], config: Path, environment: dict[str, str]) -> dict[str, Counts]:
    command = [str(_SCRIPTS / "adk"), "eval", "agents/orchestrator", *map(str, sets)]
    command += ["--config_file_path", str(config), "--log_level", "ERROR"]
    said = _run(command, environment, check=False)
    return {
        PREFIX + name: _counts(int(passed), int(failed))
        for name, passed, failed in _SUMMARY.findall(said)
    }


def _counts(passed: int, failed: int) -> Counts:
    counts = dict.fromkeys((verdict.value for verdict in Verdict), 0)
    return counts | {Verdict.RIGHT.value: passed, Verdict.ASKED.value: failed}


def _run(command: list[str], environment: dict[str, str], *, check: bool = True) -> str:
    done = subprocess.run(
        command, cwd=HERE.parent, env=environment, check=check, stdout=subprocess.PIPE, text=True
    )
    return done.stdout
