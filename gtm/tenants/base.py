"""Workspaces and their members: the port, and the rule that turns claims into a tenant context."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol, Self

from gtm.auth.verifier import Claims
from gtm.context import DatasetId, Door, Role, TenantContext, TenantId, UserId
from gtm.errors import ConflictError, GtmError, InvalidInputError, NotPermittedError

SubscriptionStatus = Literal["trial", "active", "past_due", "canceled"]
SampleStatus = Literal["none", "loading", "ready", "failed"]

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MAX_SLUG = 40
_MAX_OWNER = 60


@dataclass(frozen=True, slots=True)
class Workspace:
    """One customer's workspace and the dataset its data lives in."""

    tenant_id: TenantId
    slug: str
    name: str
    dataset: DatasetId

    @classmethod
    def named(cls, slug: str, name: str) -> Self:
        """Make a workspace whose dataset follows from its slug. Raises InvalidInputError."""
        return cls(TenantId(slug), slug, name, dataset_of(slug))

    def context(self, user_id: UserId, role: Role) -> TenantContext:
        """Return the context of a member."""
        return TenantContext(self.tenant_id, self.dataset, user_id, role)


@dataclass(frozen=True, slots=True)
class Membership:
    """A workspace, and what somebody may do there."""

    workspace: Workspace
    role: Role

    def context(self, claims: Claims) -> TenantContext:
        """Return the context of the member whose token was verified."""
        context = self.workspace.context(claims.subject, self.role)
        door: Door = "web" if claims.scopes is None else "token"
        return replace(context, conversation_id=claims.conversation_id, door=door)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a workspace stands: what is paid for, and whether its datasets and views are there.

    `has_sample_data` says that some of its numbers may be invented.
    """

    subscription_status: SubscriptionStatus
    trial_ends_at: datetime | None
    is_ready: bool
    sample_status: SampleStatus = "none"
    has_sample_data: bool = False


class TooManyWorkspacesError(ConflictError):
    """The user owns as many workspaces as one may."""

    code = "too_many_workspaces"


class NoWorkspaceError(NotPermittedError):
    """The account belongs to no workspace at all."""

    code = "no_workspace"


class WorkspaceDeletedError(NotPermittedError):
    """The workspace is deleted, and whoever asks belongs to it."""

    code = "workspace_deleted"


class WorkspaceNotReadyError(GtmError):
    """The workspace is so new that its datasets are still being made."""

    code, status_code, can_retry = "workspace_not_ready", 503, True


class WorkspaceDirectory(Protocol):
    """Which workspaces exist and who belongs to them."""

    async def workspaces(self) -> tuple[Workspace, ...]:
        """Return every workspace, by slug."""
        ...

    async def deleted(self) -> tuple[Workspace, ...]:
        """Return every workspace that is deleted and not gone yet, by slug."""
        ...

    async def memberships(
        self, user_id: UserId, *, session_id: str | None = None
    ) -> tuple[tuple[Workspace, Role], ...]:
        """Return the workspaces of a user with their role, first where they work.

        That is the workspace this session has entered, else the one the user entered last, else the
        one joined first.
        """
        ...

    async def membership(self, claims: Claims) -> Membership:
        """Return where a token's bearer works and as what.

        Raises NoWorkspaceError, WorkspaceDeletedError when that is where the token or its session
        belongs, and NotPermittedError for a token that is bound to another workspace.
        """
        ...

    async def enter(self, user_id: UserId, tenant_id: TenantId, *, session_id: str | None) -> None:
        """Let a session of the user work in one of their workspaces. Raises NotFoundError."""
        ...

    async def settle(self, user_id: UserId, tenant_id: TenantId, *, session_id: str) -> None:
        """Let a session that has entered no workspace yet work in this one, and stay there."""
        ...

    async def members(self, tenant_id: TenantId) -> tuple[tuple[UserId, Role], ...]:
        """Return who belongs to a workspace, those with most rights first."""
        ...

    async def add(self, workspace: Workspace) -> None:
        """Add a workspace; one that is there as it is stays. Raises ConflictError."""
        ...

    async def set_member(self, tenant_id: TenantId, user_id: UserId, role: Role) -> None:
        """Make a user a member, or change their role. Raises NotFoundError."""
        ...

    async def create(self, user_id: UserId, name: str) -> Workspace:
        """Make a workspace that the user owns. Raises TooManyWorkspacesError."""
        ...

    async def own_or_create(self, user_id: UserId, name: str) -> Workspace:
        """Return the user's first workspace, made with this name if they have none.

        Any number of calls at once make one. Raises TooManyWorkspacesError.
        """
        ...

    async def rename(self, user_id: UserId, tenant_id: TenantId, name: str) -> Workspace:
        """Give a workspace that the user administers another name. Raises NotFoundError."""
        ...

    async def standing(self, user_id: UserId, tenant_id: TenantId) -> Standing:
        """Return how a workspace of the user stands. Raises NotFoundError."""
        ...

    async def unprovisioned(self) -> tuple[Workspace, ...]:
        """Return the workspaces whose datasets are still to be made, the oldest first."""
        ...

    async def mark_provisioned(self, tenant_id: TenantId) -> None:
        """Note that a workspace's datasets are there."""
        ...

    async def mark_sample(self, tenant_id: TenantId) -> None:
        """Note that a workspace's data is a sample."""
        ...


