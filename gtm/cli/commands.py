"""The commands: demo, serve, ask, load, feedback, migrate, backup, restore, provision, doctor, …"""

from __future__ import annotations

import sys
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from gtm.cli.supervised import Parent
from gtm.errors import ConfigurationError, GtmError
from gtm.settings import Settings

REFUSED = 2
_out = Console()
_err = Console(stderr=True)

app = typer.Typer(
    name="gtm",
    help="Ask your GA4 and Search Console data; get a number you can trust, a chart and a receipt.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

HostOption = Annotated[str | None, typer.Option(help="Address to bind.")]
PortOption = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to bind.")]
WorkspaceOption = Annotated[str | None, typer.Option("--workspace", "-w", help="Short name.")]


def main(parent: Parent | None = None) -> None:
    """Run the command line; a refusal is shown in words, with exit code 2.

    What serves is told of the `parent` that watches over it.
    """
    try:
        app(standalone_mode=True, obj=parent)
    except GtmError as error:
        show_error(error)
    except ValidationError as error:
        show_error(_settings_error(error))


def show_error(error: GtmError) -> NoReturn:
    """Print what went wrong and the next step, and leave."""
    _err.print(Text("Error: ", style="bold red") + Text(error.message))
    if error.nearest:
        _err.print(Text(f"Did you mean: {', '.join(error.nearest)}"))
    if error.hint:
        _err.print(Text(error.hint, style="dim"))
    sys.exit(REFUSED)


@app.command()
def demo(
    context: typer.Context,
    host: HostOption = None,
    port: PortOption = None,
    events: Annotated[int | None, typer.Option(min=1000, help="GA4 events a workspace.")] = None,
    serve: Annotated[bool, typer.Option(help="Serve after seeding.")] = True,
) -> None:
    """Seed two sample workspaces, serve them and print how to get in."""
    # Each command imports what it needs: `gtm --help` must not wait for an engine.
    from gtm.cli import demo as demo_command

    demo_command.run(
        _settings(),
        host=host,
        port=port,
        events=events,
        is_serving=serve,
        parent=context.find_object(Parent),
        out=_out,
    )


@app.command()
def serve(context: typer.Context, host: HostOption = None, port: PortOption = None) -> None:
    """Serve the API, the MCP server and the web UI; started again when the server dies."""
    from gtm.cli import serving

    settings = serving.at_address(_settings(), host=host, port=port)
    parent = context.find_object(Parent)
    listener = serving.listen(settings, parent)
    told = f"Ready on {settings.api_base_url}"
    serving.serve(settings, listener, lambda: _out.print(told), parent=parent)


@app.command()
def ask(
    question: str,
    workspace: WorkspaceOption = None,
    token: Annotated[
        str | None, typer.Option(envvar="GTM_TOKEN", help="Access token to ask with.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    receipt: Annotated[bool, typer.Option("--receipt", help="Show the receipt.")] = False,
    follow_up: Annotated[
        bool, typer.Option("--continue", "-c", help="Go on with the last conversation.")
    ] = False,
) -> None:
    """Ask a question in plain language."""
    from gtm.cli import asking

    asked = asking.Question(
        text=question,
        workspace=workspace,
        token=token,
        is_follow_up=follow_up,
        is_json=as_json,
        shows_receipt=receipt,
    )
    asking.ask(_settings(), asked, _out)


@app.command()
def load(
    files: Annotated[list[Path], typer.Argument(help="NDJSON, JSON, CSV or Parquet files.")],
    workspace: Annotated[str, typer.Option("--workspace", "-w", help="Short name.")],
    source: Annotated[
        Literal["ga4", "gsc", "hubspot"] | None,
        typer.Option(help="Told from the file by default."),
    ] = None,
    object_name: Annotated[
        str | None,
        typer.Option(
            "--object", help="What a HubSpot file holds: deals, owners, deals_to_contacts, …"
        ),
    ] = None,
    token: Annotated[
        str | None, typer.Option(envvar="GTM_TOKEN", help="Access token for a running server.")
    ] = None,
) -> None:
    """Load files of GA4, Search Console or HubSpot into a workspace; each wholly or not at all."""
    from gtm.cli import loading

    what = loading.Files(files, source, object_name)
    loading.load(_settings(), what, workspace=workspace, token=token, out=_out)


@app.command()
def feedback(
    workspace: Annotated[str, typer.Option("--workspace", "-w", help="Short name.")],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day, in UTC.")
    ] = None,
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help="How to print it.")
    ] = "table",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 100,
    token: Annotated[
        str | None, typer.Option(envvar="GTM_TOKEN", help="Access token for a running server.")
    ] = None,
) -> None:
    """Show what people think of the answers they got in a workspace, the latest first."""
    from gtm.cli import feedback as command

    wanted = command.Wanted(workspace, since and since.date(), limit)
    command.show(_settings(), wanted, form=form, token=token, out=_out)


