"""ADK's own command runs the first evaluation set over freshly seeded samples, offline."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(600)
def test_every_case_of_the_first_set_passes(tmp_path: Path) -> None:
    bin_dir = Path(sys.executable).parent
    environment = {**os.environ, "GTM_DATA_DIR": str(tmp_path), "GTM_DEV_TENANT": "acme"}
    seed = [str(bin_dir / "gtm"), "demo", "--no-serve", "--events", "20000"]
    subprocess.run(seed, cwd=ROOT, env=environment, check=True, capture_output=True)
    command = [str(bin_dir / "adk"), "eval", "agents/orchestrator", "evals/first.evalset.json"]
    command += ["--config_file_path", "evals/config.json", "--log_level", "ERROR"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    assert "Tests passed: 12\n  Tests failed: 0" in done.stdout, done.stdout[-2000:]
    assert done.returncode == 0
