"""What workspaces take and give."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from api.shapes.base import RequestBody, WorkspaceName
from gtm.context import Role
from gtm.tenants.base import SampleStatus, SubscriptionStatus
from gtm.tenants.provisioning import SetupState


class WorkspaceRequest(RequestBody):
    """What a workspace is to be called."""

    name: WorkspaceName


class WorkspaceReply(BaseModel):
    """The workspace they work in, and their role there."""

    id: str
    name: str
    slug: str
    role: Role


class WorkspaceItem(WorkspaceReply):
    """One of the workspaces of a user."""

    is_current: bool = Field(description="This session works there.")
    purge_after: datetime | None = Field(
        None, description="When it is taken away for good; null unless it is deleted."
    )


class WorkspacePage(BaseModel):
    """All workspaces of a user, by name."""

    items: list[WorkspaceItem]
    next_cursor: str | None = None


class SetupReply(BaseModel):
    """How far the making of its datasets and views is; what fails is tried again by itself."""

    state: SetupState
    detail: str | None = Field(None, description="What is being done, or why it fails.")


class WorkspaceStandingReply(WorkspaceReply):
    """How the workspace stands."""

    subscription_status: SubscriptionStatus
    trial_ends_at: datetime | None = Field(description="Null without a trial.")
    is_ready: bool = Field(description="Its datasets and views are there.")
    setup: SetupReply
    sample_status: SampleStatus = Field(description="How far the sample is, if one was asked for.")
    has_sample_data: bool = Field(description="Numbers in it may be made up, to try things out.")
