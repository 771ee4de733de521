"""The data of an embedded cluster: made whole or not at all, and checked before it is run on."""

from __future__ import annotations

import os
import subprocess
import tempfile

from gtm.store.cluster_errors import ClusterError, ClusterVersionError, damaged, explain
from gtm.store.cluster_folder import OWNER, ClusterFolder
from gtm.store.cluster_programs import Programs

_NEW = (
    f"--username={OWNER}",
    "--auth=scram-sha-256",
    "--pwfile=/dev/stdin",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--data-checksums",
    "--no-instructions",
)


def make(
    folder: ClusterFolder,
    programs: Programs,
    *,
    password: str,
    is_synced: bool,
    timeout_seconds: float,
) -> None:
    """Make the data if there is none. Killed in between, the next start makes it anew."""
    if folder.data.exists():
        return
    arguments = _NEW if is_synced else (*_NEW, "--no-sync")
    # A file without a name: nothing of the password is left behind, however this ends.
    with folder.new_data(programs.account) as data, tempfile.TemporaryFile() as file:
        file.write(password.encode())
        file.seek(0)
        if programs.account is not None:
            os.fchown(file.fileno(), programs.account.uid, programs.account.gid)
        try:
            made = programs.initdb(data, arguments, stdin=file, timeout_seconds=timeout_seconds)
        except subprocess.TimeoutExpired as error:
            raise ClusterError(
                "The embedded PostgreSQL's data was not made in time.",
                hint="Try again when the machine has less to do.",
            ) from error
        if made.returncode != 0:
            raise explain(made.stderr, folder.path)


def check(folder: ClusterFolder, programs: Programs) -> None:
    """Refuse data that the programs can't run on."""
    try:
        version = (folder.data / "PG_VERSION").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise damaged(folder.path) from error
    if version != str(programs.major):
        raise ClusterVersionError(
            f"The state in {str(folder.path)!r} was written by PostgreSQL {version}, "
            f"and PostgreSQL {programs.major} is installed.",
            hint="Start the release that wrote it, save a backup there, and restore it here.",
        )
