"""Who is asking: made from a verified token at the two edges, first argument everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NewType

TenantId = NewType("TenantId", str)
UserId = NewType("UserId", str)
DatasetId = NewType("DatasetId", str)
# Through which door something was asked: the web UI, an MCP client, a program with a token of
# its own, the command line, the development tools; nobody asked for what the system does.
Door = Literal["web", "mcp", "token", "cli", "dev", "system"]
# What an access token may be used for, on top of what its owner's role allows.
Scope = Literal["read", "write", "admin"]


class Role(StrEnum):
    """What a member may do in a workspace, from most to least."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class TenantContext:
    """One caller in one workspace.

    `conversation_id` is the talk a question belongs to, where there is one, and `door` how it came
    in: they label what the question costs and open nothing.
    """

    tenant_id: TenantId
    dataset: DatasetId
    user_id: UserId
    role: Role
    conversation_id: str | None = None
    door: Door = "web"

    @property
    def raw_dataset(self) -> DatasetId:
        """The dataset of landing tables and facts, which no question may name."""
        return DatasetId(f"{self.dataset}_raw")

    @property
    def is_member(self) -> bool:
        """Whether the caller may change what the workspace shares, such as its dashboards."""
        return self.role is not Role.VIEWER

    @property
    def is_admin(self) -> bool:
        """Whether the caller may administer the workspace."""
        return self.role in {Role.OWNER, Role.ADMIN}
