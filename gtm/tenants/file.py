"""The workspace directory in one JSON file, replaced as a whole at every change."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import anyio.to_thread
from pydantic import BaseModel, ConfigDict, ValidationError

from gtm.context import DatasetId, Role, TenantId, UserId
from gtm.errors import ConfigurationError, ConflictError, NotFoundError
from gtm.tenants.base import Workspace

# Roles are declared from most rights to least.
_RANK = list(Role)


class _WorkspaceRecord(BaseModel):
    model_config = ConfigDict(frozen=True)

    tenant_id: str
    slug: str
    name: str
    dataset: str


class _MembershipRecord(BaseModel):
    model_config = ConfigDict(frozen=True)

    tenant_id: str
    user_id: str
    role: Role


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True)

    workspaces: tuple[_WorkspaceRecord, ...] = ()
    memberships: tuple[_MembershipRecord, ...] = ()


class FileWorkspaceDirectory:
    """Reads the file anew when it has changed, so that a seed from another process is seen."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._read: tuple[tuple[int, int], _Document] | None = None

    async def workspaces(self) -> tuple[Workspace, ...]:
        """Return every workspace, by slug."""
        return _by_slug(await self._load())

    async def memberships(self, user_id: UserId) -> tuple[tuple[Workspace, Role], ...]:
        """Return the workspaces of a user with their role, by slug."""
        document = await self._load()
        roles = {m.tenant_id: m.role for m in document.memberships if m.user_id == user_id}
        every = _by_slug(document)
        return tuple((w, roles[w.tenant_id]) for w in every if w.tenant_id in roles)

    async def members(self, tenant_id: TenantId) -> tuple[tuple[UserId, Role], ...]:
        """Return who belongs to a workspace, those with most rights first."""
        document = await self._load()
        found = [
            (UserId(m.user_id), m.role) for m in document.memberships if m.tenant_id == tenant_id
        ]
        return tuple(sorted(found, key=lambda member: _RANK.index(member[1])))

    async def add(self, workspace: Workspace) -> None:
        """Add a workspace; one that is there as it is stays. Raises ConflictError."""

        def change(document: _Document) -> _Document:
            taken = [
                known
                for known in map(_workspace, document.workspaces)
                if known.tenant_id == workspace.tenant_id
                or known.slug == workspace.slug
                or known.dataset == workspace.dataset
            ]
            if taken == [workspace]:
                return document
            if taken:
                raise ConflictError(f"The workspace name {workspace.slug!r} is taken.")
            record = _WorkspaceRecord(
                tenant_id=workspace.tenant_id,
                slug=workspace.slug,
                name=workspace.name,
                dataset=workspace.dataset,
            )
            return document.model_copy(update={"workspaces": (*document.workspaces, record)})

        await anyio.to_thread.run_sync(self._change, change)

    async def set_member(self, tenant_id: TenantId, user_id: UserId, role: Role) -> None:
        """Make a user a member, or change their role. Raises NotFoundError."""

        def change(document: _Document) -> _Document:
            if all(known.tenant_id != tenant_id for known in document.workspaces):
                raise NotFoundError("There is no such workspace.")
            others = tuple(
                m for m in document.memberships if (m.tenant_id, m.user_id) != (tenant_id, user_id)
            )
            record = _MembershipRecord(tenant_id=tenant_id, user_id=user_id, role=role)
            return document.model_copy(update={"memberships": (*others, record)})

        await anyio.to_thread.run_sync(self._change, change)

    async def _load(self) -> _Document:
        # Every request asks. Whether the file has changed is told sooner than a thread starts.
        read = self._read
        if read is not None and read[0] == self._version():
            return read[1]
        return await anyio.to_thread.run_sync(self._load_now)

    def _version(self) -> tuple[int, int] | None:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return None
        return stat.st_mtime_ns, stat.st_ino

    def _load_now(self) -> _Document:
        version = self._version()
        if version is None:
            return _Document()
        if self._read is None or self._read[0] != version:
            try:
                document = _Document.model_validate_json(self._path.read_bytes())
            except ValidationError as error:
                raise ConfigurationError(
                    f"{self._path} is not a list of workspaces.",
                    hint="Restore the file, or remove it and run `gtm demo` again.",
                ) from error
            self._read = (version, document)
        return self._read[1]

    def _change(self, change: Callable[[_Document], _Document]) -> None:
        with self._lock:
            document = self._load_now()
            changed = change(document)
            if changed is document:
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_name(f".{self._path.name}.{uuid4().hex}")
            try:
                with draft.open("xb") as file:
                    file.write(changed.model_dump_json(indent=2).encode())
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self._path)
            finally:
                draft.unlink(missing_ok=True)


def _by_slug(document: _Document) -> tuple[Workspace, ...]:
    return tuple(sorted(map(_workspace, document.workspaces), key=lambda item: item.slug))


def _workspace(record: _WorkspaceRecord) -> Workspace:
    return Workspace(
        TenantId(record.tenant_id), record.slug, record.name, DatasetId(record.dataset)
    )
