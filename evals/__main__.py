"""Ask the evaluation questions through the agents: `make evals`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Seed the samples where needed, then run `adk eval` on every set; non-zero on a miss."""
    gtm = str(Path(sys.executable).with_name("gtm"))
    subprocess.run([gtm, "demo", "--no-serve"], cwd=HERE.parent, check=True)
    adk = str(Path(sys.executable).with_name("adk"))
    sets = [str(path) for path in sorted(HERE.glob("*.evalset.json"))]
    command = [
        adk,
        "eval",
        "agents/orchestrator",
        *sets,
        "--config_file_path",
        str(HERE / "config.json"),
    ]
    command += ["--print_detailed_results"] if "--details" in sys.argv else []
    environment = {**os.environ, "GTM_DEV_TENANT": "acme"}
    return subprocess.run(command, cwd=HERE.parent, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
