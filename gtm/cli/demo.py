"""`gtm demo`: seeds the samples if needed, serves, and says how to get in."""

from __future__ import annotations

from functools import partial

import anyio
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table

from gtm.bootstrap import build_services, open_user_registry
from gtm.cli import serving
from gtm.cli.supervised import Parent
from gtm.clock import SystemClock
from gtm.demo.filling import Progress
from gtm.demo.logins import demo_logins
from gtm.demo.seed import DEFAULT_EVENTS, SeedTarget, seed_demo
from gtm.errors import ConfigurationError
from gtm.settings import Settings


def run(
    settings: Settings,
    *,
    host: str | None,
    port: int | None,
    events: int | None,
    is_serving: bool,
    parent: Parent | None,
    out: Console,
) -> None:
    """Seed, then serve until interrupted."""
    if settings.gtm_env != "demo":
        raise ConfigurationError(
            f"The demo does not run with GTM_ENV={settings.gtm_env}.",
            hint="Unset GTM_ENV, or set it to demo.",
        )
    settings = serving.at_address(settings, host=host, port=port)
    # The port comes first: nobody should wait for a seed to learn that it is taken.
    listener = serving.listen(settings, parent) if is_serving else None
    try:
        if parent is None or not parent.has_restarted:
            _seed(settings, events or DEFAULT_EVENTS, out)
            out.print("[dim]Starting …[/]" if listener else _welcome(settings))
        if listener is not None:
            welcome = partial(_greet, settings, out)
            serving.serve(_quiet(settings), listener, welcome, parent=parent)
    finally:
        if listener is not None:
            listener.close()


_NO_WEB = "The web UI is not built: run `make web`. The API and `gtm ask` work without it."


def _seed(settings: Settings, events: int, out: Console) -> None:
    with out.status("Looking at the sample workspaces …") as status:
        anyio.run(_seed_now, settings, events, lambda text: status.update(f"{text} …"))


async def _seed_now(settings: Settings, events: int, progress: Progress) -> None:
    clock = SystemClock()
    services = build_services(settings, clock=clock)
    users = open_user_registry(settings, clock)
    target = SeedTarget(
        warehouse=services.warehouse,
        workspaces=services.workspaces,
        users=users,
        marker=settings.gtm_data_dir / "demo_seed.json",
        scratch_dir=services.scratch_dir,
    )
    try:
        await seed_demo(target, events=events, today=clock.today(), progress=progress)
    finally:
        users.close()
        await services.close()


def _quiet(settings: Settings) -> Settings:
    """Return settings that log no access lines, which would push the logins off the screen."""
    if "gtm_log_level" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"gtm_log_level": "warning"})


def _greet(settings: Settings, out: Console) -> None:
    out.print(_welcome(settings))


def _welcome(settings: Settings) -> RenderableType:
    logins = Table("Workspace", "E-mail", "Password", box=None, padding=(0, 2, 0, 0))
    for login in demo_logins():
        logins.add_row(login.workspace, login.email, login.password)
    lines: list[RenderableType] = [
        f"[bold cyan]{settings.api_base_url}[/]",
        "",
        logins,
        "",
        "Try: What are my top traffic sources last 30 days?",
        "     Show conversion funnel by channel",
        f'[dim]In a terminal: gtm ask "…"   MCP: {settings.api_base_url}/mcp/bigquery[/]',
    ]
    if not (settings.gtm_web_dir / "index.html").is_file():
        lines += ["", f"[yellow]{_NO_WEB}[/]"]
    return Panel(Group(*lines), title="GTM Dashboard", expand=False, padding=(1, 2))
