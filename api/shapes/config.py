"""What the UI is told before anyone signs in."""

from __future__ import annotations

from pydantic import BaseModel, Field

from agents.reply import ModelInfo


class DemoLogin(BaseModel):
    """A sign-in of the sample workspaces."""

    email: str
    password: str
    workspace: str


class SignUpOffer(BaseModel):
    """How people get in who have no account."""

    is_open: bool
    has_google: bool
    outbox_url: str | None = Field(
        description="Where the sign-in stand-in keeps the mails it does not send; else null."
    )


class ConfigReply(BaseModel):
    """What the UI has to know before anyone signs in."""

    product: str
    version: str
    environment: str
    is_auth_embedded: bool
    model: ModelInfo
    demo_logins: list[DemoLogin]
    sign_up: SignUpOffer
