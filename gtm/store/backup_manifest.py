"""What a backup says of itself: who made it, of what, and each file with its checksum."""

from __future__ import annotations

import json
import re
from datetime import datetime
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from gtm.store.backup_errors import BackupNewerError, damaged

FORMAT: Final = 1
# Where something is that is part of the backup.
HERE: Final = "files"
PRODUCT: Final = "gtm-dashboard"

_HASH = r"^[0-9a-f]{64}$"


def _inside(path: str) -> str:
    """Accept the path of a file below a folder, and nothing that leads out of it."""
    parts = PurePosixPath(path).parts
    if str(PurePosixPath(path)) != path or path.startswith("/") or ".." in parts:
        raise ValueError("leads out of the folder")
    if re.search(r"[\x00-\x1f\\:]", path) or path == ".":
        raise ValueError("is not a plain path")
    return path


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeptFile(_Part):
    """A file by its path in the backup; `size` is in bytes."""

    path: Annotated[str, Field(min_length=1, max_length=1024), AfterValidator(_inside)]
    size: int = Field(ge=0)
    sha256: str = Field(pattern=_HASH)


class RoleMembership(_Part):
    """What one role may do as another."""

    of: str
    inherits: bool
    may_become: bool
    may_grant: bool


class DatabaseRole(_Part):
    """A role of the cluster, without its password: a restored cluster draws new ones."""

    name: str = Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")
    may_log_in: bool
    inherits: bool
    bypasses_row_security: bool
    memberships: tuple[RoleMembership, ...] = ()


class AppliedMigration(_Part):
    """A migration that the database has."""

    name: str
    checksum: str = Field(pattern=_HASH)


class State(_Part):
    """The state database: which PostgreSQL, which schema, and its dump."""

    postgresql: int = Field(description="Major version.")
    migrations: tuple[AppliedMigration, ...]
    roles: tuple[DatabaseRole, ...]
    dump: KeptFile


class Manifest(_Part):
    """A backup. `warehouse` and `key_ring` (of stored secrets) are `files`, or tell the place."""

    format: Literal[1] = FORMAT
    product: Literal["gtm-dashboard"] = PRODUCT
    made_by: str = Field(description="Version of the product.")
    made_at: datetime
    state: State
    warehouse: str
    key_ring: str
    files: tuple[KeptFile, ...] = Field(description="Those of the data folder, below data/.")

    @property
    def size(self) -> int:
        """Bytes of everything, unpacked."""
        return self.state.dump.size + sum(file.size for file in self.files)


def own_version() -> str:
    """Return the version of the product."""
    return version(PRODUCT)


def read_manifest(content: bytes) -> Manifest:
    """Read what a backup says of itself. Raises BackupDamagedError and BackupNewerError."""
    try:
        document = json.loads(content)
        is_ours = document["product"] == PRODUCT
        made_by, form = str(document["made_by"]), int(document["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise damaged("it does not say what it is") from error
    if not is_ours:
        raise damaged("it is of another product")
    # Before anything else is looked at: a later version may say more, or say it otherwise.
    if form > FORMAT or _numbers(made_by) > _numbers(own_version()):
        raise newer(made_by, f"is of version {made_by}, and this is {own_version()}")
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise damaged("what it says of itself is not complete") from error


def newer(made_by: str, reason: str) -> BackupNewerError:
    """A later version made the backup, or one whose schema went another way."""
    return BackupNewerError(
        f"The backup {reason}.",
        hint=f"Restore it with version {made_by}, which made it, or a later one.",
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text.partition("+")[0])[:3])
