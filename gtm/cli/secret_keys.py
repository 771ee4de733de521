"""`gtm secrets`: the keys that seal stored secrets are rotated, and what they seal is checked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio
import typer
from anyio import to_thread
from rich.console import Console
from rich.markup import escape

from gtm.bootstrap import open_key_source, open_state
from gtm.cli.text import plain
from gtm.secrets import examination, rotation
from gtm.secrets.examination import Examination
from gtm.secrets.key_source import KeysMissingError, KeySource
from gtm.secrets.rotation import RotationReport
from gtm.settings import Settings
from gtm.store.database import Database

T = TypeVar("T")


def check(settings: Settings, out: Console) -> bool:
    """Open every stored secret, showing none; return whether all is well."""
    keys = open_key_source(settings)
    found = anyio.run(_with_state, settings, lambda database: examination.examine(database, keys))
    _print_examination(found, keys, out)
    return found.is_sound


def rotate(settings: Settings, *, drops_lost: bool, is_sure: bool, out: Console) -> bool:
    """Rotate the keys, or finish a rotation; return whether nothing is left to do."""
    keys = open_key_source(settings)

    async def work(database: Database) -> RotationReport | None:
        if drops_lost and not await _is_agreed(database, keys, is_sure=is_sure, out=out):
            return None
        return await rotation.rotate(database, keys, drops_lost=drops_lost)

    report = anyio.run(_with_state, settings, work)
    if report is None:
        out.print("Nothing was changed.")
        return False
    _print_rotation(report, keys, out)
    return not report.unreadable and not report.kept


async def _with_state(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    state = await to_thread.run_sync(open_state, settings)
    try:
        return await work(state.database)
    finally:
        await state.close()


async def _is_agreed(database: Database, keys: KeySource, *, is_sure: bool, out: Console) -> bool:
    question = "There is no key ring, so nothing opens. Drop every stored secret, for good?"
    try:
        found = await examination.examine(database, keys)
    except KeysMissingError:
        pass
    else:
        _print_examination(found, keys, out)
        if not found.unreadable:
            return True
        question = f"Drop the {len(found.unreadable)} secrets that do not open, for good?"
    return is_sure or await to_thread.run_sync(typer.confirm, question)


def _print_examination(found: Examination, keys: KeySource, out: Console) -> None:
    out.print(f"Key ring: {escape(keys.description)}")
    out.print(f"Seals with {found.primary}; older keys: {', '.join(found.older) or 'none'}.")
    for kid, count in sorted(found.secrets_by_key.items()):
        out.print(f"  {count} secrets under {kid}")
    if not found.secrets_by_key:
        out.print("  No secret is stored.")
    if found.fault is not None:
        out.print(f"[bold red]problem[/] {found.fault}")
    for address, reason in found.unreadable.items():
        out.print(f"[bold red]problem[/] {plain(str(address))}: {reason}")
    if found.is_sound:
        out.print("Everything opens.")


def _print_rotation(report: RotationReport, keys: KeySource, out: Console) -> None:
    what = "New key" if report.has_new_key else "Finished with the key"
    out.print(f"{what} {report.primary} in {escape(keys.description)}.")
    out.print(f"Secrets wrapped anew: {report.rewrapped}.")
    for address in report.dropped:
        out.print(f"Dropped: {plain(str(address))}")
    if report.retired:
        out.print(f"Retired: {', '.join(report.retired)}.")
    if report.to_remove:
        out.print(f"Take out of {escape(keys.description)} now: {', '.join(report.to_remove)}.")
    for address in report.unreadable:
        out.print(f"[bold red]problem[/] {plain(str(address))} does not open.")
    if report.kept:
        out.print(
            f"[bold red]problem[/] Still in use, and kept: {', '.join(report.kept)}. Connect those "
            "sources again and run this once more, or drop what is lost: "
            "gtm secrets rotate --drop-lost"
        )
