"""What PostgreSQL writes before it gives up, and what we tell of it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from gtm.store.cluster_errors import (
    ClusterBusyError,
    ClusterDamagedError,
    ClusterError,
    ClusterForbiddenError,
    DiskFullError,
    PortTakenError,
    RemnantsError,
    explain,
    told,
)

FOLDER = Path("/srv/gtm/postgres")

SAID: list[tuple[str, type[ClusterError]]] = [
    ('initdb: error: could not write file "x": No space left on device', DiskFullError),
    ('FATAL:  could not extend file "base/5/1": Disk quota exceeded', DiskFullError),
    (
        "FATAL:  could not resize shared memory segment: No space left on device",
        ClusterError,
    ),
    (
        'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\n'
        "FATAL:  could not create any TCP/IP sockets",
        PortTakenError,
    ),
    (
        "FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use",
        RemnantsError,
    ),
    ('FATAL:  lock file "postmaster.pid" already exists', ClusterBusyError),
    ('FATAL:  data directory "/x" has wrong ownership', ClusterForbiddenError),
    (
        'initdb: error: could not change permissions of directory "/x": Operation not permitted',
        ClusterForbiddenError,
    ),
    ("PANIC:  could not locate a valid checkpoint record at 0/1", ClusterDamagedError),
    ('FATAL:  password authentication failed for user "postgres"', ClusterDamagedError),
]


@pytest.mark.parametrize(("said", "error"), SAID)
def test_a_reason_is_told_with_a_next_step(said: str, error: type[ClusterError]) -> None:
    explained = explain(said, FOLDER)
    assert type(explained) is error
    assert explained.status_code == 503
    assert explained.hint


def test_an_unknown_reason_is_quoted() -> None:
    explained = explain('LOG:  starting\nFATAL:  invalid value for parameter "x": 1', FOLDER)
    assert 'invalid value for parameter "x": 1' in explained.message
    assert "postgres.log" in str(explained.hint)


def test_silence_is_told_as_such() -> None:
    assert "gave no reason" in explain("", FOLDER).message


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, DiskFullError),
        (errno.EDQUOT, DiskFullError),
        (errno.EACCES, ClusterForbiddenError),
        (errno.EROFS, ClusterForbiddenError),
        (errno.ENOTDIR, ClusterError),
    ],
)
def test_a_refusal_of_the_system_is_told(number: int, error: type[ClusterError]) -> None:
    with pytest.raises(ClusterError, match="/srv/gtm/postgres") as raised, told(FOLDER):
        raise OSError(number, "reason")
    assert type(raised.value) is error
