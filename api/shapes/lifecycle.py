"""What deleting, restoring and sample data take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field, StringConstraints

from api.shapes.base import RequestBody

# What can be no workspace's: the database takes no NUL.
TenantPath = Annotated[str, Path(max_length=64, pattern=r"^[^\x00]+$")]
_ShortName = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


class DeletionRequest(RequestBody):
    """What confirms that the workspace is to be deleted."""

    confirm: _ShortName = Field(description="Its short name (`slug`), typed by its owner.")


class DeletionReply(BaseModel):
    """A deleted workspace, and until when an owner can restore it."""

    id: str
    deleted_at: datetime
    purge_after: datetime = Field(description="It is taken away for good some time after this.")


class SampleReply(BaseModel):
    """The sample is on its way; `sample_status` of the workspace tells when it is there."""

    status: Literal["loading"] = "loading"
