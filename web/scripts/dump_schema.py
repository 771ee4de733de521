"""Writes the JSON Schema of what the web UI reads, from the pydantic models that make it."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from agents.reply import TurnReply
from api.shapes.analytics import SchemaReply
from api.shapes.audit import AuditPage
from api.shapes.auth import ConfirmEmailReply, GoogleReply, LoginReply
from api.shapes.charts import ChartReply
from api.shapes.config import ConfigReply
from api.shapes.conversations import ConversationPage, ConversationReply
from api.shapes.dashboards import DashboardPage, DashboardReply, SharePage, ShareReply
from api.shapes.integrations import IntegrationsReply, LoadReply
from api.shapes.invitations import InvitationPage, InvitationPreviewReply, NewInvitationReply
from api.shapes.members import MemberPage
from api.shapes.memory import FeedbackPage, SynonymPage, UnansweredPage, VerifiedPage
from api.shapes.shared import SharedDashboardReply
from api.shapes.tenants import WorkspacePage, WorkspaceStandingReply
from api.shapes.tokens import MadeTokenReply, TokenPage
from api.shapes.usage import UsagePage
from gtm.charts.spec import ChartSpec
from gtm.language.outcome import Option
from gtm.semantics.preview import ResultPreview
from gtm.semantics.result import Receipt

TARGET = Path(__file__).parents[1] / "schema" / "api.json"
SHAPES: tuple[type[BaseModel], ...] = (
    AuditPage,
    ChartReply,
    ChartSpec,
    ConfigReply,
    ConfirmEmailReply,
    ConversationPage,
    ConversationReply,
    DashboardPage,
    DashboardReply,
    FeedbackPage,
    GoogleReply,
    IntegrationsReply,
    InvitationPage,
    InvitationPreviewReply,
    LoadReply,
    LoginReply,
    MadeTokenReply,
    MemberPage,
    NewInvitationReply,
    Option,
    Receipt,
    ResultPreview,
    SchemaReply,
    SharePage,
    ShareReply,
    SharedDashboardReply,
    SynonymPage,
    TokenPage,
    TurnReply,
    UnansweredPage,
    UsagePage,
    VerifiedPage,
    WorkspacePage,
    WorkspaceStandingReply,
)


def render() -> str:
    """Return the schema file's text: one property a shape, so that a generator keeps them all."""
    references, schema = models_json_schema(
        [(shape, "serialization") for shape in SHAPES], by_alias=True
    )
    properties = {shape.__name__: references[shape, "serialization"] for shape in SHAPES}
    document = {
        "title": "ApiShapes",
        "type": "object",
        "additionalProperties": False,
        "required": sorted(properties),
        "properties": properties,
        "$defs": schema["$defs"],
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(render(), encoding="utf-8")
