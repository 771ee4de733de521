"""Why the embedded PostgreSQL does not run, in words that name the next step."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gtm.errors import GtmError


class ClusterError(GtmError):
    """The embedded PostgreSQL can't be started or reached."""

    code, status_code = "postgres_failed", 503


class ClusterBusyError(ClusterError):
    """Another process runs the cluster of this folder."""

    code, can_retry = "postgres_busy", True


class ClusterMissingError(ClusterError):
    """PostgreSQL's programs are not installed, or not for this machine."""

    code = "postgres_missing"


class ClusterVersionError(ClusterError):
    """The data was written by another major version of PostgreSQL."""

    code = "postgres_version"


class ClusterDamagedError(ClusterError):
    """What is in the folder can't be read as a cluster, or part of it is missing."""

    code = "postgres_damaged"


class ClusterForbiddenError(ClusterError):
    """The folder's permissions do not let PostgreSQL, or us, work in it."""

    code = "postgres_forbidden"


class DiskFullError(ClusterError):
    """The disk that holds the cluster has no room left."""

    code, can_retry = "disk_full", True


class PortTakenError(ClusterError):
    """Another process listens on the port."""

    code, can_retry = "port_taken", True


class RemnantsError(ClusterError):
    """Processes of a killed server are about to end, and still share its memory."""

    code, can_retry = "postgres_remnants", True


_NO_ROOM = re.compile(r"No space left on device|Disk quota exceeded")
# The same words about memory are not about the disk.
_MEMORY = re.compile(r"shared memory|semaphore", re.IGNORECASE)
_PORT = re.compile(r"Address already in use")
_REMNANTS = re.compile(r"pre-existing shared memory block")
_OTHER_SERVER = re.compile(r'lock file "postmaster\.pid" already exists')
_FORBIDDEN = re.compile(
    r"Permission denied|Operation not permitted|invalid permissions|wrong ownership"
)
_DAMAGED = re.compile(
    r"checkpoint record|control file|pg_control|could not find the database system"
    r"|not a (?:valid )?data(?:base cluster)? directory|required WAL directory|invalid page"
    r"|could not (?:open|read|access) (?:the server configuration )?(?:file|directory)"
    r'|password authentication failed|database "postgres" does not exist'
)
_REASON = re.compile(r"(?:FATAL|PANIC|error|ERROR):\s+(?P<reason>.+)")


def explain(text: str, folder: Path) -> ClusterError:
    """Translate what PostgreSQL wrote before it gave up."""
    if any(_NO_ROOM.search(line) and not _MEMORY.search(line) for line in text.splitlines()):
        return no_room(folder)
    if _PORT.search(text):
        return PortTakenError(
            "The port of the embedded PostgreSQL is taken by another process.",
            hint="Stop that process, or let a free port be chosen.",
        )
    if _REMNANTS.search(text):
        return RemnantsError(
            "Processes of the last embedded PostgreSQL are still ending.",
            hint=f"Try again; if it stays so, end the postgres processes of {str(folder)!r}.",
        )
    if _OTHER_SERVER.search(text):
        return busy(folder)
    if _FORBIDDEN.search(text):
        return forbidden(folder)
    return damaged(folder) if _DAMAGED.search(text) else _unknown(text, folder)


def busy(folder: Path) -> ClusterBusyError:
    """Another process has the folder."""
    return ClusterBusyError(
        f"The state in {str(folder)!r} is in use by another process.",
        hint="Stop the other GTM Dashboard process, or use another data folder.",
    )


def no_room(folder: Path) -> DiskFullError:
    """The disk is full."""
    return DiskFullError(
        f"The disk that holds {str(folder)!r} is full.",
        hint="Free some space and start again; what was saved is kept.",
    )


def forbidden(folder: Path) -> ClusterForbiddenError:
    """Somebody else owns the folder, or part of it."""
    return ClusterForbiddenError(
        f"The permissions of {str(folder)!r} do not let the embedded PostgreSQL work in it.",
        hint="Start as the user who made the folder, or give the folder and all in it to yours.",
    )


def damaged(folder: Path) -> ClusterDamagedError:
    """Files are missing or unreadable."""
    return ClusterDamagedError(
        f"The state in {str(folder)!r} is damaged or incomplete.",
        hint="Restore the folder from a backup; the reason is in its postgres.log.",
    )


def _unknown(text: str, folder: Path) -> ClusterError:
    reasons = _REASON.findall(text) or text.strip().splitlines()[-1:] or ["it gave no reason"]
    return ClusterError(
        f"The embedded PostgreSQL did not start: {reasons[-1]}",
        hint=f"More is in {str(folder / 'postgres.log')!r}.",
    )


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Translate the system's refusals of what the block does in a folder."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise no_room(folder) from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise forbidden(folder) from error
        raise ClusterError(
            f"The folder {str(folder)!r} can't be used: {error.strerror}.",
            hint="Choose another data folder.",
        ) from error
