"""`gtm generate`: a sample's export files in a folder, for trials with known troubles in them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gtm.cli.text import plain
from gtm.clock import SystemClock
from gtm.demo.anomalies import load_anomalies, read_anomalies
from gtm.demo.generator import generate
from gtm.demo.workspaces import DemoWorkspace, load_workspaces
from gtm.errors import NotFoundError


def run(
    out_dir: Path,
    *,
    workspace: str,
    events: int,
    until: date | None,
    seed: int | None,
    anomalies: str,
    out: Console,
) -> None:
    """Write the files and name them, first to load first."""
    if anomalies == "list":
        out.print(_listed())
        return
    chosen, sample = read_anomalies(anomalies), _sample(workspace)
    paths = generate(
        sample,
        until=until or SystemClock().today() - timedelta(days=1),
        events=events,
        seed=sample.seed if seed is None else seed,
        directory=out_dir,
        anomalies=chosen,
    )
    for path in paths:
        out.print(Text(plain(str(path))), soft_wrap=True)


def _sample(slug: str) -> DemoWorkspace:
    known = load_workspaces()
    if slug not in known:
        raise NotFoundError(
            f"There is no sample workspace {slug!r}.",
            hint=f"Use one of: {', '.join(known)}.",
            nearest=list(known),
        )
    return known[slug]


def _listed() -> Table:
    table = Table("Anomaly", "Source", "Default", "What it is", box=None, padding=(0, 2, 0, 0))
    for doc in load_anomalies().values():
        table.add_row(doc.name, doc.source, "yes" if doc.is_default else "", doc.description)
    return table
