"""The analytics MCP server: governed questions, SQL over the views, charts, freshness."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from fastmcp import FastMCP
from fastmcp.server.auth import AuthProvider

from gtm.auth.verifier import TokenVerifier
from gtm.context import Door, TenantContext
from mcp_servers.bigquery.port import Analytics
from mcp_servers.bigquery.toolset import AnalyticsTools
from mcp_servers.runtime import (
    CallerSource,
    ContextSource,
    OneCaller,
    ProductTool,
    TokenCallers,
    add_tools,
    bearer_auth,
    read_texts,
    settle_framework,
)

_FOLDER: Final = Path(__file__).parent
_NAME: Final = "gtm-bigquery"
# Tools differ by release only, so a client may keep the list for a while.
_CACHE_TTL_MS: Final = 300_000


def build_bigquery_server(
    service: Analytics,
    contexts: ContextSource,
    *,
    verifier: TokenVerifier,
    base_url: str,
    authorization_servers: Sequence[str],
    agents_issuer: str | None = None,
) -> FastMCP:
    """Build the server that finds its workspace in each request's bearer token.

    Tokens of `agents_issuer` say through which door their question came in; others came by MCP.
    """
    auth = bearer_auth(verifier, base_url=base_url, authorization_servers=authorization_servers)
    trusted = frozenset({agents_issuer} if agents_issuer else ())
    return _build(service, TokenCallers(contexts, trusted), auth)


def build_local_server(service: Analytics, tenant: TenantContext, *, door: Door = "mcp") -> FastMCP:
    """Build the server of a process that serves one workspace, such as stdio."""
    return _build(service, OneCaller(tenant, door), None)


def _build(service: Analytics, callers: CallerSource, auth: AuthProvider | None) -> FastMCP:
    settle_framework()
    server: FastMCP[Any] = FastMCP(
        _NAME,
        instructions=(_FOLDER / "instructions.md").read_text(encoding="utf-8").strip(),
        version=importlib.metadata.version("gtm-dashboard"),
        auth=auth,
        mask_error_details=True,
        strict_input_validation=True,
        cache_ttl=_CACHE_TTL_MS,
        cache_scope="private",
    )
    texts = read_texts(_FOLDER / "tools")
    tools = [
        ProductTool.make(definition, callers, texts[definition.name])
        for definition in AnalyticsTools(service).definitions()
    ]
    add_tools(server, tools)
    return server
