"""What REST routes take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from agents.reply import ModelInfo, TurnReply
from gtm.connectors.reports import LoadState
from gtm.context import Role
from gtm.models.model import Source
from gtm.semantics.result import Format, ResultColumn, SourceFreshness, Value
from gtm.tenants.base import SubscriptionStatus

Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


# What a name may hold is up to people, but nothing that could end a line or break a terminal.
_NAME_PATTERN = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$"
PersonName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=_NAME_PATTERN),
]
WorkspaceName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=_NAME_PATTERN),
]
Email = Annotated[
    str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
]
# Which rules a new password has to follow is up to the sign-in service.
NewPassword = Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class RequestBody(BaseModel):
    """Base of request bodies: an unknown field is refused, never dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LoginRequest(RequestBody):
    """An e-mail address and its password."""

    email: Email
    password: str = Field(min_length=1, max_length=1024)


class SignUpRequest(RequestBody):
    """Who wants an account."""

    email: Email
    password: NewPassword
    name: PersonName | None = None


class RefreshRequest(RequestBody):
    """The refresh token of a session; it is good for one use."""

    refresh_token: str = Field(min_length=1, max_length=1024)


class GoogleRequest(RequestBody):
    """Nothing: where people come back to is the server's to know."""


class GoogleCallbackRequest(RequestBody):
    """What came back from Google, and what was kept when the browser left."""

    code: str = Field(min_length=1, max_length=1024)
    code_verifier: str = Field(min_length=43, max_length=128, pattern=r"^[A-Za-z0-9._~-]+$")


class RecoverRequest(RequestBody):
    """Who has forgotten their password."""

    email: Email


class PasswordRequest(RequestBody):
    """A new password."""

    password: NewPassword


class WorkspaceRequest(RequestBody):
    """What a workspace is to be called."""

    name: WorkspaceName


class UserReply(BaseModel):
    """Who is signed in."""

    id: str
    email: str
    name: str


class WorkspaceReply(BaseModel):
    """The workspace they work in, and their role there."""

    id: str
    name: str
    slug: str
    role: Role


class WorkspaceStandingReply(WorkspaceReply):
    """How the workspace stands."""

    subscription_status: SubscriptionStatus
    trial_ends_at: datetime | None = Field(description="Null without a trial.")
    is_ready: bool = Field(description="Its datasets and views are there.")


class MeReply(BaseModel):
    """Who is asking, and where."""

    user: UserReply
    workspace: WorkspaceReply


class LoginReply(MeReply):
    """A session."""

    access_token: str
    refresh_token: str = Field(description="Good for one use, at /v1/auth/refresh.")
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the name of a scheme
    expires_in: int = Field(description="Seconds until the token ends.")


class ConfirmEmailReply(BaseModel):
    """The account waits until its address is confirmed by mail."""

    status: Literal["confirm_email"] = "confirm_email"


class RecoverReply(BaseModel):
    """A mail is on its way, if the address has an account."""

    status: Literal["sent"] = "sent"


class GoogleReply(BaseModel):
    """Where the browser goes, and what it keeps until it is back."""

    url: str
    code_verifier: str


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


class QueryRequest(RequestBody):
    """A question, in a conversation or starting one."""

    question: Question
    conversation_id: str | None = Field(None, max_length=64)


class ConversationItem(BaseModel):
    """A conversation in the list."""

    id: str
    title: str
    updated_at: str


class ConversationPage(BaseModel):
    """Conversations, the latest first."""

    items: list[ConversationItem]
    next_cursor: str | None = None


class ConversationReply(BaseModel):
    """A conversation with its turns."""

    id: str
    title: str
    turns: list[TurnReply]


class ResultPage(BaseModel):
    """Some rows of a kept result; dates are ISO strings, rates are fractions."""

    result_id: str
    title: str
    columns: list[ResultColumn]
    items: list[tuple[Value, ...]]
    row_count: int = Field(description="Rows of the whole result.")
    next_cursor: str | None = Field(None, description="Leads to the rows after these.")


class ColumnReply(BaseModel):
    """A documented column."""

    name: str
    type: str
    description: str


class ViewReply(BaseModel):
    """A documented view."""

    name: str
    description: str
    grain: str
    source: str
    time_column: str | None
    columns: list[ColumnReply]


class MetricReply(BaseModel):
    """A metric that can be asked for."""

    name: str
    label: str
    definition: str
    format: Format
    synonyms: list[str]
    dimensions: list[str]


class DimensionReply(BaseModel):
    """Something a metric can be split by."""

    name: str
    label: str
    definition: str


class SchemaReply(BaseModel):
    """Everything a question can be about."""

    views: list[ViewReply]
    metrics: list[MetricReply]
    dimensions: list[DimensionReply]


class IntegrationReply(SourceFreshness):
    """A source and how far its data reaches."""

    is_connected: bool = Field(description="It has data.")


class IntegrationsReply(BaseModel):
    """All sources."""

    items: list[IntegrationReply]


class RejectionReply(BaseModel):
    """What was not loaded, and why."""

    model_config = ConfigDict(from_attributes=True)

    reason: str
    field: str | None
    line: int | None
    rows: int | None = Field(description="How many rows; null for the whole file.")


class OutlierReply(BaseModel):
    """A day with far more or fewer rows than usual."""

    model_config = ConfigDict(from_attributes=True)

    date: date
    rows: int
    typical_rows: int = Field(description="Of the same weekday in the four weeks before.")


class LoadReply(BaseModel):
    """The report of a load."""

    model_config = ConfigDict(from_attributes=True)

    load_id: str
    file_name: str
    user_id: str
    state: LoadState
    started_at: datetime
    finished_at: datetime | None
    source: Source | None = Field(description="Null when a refused file was not recognised.")
    table: str | None
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    parts: dict[str, int] = Field(description="Rows by day table, day or landing table.")
    first_day: date | None
    last_day: date | None
    missing_days: list[date] = Field(description="Days without data, of the whole table.")
    outliers: list[OutlierReply]
    rejections: list[RejectionReply]
    warnings: list[str]


class LoadPage(BaseModel):
    """Loads, the latest first."""

    items: list[LoadReply]
    next_cursor: str | None = None


class HealthReply(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class ReadyReply(BaseModel):
    """Whether questions can be answered, check by check."""

    status: Literal["ready", "starting", "failing"]
    checks: dict[str, str]
