"""`gtm doctor`: which adapter serves each port, what hosted running lacks, what is wrong."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gtm.settings import Settings

Verdict = Literal["ok", "note", "problem"]
_MARKS: dict[Verdict, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "note": ("note", "yellow"),
    "problem": ("problem", "bold red"),
}
_PACKAGES = ("google-adk", "fastmcp", "duckdb", "sqlglot", "starlette", "pydantic")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    name: str
    verdict: Verdict
    text: str


def report(settings: Settings, out: Console) -> bool:
    """Print the findings; return whether everything needed is there."""
    findings = list(examine(settings))
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for finding in findings:
        mark, style = _MARKS[finding.verdict]
        table.add_row(Text(mark, style=style), finding.name, Text(finding.text))
    out.print(table)
    return all(finding.verdict != "problem" for finding in findings)


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything; nothing is changed and nothing outside is called."""
    yield Finding(
        "version", "ok", f"{version('gtm-dashboard')}, Python {platform.python_version()}"
    )
    yield Finding("packages", "ok", ", ".join(f"{name} {version(name)}" for name in _PACKAGES))
    yield Finding("SQLite", "ok", sqlite3.sqlite_version)
    yield from _adapters(settings)
    yield _data_dir(settings.gtm_data_dir)
    yield _web(settings.gtm_web_dir)
    yield _port(settings)
    yield _browser()


def _adapters(settings: Settings) -> Iterator[Finding]:
    yield Finding("environment", "ok", settings.gtm_env)
    yield _warehouse(settings)
    if settings.is_auth_embedded:
        hint = "hosted: set SUPABASE_URL and SUPABASE_ANON_KEY"
        yield Finding("sign-in", "note", f"embedded stand-in for this machine only ({hint})")
    else:
        yield Finding("sign-in", "ok", f"Supabase at {settings.supabase_url}")
    yield _invitations(settings)
    yield _model(settings)
    yield _state(settings)
    yield _secrets(settings)


def _invitations(settings: Settings) -> Finding:
    if settings.is_auth_embedded:
        return Finding("invitations", "note", "mailed into the stand-in's outbox, not sent")
    if settings.supabase_service_key is None:
        hint = "by mail: set SUPABASE_SERVICE_KEY"
        return Finding("invitations", "note", f"links to be copied ({hint})")
    return Finding("invitations", "ok", "mailed by Supabase")


def _state(settings: Settings) -> Finding:
    if settings.database_url is not None:
        host = urlsplit(settings.database_url.get_secret_value()).hostname
        return Finding("state", "ok", f"PostgreSQL at {host}")
    folder = settings.gtm_data_dir / "postgres"
    if settings.gtm_env == "production":
        hint = "one server only; hosted: set DATABASE_URL and DATABASE_WORKER_URL"
        return Finding("state", "note", f"embedded PostgreSQL in {folder} ({hint})")
    return Finding("state", "ok", f"embedded PostgreSQL in {folder}")


def _secrets(settings: Settings) -> Finding:
    if settings.gtm_secret_keys is not None:
        return Finding("secrets", "ok", "sealed with keys of GTM_SECRET_KEYS")
    if settings.gtm_secret_manager is not None:
        return Finding("secrets", "ok", f"sealed with keys of {settings.gtm_secret_manager}")
    file = settings.gtm_data_dir / "keys" / "secrets.json"
    if settings.gtm_env == "production" and settings.database_url is not None:
        hint = "a hosted database needs GTM_SECRET_KEYS or GTM_SECRET_MANAGER"
        return Finding("secrets", "problem", f"keys of this machine alone, in {file} ({hint})")
    return Finding("secrets", "ok", f"sealed with keys in {file}; `gtm secrets check` opens all")


def _warehouse(settings: Settings) -> Finding:
    project = f"project {settings.google_cloud_project}"
    if settings.gtm_warehouse == "bigquery":
        project = f"BigQuery, {project} in {settings.bigquery_dataset_location}"
        if settings.bigquery_api_endpoint:
            place = f"stand-in at {settings.bigquery_api_endpoint}, for this machine only"
            return Finding("warehouse", "note", f"{project} ({place})")
        account = settings.bigquery_service_account
        hint = f"impersonates {account}; `gtm provision --dry-run` prints what each workspace needs"
        return Finding("warehouse", "ok", f"{project} ({hint})")
    if settings.gtm_env == "production":
        hint = "one server only; hosted: set GTM_WAREHOUSE=bigquery and GOOGLE_CLOUD_PROJECT"
        return Finding("warehouse", "note", f"embedded DuckDB, {project} ({hint})")
    return Finding("warehouse", "ok", f"embedded DuckDB, {project}")


def _model(settings: Settings) -> Finding:
    name = settings.google_ai_model
    if name.startswith("local/"):
        hint = "a language model: set GOOGLE_AI_MODEL and its key"
        return Finding("model", "note", f"{name}, rule-based and offline ({hint})")
    if name.startswith("openai/"):
        return Finding("model", "ok", f"{name} at {settings.openai_base_url}")
    road = "Vertex AI" if settings.google_genai_use_vertexai else "an API key"
    return Finding("model", "ok", f"{name} through {road}")


def _data_dir(path: Path) -> Finding:
    # The folder itself may not exist yet; then its nearest parent decides.
    existing = next(
        folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists()
    )
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Finding("data", "problem", f"{path} is not writable; set GTM_DATA_DIR")
    free_gb = shutil.disk_usage(existing).free / 1024**3
    if free_gb < 1:
        return Finding("data", "problem", f"{path}: only {free_gb:.1f} GB free, 1 GB is needed")
    return Finding("data", "ok", f"{path}, {free_gb:,.0f} GB free")


def _web(path: Path) -> Finding:
    if (path / "index.html").is_file():
        return Finding("web UI", "ok", f"built in {path}")
    return Finding("web UI", "note", "not built; run: make web")


def _port(settings: Settings) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in settings.gtm_host else socket.AF_INET) as probe:
        probe.settimeout(1)
        try:
            is_taken = probe.connect_ex((settings.gtm_host, settings.gtm_port)) == 0
        except OSError as error:
            return Finding("port", "problem", f"GTM_HOST={settings.gtm_host}: {error.strerror}")
    where = f"{settings.gtm_host}:{settings.gtm_port}"
    text = f"{where} is in use, perhaps by this product" if is_taken else f"{where} is free"
    return Finding("port", "note" if is_taken else "ok", text)


def _browser() -> Finding:
    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if found:
        return Finding("browser", "ok", f"{found} (for the browser tests)")
    return Finding("browser", "note", "no Chromium; only the browser tests need it")
