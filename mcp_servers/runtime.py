"""What every MCP server shares: the tenant from the verified token, tools, errors, HTTP routes."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

import fastmcp
from fastmcp import FastMCP
from fastmcp.server.auth import AccessToken, AuthProvider, RemoteAuthProvider
from fastmcp.server.auth import TokenVerifier as McpTokenVerifier
from fastmcp.server.dependencies import get_access_token
from fastmcp.tools import Tool, ToolResult
from mcp.types import Tool as MCPTool
from mcp.types import ToolAnnotations
from pydantic import AnyHttpUrl, BaseModel, ConfigDict, PrivateAttr, ValidationError
from starlette.routing import BaseRoute, Route

from gtm.auth.verifier import Claims, TokenVerifier
from gtm.context import Door, Scope, TenantContext
from gtm.errors import (
    GtmError,
    InvalidInputError,
    NotPermittedError,
    Suggestion,
    UnauthenticatedError,
)
from mcp_servers.schema import shallow_schema, slim_schema

logger = logging.getLogger(__name__)

ContextSource = Callable[[Claims], TenantContext | Awaitable[TenantContext]]

_INTERNAL_ERROR = GtmError(
    "The tool failed for a reason of its own.", hint="Try again; if it stays, ask the operator."
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls a tool, and through which door."""

    tenant: TenantContext
    door: Door


# Finds who calls, and refuses a personal access token that lacks the scope.
CallerSource = Callable[[Scope], Awaitable[Caller]]


class VerifiedToken(AccessToken):
    """The access token of a request, with the claims our own verifier read from it."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    verified: Claims


class BearerVerifier(McpTokenVerifier):
    """Lets FastMCP's bearer middleware ask the product's token verifier."""

    def __init__(self, verifier: TokenVerifier) -> None:
        super().__init__()
        self._verifier = verifier

    async def verify_token(self, token: str) -> VerifiedToken | None:
        """Return the verified token, or None, which the middleware answers with 401."""
        try:
            claims = await self._verifier.verify(token)
        except UnauthenticatedError:
            return None
        return VerifiedToken(
            token=token,
            client_id=claims.subject,
            scopes=[],
            # Our verifier has checked the time, by its own clock; the framework would use another.
            expires_at=None,
            subject=claims.subject,
            verified=claims,
        )


def bearer_auth(
    verifier: TokenVerifier, *, base_url: str, authorization_servers: Sequence[str]
) -> AuthProvider:
    """Return the auth of a server that trusts tokens and says who issues them (RFC 9728)."""
    return RemoteAuthProvider(
        token_verifier=BearerVerifier(verifier),
        authorization_servers=[AnyHttpUrl(url) for url in authorization_servers],
        base_url=base_url,
    )


@dataclass(frozen=True, slots=True)
class TokenCallers:
    """Finds the caller in the request's verified token, and nowhere else."""

    contexts: ContextSource
    trusted_doors: frozenset[str]

    async def __call__(self, scope: Scope) -> Caller:
        """Return the caller of the request being served."""
        token = get_access_token()
        if not isinstance(token, VerifiedToken):
            raise NotPermittedError("This call carries no identity.", hint="Send a bearer token.")
        token.verified.require(scope)
        context = self.contexts(token.verified)
        tenant = await context if inspect.isawaitable(context) else context
        return Caller(tenant, self._door(token.verified))

    def _door(self, claims: Claims) -> Door:
        """Return how the question came in: only those who ask for others are believed."""
        if claims.issuer not in self.trusted_doors:
            return "mcp"
        return claims.door or "web"


@dataclass(frozen=True, slots=True)
class OneCaller:
    """The caller of a process that serves one workspace, such as a stdio server."""

    tenant: TenantContext
    door: Door = "mcp"

    async def __call__(self, _scope: Scope) -> Caller:
        """Return that caller."""
        return Caller(self.tenant, self.door)


