"""A turn runner over an analytics service, and what its streams say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ag_ui_validate.pytest_plugin import assert_valid_agui

from agents.reply import TurnReply
from agents.runner import TurnRunner
from agents.sessions import open_sessions
from agents.toolset import Identity, McpConnection
from agents.verified import FindVerified
from gtm.auth.keys import SigningKey
from gtm.auth.tokens import TokenIssuer
from gtm.auth.verifier import Claims, TokenVerifier, TrustedIssuer
from gtm.clock import Clock
from gtm.context import DatasetId, TenantContext
from gtm.settings import Settings
from mcp_servers.bigquery.port import Analytics
from mcp_servers.bigquery.server import build_bigquery_server
from mcp_servers.runtime import http_app
from tests.support.state import urls_for

BASE_URL = "http://127.0.0.1:8000"
PATH = "/mcp/bigquery"
ISSUER = f"{BASE_URL}/internal"


async def context_of(claims: Claims) -> TenantContext:
    """Return the workspace a token names."""
    assert claims.tenant_id
    assert claims.role
    dataset = DatasetId(f"tenant_{claims.tenant_id}")
    return TenantContext(
        claims.tenant_id, dataset, claims.subject, claims.role, claims.conversation_id
    )


def connect(service: Analytics, clock: Clock) -> McpConnection:
    """Return the agents' connection to a server over a service."""
    key = SigningKey.generate()
    tokens = TokenIssuer(key, ISSUER, clock, window_seconds=300)
    trusted = TrustedIssuer(jwks=key.public_jwks(), audiences=frozenset({BASE_URL + PATH}))
    server = build_bigquery_server(
        service,
        context_of,
        verifier=TokenVerifier({ISSUER: trusted}, clock),
        base_url=BASE_URL,
        authorization_servers=[BASE_URL],
        agents_issuer=ISSUER,
    )

    def mint(identity: Identity) -> str:
        return tokens.mint(
            subject=identity.user_id,
            audience=BASE_URL + PATH,
            tenant_id=identity.tenant_id,
            role=identity.role,
            ttl_seconds=300,
            extra={"conversation_id": identity.conversation_id},
        )

    return McpConnection(url=BASE_URL + PATH, mint=mint, app_factory=lambda: http_app(server, PATH))


@dataclass
class Desk:
    """Asks questions and keeps what came back."""

    runner: TurnRunner
    replies: list[TurnReply] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    asked: int = 0

    def start(self, tenant: TenantContext, question: str, conversation: str = "c1") -> Any:
        """Return the stream of a new turn."""
        self.asked += 1
        return self.runner.run(
            tenant, question, conversation_id=conversation, turn_id=f"turn-{self.asked}"
        )

    async def ask(
        self, tenant: TenantContext, question: str, conversation: str = "c1"
    ) -> list[dict[str, Any]]:
        """Return all events of a turn, which must be a valid AG-UI stream."""
        events = [
            event.model_dump(mode="json", by_alias=True, exclude_none=True)
            async for event in self.start(tenant, question, conversation)
        ]
        assert_valid_agui(events)
        return events

    async def reply(
        self, tenant: TenantContext, question: str, conversation: str = "c1"
    ) -> TurnReply:
        """Return the reply of a turn."""
        await self.ask(tenant, question, conversation)
        return self.replies[-1]


@asynccontextmanager
async def desk_over(
    connection: McpConnection,
    directory: Path,
    clock: Clock,
    *,
    find_verified: FindVerified | None = None,
    **settings: Any,
) -> AsyncIterator[Desk]:
    """Yield a desk whose runner keeps its sessions in a directory."""
    replies: list[TurnReply] = []
    tokens: list[int] = []

    async def keep(_tenant: TenantContext, reply: TurnReply, model_tokens: int) -> None:
        replies.append(reply)
        tokens.append(model_tokens)

    runner = TurnRunner(
        Settings(_env_file=None, **settings),
        connection=connection,
        sessions=open_sessions(urls_for(directory).worker),
        clock=clock,
        on_reply=keep,
        find_verified=find_verified,
    )
    try:
        yield Desk(runner, replies, tokens)
    finally:
        await runner.close()


def names(events: list[dict[str, Any]]) -> list[str]:
    """Return what happened, one word an event; text and tool arguments left out."""
    kept = []
    for event in events:
        kind = event["type"]
        if kind.startswith("TEXT") or kind in {"TOOL_CALL_ARGS", "TOOL_CALL_END"}:
            continue
        detail = event.get("stepName") or event.get("toolCallName") or event.get("name")
        kept.append(f"{kind} {detail}" if detail else kind)
    return kept