@app.command(hidden=True)
def reference(directory: Path) -> None:
    """Write the reference pages of views, metrics and tables."""
    from gtm.semantics.reference import render_reference

    directory.mkdir(parents=True, exist_ok=True)
    for name, text in render_reference().items():
        (directory / name).write_text(text, encoding="utf-8")


@app.command(hidden=True)
def generate(
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder for the files.")] = Path(),
    workspace: WorkspaceOption = "acme",
    events: Annotated[int, typer.Option(min=1000, help="About so many GA4 events.")] = 100_000,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; yesterday by default.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The sample's own by default.")] = None,
    anomalies: Annotated[
        str, typer.Option(help="all, none, default or names with commas; list tells them.")
    ] = "default",
) -> None:
    """Write a sample workspace's export files, with the anomalies asked for."""
    from gtm.cli import generating

    generating.run(
        out,
        workspace=workspace or "acme",
        events=events,
        until=until and until.date(),
        seed=seed,
        anomalies=anomalies,
        out=_out,
    )


@app.command()
def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 when something is missing.")
    ] = False,
) -> None:
    """Bring the state database's schema up to date."""
    from gtm.cli import migrating

    if not migrating.run(_settings(), is_check=check, out=_out):
        raise typer.Exit(1)


@app.command()
def provision(
    workspace: WorkspaceOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the bindings and statements; change nothing.")
    ] = False,
    app_identity: Annotated[
        str | None,
        typer.Option(help="IAM member the server runs as, such as serviceAccount:app@…"),
    ] = None,
) -> None:
    """Make what workspaces need on BigQuery, or print it with its IAM bindings."""
    from gtm.cli import provision as command

    command.provision(_settings(), workspace=workspace, app=app_identity, is_dry=dry_run, out=_out)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file; it gets the data, the keys and all.")],
) -> None:
    """Save everything of an embedded installation to a file; a server may be running."""
    from gtm.cli import backup as command

    command.run(_settings(), file, _out)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `gtm backup` wrote.")],
    check: Annotated[
        bool, typer.Option("--check", help="Look at every byte, and change nothing.")
    ] = False,
    fingerprint: Annotated[
        str | None, typer.Option(help="Refuse any other backup than the one that told this.")
    ] = None,
) -> None:
    """Restore a backup into the data folder, which has to be new or empty."""
    from gtm.cli import restore as command

    command.run(_settings(), file, is_check=check, fingerprint=fingerprint, out=_out)


secrets = typer.Typer(help="The keys that seal the stored tokens of sources.", no_args_is_help=True)
app.add_typer(secrets, name="secrets")


@secrets.command()
def rotate(
    drop_lost: Annotated[
        bool, typer.Option("--drop-lost", help="Take out the secrets that nothing opens any more.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing before dropping.")] = False,
) -> None:
    """Make a new key, wrap every secret with it and retire the others; or finish doing so."""
    from gtm.cli import secret_keys

    if not secret_keys.rotate(_settings(), drops_lost=drop_lost, is_sure=yes, out=_out):
        raise typer.Exit(1)


@secrets.command("check")
def check_secrets() -> None:
    """Open every stored secret, showing none; exit with 1 when one does not open."""
    from gtm.cli import secret_keys

    if not secret_keys.check(_settings(), _out):
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Say which adapters are active, what is missing, and what is wrong."""
    from gtm.cli import doctor as doctor_command

    if not doctor_command.report(_settings(), _out):
        raise typer.Exit(1)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        _out.print(version("gtm-dashboard"))
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Ask your GA4 and Search Console data."""


def _settings() -> Settings:
    return Settings()


def _settings_error(error: ValidationError) -> GtmError:
    first = error.errors(include_input=False, include_url=False)[0]
    name = "_".join(str(part) for part in first["loc"]).upper()
    return ConfigurationError(
        f"{name or 'A setting'}: {first['msg']}.", hint="Settings are described in .env.example."
    )
