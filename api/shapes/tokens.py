"""What personal access tokens take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from api.shapes.base import RequestBody, TokenName
from gtm.context import Scope


def _without_repeats(scopes: list[Scope]) -> list[Scope]:
    return list(dict.fromkeys(scopes))


class NewTokenRequest(RequestBody):
    """A token to make."""

    name: TokenName
    scopes: Annotated[
        list[Scope],
        Field(
            min_length=1,
            max_length=3,
            description="What it may be used for, as far as its owner's role allows; `admin` holds "
            "`write`, and `write` holds `read`.",
        ),
        AfterValidator(_without_repeats),
    ]
    expires_in_days: Annotated[int, Field(ge=1, le=365, strict=True)] = 90


class TokenReply(BaseModel):
    """A personal access token; its secret is not kept."""

    id: str
    name: str
    scopes: list[Scope]
    hint: str = Field(description="How the token ends.")
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(description="To a few minutes; null when never.")
    user_id: str
    is_yours: bool


class MadeTokenReply(TokenReply):
    """A token that was just made, with its secret."""

    secret: str = Field(description="The token itself, shown this once.")


class TokenPage(BaseModel):
    """Tokens, the latest first."""

    items: list[TokenReply]
    next_cursor: str | None = None
