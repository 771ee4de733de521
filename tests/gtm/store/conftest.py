"""A cluster that is stopped, and what starts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cluster import Start, copied_cluster, starting


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a stopped cluster. Only its owner can get into the folders above."""
    return copied_cluster(tmp_path / "postgres")


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Start the folder's cluster; what was started is stopped at the end."""
    with starting(folder) as start:
        yield start