class Arguments(BaseModel):
    """Base of tool arguments: a misplaced or unknown argument is refused, never dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """What a tool answers: the typed result, and a short text for readers of text."""

    result: BaseModel
    text: str


@dataclass(frozen=True, slots=True)
class ToolDefinition(Generic[A]):
    """One tool: its name, what it takes and gives, who does the work, and what a token needs."""

    name: str
    title: str
    arguments: type[A]
    output: type[BaseModel]
    handler: Callable[[Caller, A], Awaitable[ToolOutput]]
    scope: Scope = "read"


class ProductTool(Tool):
    """A read-only tool whose arguments, errors and published schema are the product's own."""

    _definition: ToolDefinition[Any] = PrivateAttr()
    _callers: CallerSource = PrivateAttr()

    @classmethod
    def make(cls, definition: ToolDefinition[Any], callers: CallerSource, text: str) -> Self:
        """Build the tool that publishes `text` as its description."""
        tool = cls(
            name=definition.name,
            title=definition.title,
            description=text,
            parameters=slim_schema(definition.arguments),
            output_schema=shallow_schema(definition.output),
            # What only reads is neither destructive nor changes anything a second time.
            annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
        )
        tool._definition, tool._callers = definition, callers
        return tool

    def to_mcp_tool(self, **overrides: Any) -> MCPTool:
        """Publish no framework metadata: it would ride on every listing and say nothing."""
        return super().to_mcp_tool(**{"_meta": None, **overrides})

    async def run(self, arguments: dict[str, Any]) -> ToolResult:
        """Answer a call; whatever goes wrong becomes a result the caller can act on."""
        try:
            parsed = _parse(self._definition.arguments, arguments)
            caller = await self._callers(self._definition.scope)
            output = await self._definition.handler(caller, parsed)
        except GtmError as error:
            return _error_result(error)
        except Exception:
            logger.exception("tool_failed", extra={"tool": self.name})
            return _error_result(_INTERNAL_ERROR)
        structured = output.result.model_dump(mode="json", by_alias=True)
        return ToolResult(content=output.text, structured_content=structured)


def _parse(model: type[A], arguments: Mapping[str, Any]) -> A:
    try:
        return model.model_validate_json(json.dumps(arguments), strict=True)
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        ]
        raise InvalidInputError(
            "The arguments do not fit: " + "; ".join(problems[:5]),
            hint="Check names and types against the tool's input schema.",
        ) from error


def _error_result(error: GtmError) -> ToolResult:
    body: dict[str, object] = {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "nearest": list(error.nearest),
    }
    if error.suggestion is not None:
        body["suggestion"] = _suggestion(error.suggestion)
    return ToolResult(content=json.dumps(body, ensure_ascii=False), is_error=True)


def _suggestion(found: Suggestion) -> dict[str, object]:
    """Return what to ask instead, without what is empty: a model reads all of it."""
    said: dict[str, object] = {"sentence": found.sentence}
    if found.query is not None:
        said["query"] = found.query
    if found.views:
        said["views"] = [asdict(size) for size in found.views]
    return said


def add_tools(server: FastMCP, tools: Sequence[ProductTool]) -> None:
    """Add tools, the same for every caller, and let the protocol layer know their schemas.

    It checks each call's headers against the tool's schema; left alone it lists and serialises
    every tool on every call to find that one.
    """
    for tool in tools:
        server.add_tool(tool)
    schemas = {tool.name: tool.parameters for tool in tools}
    server._mcp_server.get_tool_input_schema = schemas.get  # noqa: SLF001 - there is no other way in


def settle_framework() -> None:
    """Send FastMCP's records to the product's handlers, and drop its bridge to old field names.

    Its own handlers render a traceback in 0.2 s; the bridge warns on reads that need no bridge.
    """
    framework = logging.getLogger("fastmcp")
    framework.handlers.clear()
    framework.propagate = True
    fastmcp.settings.mcp_camelcase_compat = False


def read_texts(folder: Path) -> dict[str, str]:
    """Read the Markdown files of a folder by name without suffix."""
    return {
        path.stem: path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("*.md"))
    }


Lifespan = Callable[[], AbstractAsyncContextManager[None]]


def http_app(server: FastMCP, path: str, *, allowed_hosts: Sequence[str] = ()) -> Any:
    """Return the server as an ASGI app with a `lifespan`; loopback hosts are always allowed."""
    return server.http_app(
        path=path,
        json_response=True,
        host_origin_protection=True,
        allowed_hosts=list(allowed_hosts),
        allowed_origins=[],
    )


def mcp_routes(
    server: FastMCP, path: str, *, allowed_hosts: Sequence[str] = ()
) -> tuple[list[BaseRoute], Lifespan]:
    """Return root routes that serve MCP at exactly `path`, and the lifespan they need.

    The ASGI app is a route's endpoint, not a mount: a mount would redirect the bare path and
    publish the wrong metadata address in `WWW-Authenticate`.
    """
    served = http_app(server, path, allowed_hosts=allowed_hosts)
    routes: list[BaseRoute] = [Route(path, endpoint=served)]
    if server.auth is not None:
        routes.extend(server.auth.get_well_known_routes(path))

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        async with served.lifespan(served):
            yield

    return routes, lifespan
