"""The agents' road to MCP tools: in this process or by URL, always with the caller's own token."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from google.adk.agents.readonly_context import ReadonlyContext
from google.adk.agents.run_config import RunConfig
from google.adk.tools.base_tool import BaseTool
from google.adk.tools.base_toolset import BaseToolset
from google.adk.tools.mcp_tool import McpToolset
from google.adk.tools.mcp_tool.mcp_session_manager import StreamableHTTPConnectionParams

from agents.in_process import AppFactory, InProcessServer
from gtm.context import Door, TenantContext
from gtm.errors import ConfigurationError, NotPermittedError

_DEV_CONNECTION: Final = "app:create_dev_connection"
_TOOL_LIST_TTL_SECONDS: Final = 300.0
_IDENTITY_KEY: Final = "identity"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a turn is for, and how it was asked; kept with every event of the conversation."""

    tenant_id: str
    user_id: str
    role: str
    conversation_id: str | None = None
    door: Door = "web"

    @classmethod
    def of(cls, tenant: TenantContext, conversation_id: str | None = None) -> Self:
        """Return the identity of a verified caller in one of their conversations."""
        return cls(
            tenant.tenant_id, tenant.user_id, tenant.role.value, conversation_id, tenant.door
        )


@dataclass(frozen=True, slots=True)
class McpConnection:
    """Where the analytics server is and how to sign calls to it.

    With `app_factory` the server lives in this process and `url` only names its path; without it
    `url` is a remote server. `dev_identity` stands in where nobody signs in: `adk web|run|eval`.
    """

    url: str
    mint: Callable[[Identity], str]
    app_factory: AppFactory | None = None
    timeout_seconds: float = 60.0
    dev_identity: Identity | None = None


def run_metadata(identity: Identity) -> dict[str, Any]:
    """Return the run metadata that carries an identity to the tools."""
    return {_IDENTITY_KEY: asdict(identity)}


def is_identified(run_config: RunConfig | None) -> bool:
    """Say whether a run carries an identity."""
    return bool(run_config and (run_config.custom_metadata or {}).get(_IDENTITY_KEY))


class McpTools:
    """One pooled connection to the analytics server, shared by all agents of a runner."""

    def __init__(self, connection: McpConnection) -> None:
        self._connection = connection
        self._server = (
            InProcessServer(connection.app_factory) if connection.app_factory is not None else None
        )
        self._toolset = McpToolset(
            connection_params=self._connection_params(),
            header_provider=self._headers,
            tool_list_cache_ttl_seconds=_TOOL_LIST_TTL_SECONDS,
        )

    def only(self, *names: str) -> BaseToolset:
        """Return the toolset of one agent: these tools and no others."""
        return Selection(self._toolset, names)

    async def start(self) -> None:
        """Start the server if it lives here."""
        if self._server is not None:
            await self._server.start()

    async def aclose(self) -> None:
        """Close the sessions, then the server if it lives here."""
        await self._toolset.close()
        if self._server is not None:
            await self._server.aclose()

    def _connection_params(self) -> StreamableHTTPConnectionParams:
        timeout = self._connection.timeout_seconds
        if self._server is None:
            return StreamableHTTPConnectionParams(
                url=self._connection.url, sse_read_timeout=timeout
            )
        return StreamableHTTPConnectionParams(
            url=self._connection.url,
            timeout=timeout,
            sse_read_timeout=timeout,
            httpx_client_factory=self._server.client,
        )

    def _headers(self, context: ReadonlyContext) -> dict[str, str]:
        token = self._connection.mint(self._identity(context))
        return {"Authorization": f"Bearer {token}"}

    def _identity(self, context: ReadonlyContext) -> Identity:
        run_config = context.run_config
        metadata = (run_config.custom_metadata if run_config else None) or {}
        known = metadata.get(_IDENTITY_KEY)
        if known is not None:
            return Identity(**known)
        if self._connection.dev_identity is not None:
            return self._connection.dev_identity
        raise NotPermittedError("This run carries no identity.")


class Selection(BaseToolset):
    """A view of the shared toolset; the runner closes that, not this."""

    def __init__(self, shared: McpToolset, names: Sequence[str]) -> None:
        super().__init__()
        self._shared = shared
        self.names = frozenset(names)

    async def get_tools(self, readonly_context: ReadonlyContext | None = None) -> list[BaseTool]:
        """Return the selected tools as the server publishes them now."""
        tools = await self._shared.get_tools(readonly_context)
        return [tool for tool in tools if tool.name in self.names]

    async def close(self) -> None:
        """Leave the shared toolset open."""


def dev_connection() -> McpConnection:
    """Return the connection of ADK's own commands, which start no app of ours.

    It is found by name, like an ASGI server finds its app: this package is below the one that
    puts the parts together and must not import it.
    """
    module, _, name = _DEV_CONNECTION.partition(":")
    connection = getattr(importlib.import_module(module), name)()
    if not isinstance(connection, McpConnection) or connection.dev_identity is None:
        raise ConfigurationError(
            "No workspace is chosen for the development tools.",
            hint="Set GTM_DEV_TENANT, for example GTM_DEV_TENANT=acme.",
        )
    return connection
