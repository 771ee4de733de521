"""The ASGI factory: mounts the API, the MCP server, the embedded sign-in and the built web UI."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import anyio
import httpx
from fastmcp import FastMCP
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute, Mount, Route

from agents.before import Before
from agents.llm import is_rule_based
from agents.parts import dev_clock
from agents.reply import ModelInfo, TurnReply, Verified
from agents.runner import TurnRunner
from agents.sessions import open_sessions
from agents.toolset import Identity, McpConnection
from agents.verified import FindVerified, VerifiedQuery
from api import errors
from api.app import create_api
from api.limits import RateLimits
from api.middleware import BodyLimit, GuessLimit, RequestEnvelope
from api.state import ApiState, Readiness, Turns
from api.web import WebApp
from gtm.auth.verifier import Claims
from gtm.bootstrap import MCP_PATH, Services, auth_dir, build_services
from gtm.clock import Clock, SystemClock
from gtm.context import Role, TenantContext, UserId
from gtm.errors import NotPermittedError
from gtm.settings import Settings
from gtm.store.base import ConversationId, TurnUse
from mcp_servers.bigquery.server import build_bigquery_server
from mcp_servers.runtime import ContextSource, http_app, mcp_routes
from sandbox.supabase_auth.app import SupabaseAuth

logger = logging.getLogger(__name__)

_AUTH_PATH = "/auth/v1"
_MAX_BODY_BYTES = 256 * 1024
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_DEV_USER = UserId("dev")

MakeTurns = Callable[[Services], Turns]


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    make_turns: MakeTurns | None = None,
) -> Starlette:
    """Build the whole application; its lifespan warms the agents and closes everything."""
    settings, clock = settings or Settings(), clock or SystemClock()
    auth = _stand_in(settings, clock) if settings.is_auth_embedded else None
    limits = RateLimits(settings, clock)
    auth_routes = [Mount(_AUTH_PATH, app=auth.app)] if auth else []
    transport = httpx.ASGITransport(Starlette(routes=auth_routes)) if auth else None
    services = build_services(settings, clock=clock, auth_transport=transport)

    turns = (make_turns or _agents)(services)
    readiness = Readiness()
    api = create_api(ApiState(services, turns, _model(settings), readiness, limits))
    server = _mcp_server(services, _counted(services.context_for, limits))
    mcp, mcp_lifespan = mcp_routes(server, MCP_PATH, allowed_hosts=_hosts(settings))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if auth is not None:
                stack.callback(auth.close)
            stack.push_async_callback(services.close)
            await stack.enter_async_context(mcp_lifespan())
            stack.push_async_callback(turns.close)
            await turns.warm(await _any_tenant(services))
            readiness.is_warm = True
            async with anyio.create_task_group() as beside:
                # Questions see the state before the broken load until this is done.
                beside.start_soon(services.recover_loads)
                beside.start_soon(services.keep_state_alive)
                beside.start_soon(services.provisioner.run)
                beside.start_soon(services.purger.run)
                beside.start_soon(services.sampler.run)
                beside.start_soon(services.key_sweeper.run)
                yield
                beside.cancel_scope.cancel()
            readiness.is_warm = False

    api_paths = ("/v1/{path:path}", "/healthz", "/readyz")
    routes: list[BaseRoute] = [
        *([Mount(_AUTH_PATH, app=GuessLimit(auth.app, limits))] if auth else []),
        *mcp,
        # The API is an endpoint, not a mount, so that its own paths and documents stay whole.
        *(Route(path, endpoint=api) for path in api_paths),
        Mount("/", app=WebApp(settings.gtm_web_dir)),
    ]
    return Starlette(
        routes=routes,
        middleware=_middleware(settings),
        lifespan=lifespan,
        exception_handlers={HTTPException: errors.on_http_exception},
    )


def create_dev_connection() -> McpConnection:
    """Return the agents' connection for ADK's own commands, where nobody signs in."""
    settings = Settings()
    services = build_services(settings, clock=dev_clock(settings))
    slug = settings.gtm_dev_tenant

    async def context_for(_claims: Claims) -> TenantContext:
        for workspace in await services.workspaces.workspaces():
            if workspace.slug == slug:
                return workspace.context(_DEV_USER, Role.OWNER)
        raise NotPermittedError(
            f"There is no workspace {slug!r} for the development tools.",
            hint="Run `gtm demo` once, then set GTM_DEV_TENANT=acme.",
        )

    identity = Identity(slug, _DEV_USER, Role.OWNER, door="dev") if slug else None
    return _connection(services, context_for, dev_identity=identity)


def _agents(services: Services) -> TurnRunner:
    async def keep(tenant: TenantContext, reply: TurnReply, model_tokens: int) -> None:
        await services.turns.add_turn(
            tenant,
            ConversationId(reply.conversation_id),
            turn_id=reply.turn_id,
            reply=reply.model_dump(mode="json", by_alias=True),
            use=TurnUse(model_tokens, reply.usage.model_calls, reply.usage.tool_calls),
            is_answered=reply.outcome != "error",
        )
        if reply.outcome in {"clarify", "refuse"}:
            await services.memory.unanswered.note(tenant, reply.question, outcome=reply.outcome)

    return TurnRunner(
        services.settings,
        connection=_connection(services, services.context_for),
        sessions=open_sessions(services.state.worker_url),
        clock=services.clock,
        on_reply=keep,
        find_verified=_find_verified(services),
    )


def _find_verified(services: Services) -> FindVerified:
    async def find(tenant: TenantContext, question: str, before: Before) -> VerifiedQuery | None:
        found = await services.memory.verified.find(
            tenant, question, previous=before.query, asked_back=before.reply
        )
        if found is None:
            return None
        answer = found.answer
        verified = Verified(
            id=str(answer.id),
            question=answer.question,
            by=answer.by_name,
            at=answer.updated_at,
            note=answer.note,
        )
        return VerifiedQuery(verified, found.asked.query, found.asked.sql)

    return find


def _counted(
    contexts: Callable[[Claims], Awaitable[TenantContext]], limits: RateLimits
) -> ContextSource:
    """Count the calls of those who come to the MCP server from outside."""

    async def context_for(claims: Claims) -> TenantContext:
        tenant = await contexts(claims)
        limits.count_call(tenant)
        return tenant

    return context_for


async def _any_tenant(services: Services) -> TenantContext | None:
    """Return a member to warm up as, if there is one yet."""
    for workspace in await services.workspaces.workspaces():
        for user_id, role in await services.workspaces.members(workspace.tenant_id):
            return workspace.context(user_id, role)
    return None


def _model(settings: Settings) -> ModelInfo:
    return ModelInfo(name=settings.google_ai_model, is_rule_based=is_rule_based(settings))


def _stand_in(settings: Settings, clock: Clock) -> SupabaseAuth:
    return SupabaseAuth(
        auth_dir(settings),
        base_url=settings.api_base_url,
        clock=clock,
        environment=settings.gtm_env,
        host=settings.gtm_host,
        # The web UI may be served from another address than the API, as its dev server is.
        site_url=settings.frontend_url,
    )


def _mcp_server(services: Services, contexts: ContextSource) -> FastMCP:
    return build_bigquery_server(
        services.analytics,
        contexts,
        verifier=services.verifier,
        base_url=services.settings.api_base_url,
        authorization_servers=[services.user_issuer],
        agents_issuer=services.internal_tokens.issuer,
    )


def _connection(
    services: Services, contexts: ContextSource, *, dev_identity: Identity | None = None
) -> McpConnection:
    """Lead the agents to a server of their own in this process, with tokens of our own."""

    def mint(identity: Identity) -> str:
        return services.mint_internal(
            user_id=identity.user_id,
            tenant_id=identity.tenant_id,
            role=identity.role,
            conversation_id=identity.conversation_id,
            door=identity.door,
        )

    return McpConnection(
        url=services.mcp_url,
        mint=mint,
        app_factory=lambda: http_app(
            _mcp_server(services, contexts), MCP_PATH, allowed_hosts=_hosts(services.settings)
        ),
        timeout_seconds=services.settings.turn_timeout_seconds,
        dev_identity=dev_identity,
    )


def _middleware(settings: Settings) -> list[Middleware]:
    cors = Middleware(
        CORSMiddleware,
        allow_origins=[_origin(settings.frontend_url)],
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=[
            "authorization",
            "content-type",
            "idempotency-key",
            "last-event-id",
            "x-request-id",
        ],
        expose_headers=[
            "content-disposition",
            "idempotency-replayed",
            "ratelimit",
            "ratelimit-policy",
            "retry-after",
            "x-request-id",
        ],
    )
    body = Middleware(
        BodyLimit, max_bytes=_MAX_BODY_BYTES, max_upload_bytes=settings.upload_max_bytes
    )
    stack = [Middleware(RequestEnvelope), cors, body]
    if settings.is_auth_embedded:
        # A web page could point its own name at this machine; the sample logins are public.
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(settings))
        stack.insert(1, hosts)
    return stack


def _hosts(settings: Settings) -> Sequence[str]:
    public = (urlsplit(settings.api_base_url).hostname, urlsplit(settings.frontend_url).hostname)
    return [*_LOOPBACK, *(name for name in public if name and name not in _LOOPBACK)]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
