"""The web UI's types come from the models that the server answers with."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_schema_the_ui_reads_is_that_of_the_models() -> None:
    script = runpy.run_path(str(ROOT / "web" / "scripts" / "dump_schema.py"))
    kept = (ROOT / "web" / "schema" / "api.json").read_text(encoding="utf-8")
    assert script["render"]() == kept, (
        "web/schema/api.json is stale: run `.venv/bin/python web/scripts/dump_schema.py`"
    )
