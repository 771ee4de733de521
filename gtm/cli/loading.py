"""`gtm load`: files into a workspace, directly or through the server that holds its warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import anyio
from rich.console import Console
from rich.text import Text

from gtm.bootstrap import Services, build_services
from gtm.cli import client as http
from gtm.cli.text import plain
from gtm.connectors.files import SourceName
from gtm.context import Role, TenantContext, UserId
from gtm.errors import InvalidInputError, NotFoundError, WarehouseBusyError
from gtm.models.landing.hubspot import HUBSPOT_TABLES
from gtm.settings import Settings

_DAYS_SHOWN = 10
_RECORDS = {table.name for table in HUBSPOT_TABLES}
_LOCAL_USER = UserId("cli")


@dataclass(frozen=True, slots=True)
class Files:
    """What to load, and what the caller says about it."""

    paths: Sequence[Path]
    source: SourceName | None
    object_name: str | None


def load(
    settings: Settings, files: Files, *, workspace: str, token: str | None, out: Console
) -> None:
    """Load each file and say what it held; the first that is refused stops the rest."""
    for path in files.paths:
        if not path.is_file():
            raise InvalidInputError(f"There is no file {str(path)!r}.", hint="Check the path.")
    base_url = settings.api_base_url.rstrip("/")
    if token is not None or http.is_running(base_url):
        _upload(base_url, files, workspace=workspace, token=token, out=out)
        return
    anyio.run(_load_directly, settings, files, workspace, out)


async def _load_directly(settings: Settings, files: Files, slug: str, out: Console) -> None:
    services = build_services(settings)
    try:
        tenant = await _tenant(services, slug)
        for path in files.paths:
            with out.status(f"Loading {path.name} …"):
                report = await services.loads.load(
                    tenant,
                    path,
                    source=files.source,
                    object_name=files.object_name,
                )
            _say(out, path, asdict(report))
    except WarehouseBusyError as error:
        raise WarehouseBusyError(
            error.message,
            hint="A server holds it: set API_BASE_URL to its address, or stop it.",
        ) from error
    finally:
        await services.close()


def _upload(
    base_url: str, files: Files, *, workspace: str, token: str | None, out: Console
) -> None:
    with http.Client(base_url) as client:
        client.sign_in(workspace, token)
        for path in files.paths:
            with out.status(f"Sending {path.name} …"):
                report = client.upload(path, files.source, object_name=files.object_name)
            _say(out, path, report)


async def _tenant(services: Services, slug: str) -> TenantContext:
    known = await services.workspaces.workspaces()
    for workspace in known:
        if workspace.slug == slug:
            # Whoever can read the data folder owns it; no sign-in could add to that.
            return replace(workspace.context(_LOCAL_USER, Role.OWNER), door="cli")
    raise NotFoundError(
        f"There is no workspace {slug!r}.",
        hint="Run `gtm demo --no-serve` to create the sample workspaces.",
        nearest=[workspace.slug for workspace in known],
    )


def _say(out: Console, path: Path, report: Mapping[str, Any]) -> None:
    parts, rows = report["parts"], report["rows_loaded"]
    if any(name in _RECORDS for name in parts):
        where = "".join(f", {count:,} in {name}" for name, count in parts.items())
    else:
        days = f"{len(parts)} {'day' if len(parts) == 1 else 'days'}"
        where = f" over {days}, {report['first_day']} to {report['last_day']}"
    what = f"{rows:,} {'row' if rows == 1 else 'rows'} of {report['source']}"
    text = f"{path.name}: {what}{where}"
    out.print(Text(plain(text)))
    for line in _remarks(report):
        out.print(Text(f"  {plain(line)}", style="yellow"))


def _remarks(report: Mapping[str, Any]) -> Iterator[str]:
    for rejection in report["rejections"]:
        yield f"{rejection['rows']:,} not loaded: {rejection['reason']}"
    missing = [str(day) for day in report["missing_days"]]
    if missing:
        more = f" and {len(missing) - _DAYS_SHOWN} more" if len(missing) > _DAYS_SHOWN else ""
        yield f"Days without data: {', '.join(missing[:_DAYS_SHOWN])}{more}"
    for outlier in report["outliers"]:
        yield (
            f"{outlier['date']} has {outlier['rows']:,} rows, "
            f"where {outlier['typical_rows']:,} are usual"
        )
    yield from report["warnings"]