async def context_for(directory: WorkspaceDirectory, claims: Claims) -> TenantContext:
    """Return who is asking; membership is looked up, the token alone opens nothing.

    The role is the directory's: a token issued before a demotion must not keep the old one.
    """
    return (await membership_for(directory, claims)).context(claims)


async def membership_for(directory: WorkspaceDirectory, claims: Claims) -> Membership:
    """Return where a token's bearer works and as what.

    Raises NoWorkspaceError, WorkspaceDeletedError, and NotPermittedError for a token that is bound
    to another one.
    """
    return await directory.membership(claims)


def membership_among(memberships: Iterable[tuple[Workspace, Role]], claims: Claims) -> Membership:
    """Return the membership a token is about: the one it is bound to, else the first.

    Raises NoWorkspaceError, and NotPermittedError for a token that is bound to another one.
    """
    for workspace, role in memberships:
        if claims.tenant_id is None or workspace.tenant_id == claims.tenant_id:
            return Membership(workspace, role)
    if claims.tenant_id is None:
        raise NoWorkspaceError(
            "This account belongs to no workspace.",
            hint="Make one, or ask somebody for an invitation to theirs.",
        )
    raise NotPermittedError(
        "This account is not a member of the workspace.",
        hint="Ask an owner of the workspace for an invitation.",
    )


def first_name_of_workspace(name: str, email: str) -> str:
    """Return what somebody's first workspace is called; `name` may be empty or the address."""
    words = printable("" if name == email else name).split()
    owner = words[0] if words else printable(email.partition("@")[0]).strip()
    return f"{owner[:_MAX_OWNER]}'s workspace" if owner else "My workspace"


def printable(text: str) -> str:
    """Drop what neither a line nor the database can hold; people choose what they are called."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def dataset_of(slug: str) -> DatasetId:
    """Return the dataset of a slug; two slugs never share one. Raises InvalidInputError."""
    # `acme-raw` would get the dataset that holds the raw tables of `acme`.
    is_raw = slug == "raw" or slug.endswith("-raw")
    if len(slug) > _MAX_SLUG or is_raw or not _SLUG.fullmatch(slug):
        raise InvalidInputError(
            f"{slug!r} can't be the short name of a workspace.",
            hint="Use lower-case letters, digits and single hyphens, and not the ending -raw.",
        )
    return DatasetId(f"tenant_{slug.replace('-', '_')}")
