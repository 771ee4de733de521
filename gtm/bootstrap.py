"""The composition root: settings in, services out; the only place that picks an adapter."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import httpx
from anyio import to_thread

from gtm.analytics.audit import QueryLog
from gtm.analytics.cache import AnswerCache
from gtm.analytics.results import ResultStore
from gtm.analytics.service import AnalyticsService
from gtm.audit.base import AuditTrail
from gtm.audit.postgres import PostgresAuditTrail
from gtm.audit.usage import UsageMeter
from gtm.audit.usage_postgres import PostgresUsageMeter
from gtm.auth.access_tokens import PREFIX as ACCESS_TOKEN_PREFIX
from gtm.auth.access_tokens import AccessTokens
from gtm.auth.access_tokens_postgres import PostgresAccessTokens
from gtm.auth.identity import IdentityProvider, UserRegistry
from gtm.auth.keys import SigningKey
from gtm.auth.tokens import TokenIssuer
from gtm.auth.verifier import Claims, TokenVerifier, TrustedIssuer
from gtm.charts.drawing.png import Painter
from gtm.clock import Clock, SystemClock
from gtm.connectors.files import FileLoader
from gtm.connectors.health import DataHealth
from gtm.connectors.hubspot.account import HubSpotAccounts
from gtm.connectors.integrations.register import IntegrationRegister
from gtm.connectors.integrations.service import Integrations
from gtm.connectors.recorded import RecordedLoader
from gtm.context import Door, Role, TenantContext, UserId
from gtm.dashboards.base import DashboardStore
from gtm.dashboards.postgres import PostgresDashboards
from gtm.dashboards.postgres_shares import PostgresShares
from gtm.dashboards.service import ChartService
from gtm.dashboards.shares import ShareStore
from gtm.demo.filling import Filler
from gtm.demo.logins import DemoLogin, demo_logins
from gtm.demo.on_request import SampleOnRequest
from gtm.errors import ConfigurationError, GtmError, NotFoundError
from gtm.memory.postgres_synonyms import PostgresSynonyms
from gtm.memory.service import Memory
from gtm.models.dependencies import raw_tables_beneath
from gtm.models.docs import load_view_docs
from gtm.models.restless import restless_views
from gtm.secrets.environment_keys import EnvironmentKeys
from gtm.secrets.key_file import KeyFile
from gtm.secrets.key_source import KeySource
from gtm.secrets.secret_manager import SecretManagerKeys
from gtm.secrets.store import SecretStore
from gtm.semantics.catalog import Catalog, load_catalog
from gtm.settings import Settings
from gtm.sql.guard import Guard
from gtm.store.agent_sessions import forget_sessions
from gtm.store.base import TurnStore
from gtm.store.database import DatabaseUrls
from gtm.store.idempotency import IdempotencyKeys, PostgresIdempotencyKeys
from gtm.store.postgres import PostgresTurnStore
from gtm.store.state import State, open_embedded, open_hosted
from gtm.tenants.base import WorkspaceDirectory, context_for
from gtm.tenants.deletion import Deletions
from gtm.tenants.invitations import Invitations
from gtm.tenants.invitations_postgres import PostgresInvitations
from gtm.tenants.invitations_sending import InvitationSender
from gtm.tenants.leftovers import Leftovers
from gtm.tenants.people import People
from gtm.tenants.people_postgres import PostgresPeople
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from gtm.tenants.provisioning import Prepare, Provisioner, preparing
from gtm.tenants.purging import Purger
from gtm.tenants.rounds import Rounds
from gtm.tenants.sample_states import SampleStates
from gtm.tenants.sampling import Sampler, SampleWork
from gtm.warehouse.base import QueryLimits, Warehouse
from gtm.warehouse.bigquery_project import BigQueryProject

if TYPE_CHECKING:
    from gtm.warehouse.bigquery import BigQueryWarehouse

logger = logging.getLogger(__name__)

MCP_PATH = "/mcp/bigquery"
# Calls of the agents carry the same token for this long, so that its MCP session is reused.
_INTERNAL_WINDOW_SECONDS = 300
_INTERNAL_TTL_SECONDS = 600
_REVIVAL_PAUSE_SECONDS = 5.0
_STAND_IN_KEY = "stand-in"
_PROBE_USER = UserId("readiness")


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the entry points work with; closed by whoever had it built."""

    settings: Settings
    clock: Clock
    warehouse: Warehouse
    guard: Guard
    catalog: Catalog
    analytics: AnalyticsService
    loader: FileLoader
    loads: RecordedLoader
    integrations: Integrations
    workspaces: WorkspaceDirectory
    people: People
    invitations: Invitations
    invitation_sender: InvitationSender
    provisioner: Provisioner
    deletions: Deletions
    purger: Purger
    sampler: Sampler
    turns: TurnStore
    idempotency: IdempotencyKeys
    key_sweeper: Rounds
    dashboards: DashboardStore
    charts: ChartService
    shares: ShareStore
    memory: Memory
    painter: Painter
    audit: AuditTrail
    usage: UsageMeter
    access_tokens: AccessTokens
    identity: IdentityProvider
    verifier: TokenVerifier
    user_issuer: str
    internal_tokens: TokenIssuer
    scratch_dir: Path
    state: State

    @property
    def mcp_url(self) -> str:
        """The public address of the analytics MCP server, and the audience of its tokens."""
        return mcp_url(self.settings)

    def mint_internal(
        self,
        *,
        user_id: str,
        tenant_id: str,
        role: str,
        conversation_id: str | None = None,
        door: Door = "web",
    ) -> str:
        """Return the token with which the agents call the MCP server for a verified user."""
        return self.internal_tokens.mint(
            subject=user_id,
            audience=self.mcp_url,
            tenant_id=tenant_id,
            role=role,
            ttl_seconds=_INTERNAL_TTL_SECONDS,
            extra={"door": door}
            | ({"conversation_id": conversation_id} if conversation_id else {}),
        )

    async def context_for(self, claims: Claims) -> TenantContext:
        """Return who is asking data. Raises NotPermittedError and WorkspaceNotReadyError."""
        tenant = await context_for(self.workspaces, claims)
        await self.provisioner.require_ready(tenant)
        return tenant

    async def demo_logins(self) -> tuple[DemoLogin, ...]:
        """Return the sample logins; none unless this is a demo whose samples are loaded."""
        if self.settings.gtm_env != "demo" or not self.settings.is_auth_embedded:
            return ()
        known = {workspace.tenant_id for workspace in await self.workspaces.workspaces()}
        return tuple(login for login in demo_logins() if login.tenant_id in known)

    async def check(self) -> Mapping[str, str]:
        """Try what a question needs; `ready` or the reason, by name."""
        verdicts = {"workspaces": "ready", "warehouse": "ready"}
        try:
            workspaces = await self.workspaces.workspaces()
        except GtmError as error:
            return {"workspaces": error.message}
        for workspace in workspaces[:1]:
            try:
                await self.warehouse.view_columns(workspace.context(_PROBE_USER, Role.VIEWER))
            except NotFoundError:
                # Nothing loaded yet is a state a question can be answered in.
                continue
            except GtmError as error:
                verdicts["warehouse"] = error.message
        return verdicts

    async def recover_loads(self) -> None:
        """Bring to an end the loads that a stopped process left behind, in every workspace."""
        try:
            workspaces = await self.workspaces.workspaces()
        except GtmError:
            # The next load of each workspace recovers it too.
            logger.exception("recovery_failed")
            return
        for workspace in workspaces:
            tenant = workspace.context(_PROBE_USER, Role.OWNER)
            try:
                if await self.loader.recover(tenant):
                    self.analytics.data_changed(tenant)
            except Exception:
                # The others must not wait for it, and the next load here tries again.
                logger.exception("recovery_failed", extra={"tenant_id": tenant.tenant_id})

    async def keep_state_alive(self) -> None:
        """Start the embedded database again whenever it has died; runs until it is cancelled."""
        cluster = self.state.cluster
        while cluster is not None:
            await to_thread.run_sync(cluster.wait, abandon_on_cancel=True)
            logger.error("database_died")
            try:
                await to_thread.run_sync(cluster.revive)
            except GtmError:
                # A full disk, say: questions fail with that until somebody has made room.
                logger.exception("database_not_revived")
                await anyio.sleep(_REVIVAL_PAUSE_SECONDS)

    async def close(self) -> None:
        """Release everything, whatever fails on the way."""
        for part in (self.identity, self.integrations, self.warehouse, self.state):
            try:
                await part.close()
            except Exception:
                logger.exception("close_failed", extra={"part": type(part).__name__})


def build_services(
    settings: Settings,
    *,
    clock: Clock | None = None,
    auth_transport: httpx.AsyncBaseTransport | None = None,
) -> Services:
    """Put the parts together; `auth_transport` leads to a sign-in service inside this process."""
    clock = clock or SystemClock()
    # Inside the data folder: the system's own temporary one may be small, and in memory.
    scratch_dir = settings.gtm_data_dir / "scratch"
    make_data_dir(settings.gtm_data_dir)
    make_data_dir(scratch_dir)
    state = open_state(settings)
    warehouse = _warehouse(settings, clock)
    prepare = preparing(warehouse)
    view_docs, catalog = load_view_docs(), load_catalog()
    guard = Guard(settings.google_cloud_project, frozenset(view_docs))
    audit = PostgresAuditTrail(state.database)
    access_tokens = PostgresAccessTokens(state.database, clock)
    results = ResultStore(clock, ttl_seconds=settings.result_ttl_seconds)
    analytics = AnalyticsService(
        warehouse=warehouse,
        guard=guard,
        catalog=catalog,
        view_docs=view_docs,
        results=results,
        cache=AnswerCache(
            clock,
            ttl_seconds=settings.query_cache_ttl_seconds,
            restless_views=restless_views(),
        ),
        audit=QueryLog(audit),
        clock=clock,
        limits=_limits(settings),
        words=PostgresSynonyms(state.database),
    )
    loader = FileLoader(
        warehouse,
        scratch_dir=scratch_dir,
        clock=clock,
        health=DataHealth(warehouse, guard, _limits(settings)),
    )
    workspaces = PostgresWorkspaceDirectory(state.database)
    sampler = Sampler(
        workspaces,
        SampleStates(state.database),
        _sample_work(warehouse, prepare, loader, analytics, scratch_dir=scratch_dir),
        clock,
    )
    provisioner = Provisioner(workspaces, prepare, on_prepared=sampler.wake)

    async def forget(tenant: TenantContext) -> None:
        await forget_sessions(state.database, tenant.tenant_id)
        analytics.data_changed(tenant)
        results.forget(tenant)
        provisioner.forget(tenant.tenant_id)

    turns = PostgresTurnStore(state.database, clock)
    idempotency = PostgresIdempotencyKeys(state.database, clock)
    dashboards = PostgresDashboards(state.database, clock)
    memory = Memory.over(
        state.database,
        turns=turns,
        catalog=catalog,
        guard=guard,
        find_values=analytics.find_values,
        clock=clock,
    )
    invitations = PostgresInvitations(state.database)
    identity, user_issuer = _identity(settings, auth_transport)
    internal = TokenIssuer(
        SigningKey.load_or_create(settings.gtm_data_dir / "keys" / "internal.pem"),
        f"{settings.api_base_url.rstrip('/')}/internal",
        clock,
        window_seconds=_INTERNAL_WINDOW_SECONDS,
    )
    return Services(
        settings=settings,
        clock=clock,
        warehouse=warehouse,
        guard=guard,
        catalog=catalog,
        analytics=analytics,
        loader=loader,
        loads=RecordedLoader(loader, audit, clock),
        integrations=Integrations(
            IntegrationRegister(state.database),
            secrets=SecretStore(state.database, open_key_source(settings)),
            hubspot=HubSpotAccounts(settings.hubspot_api_base_url, httpx.AsyncClient(timeout=10.0)),
            reach=analytics.freshness,
            journal=loader.journal,
        ),
        workspaces=workspaces,
        people=PostgresPeople(state.database),
        invitations=invitations,
        invitation_sender=InvitationSender(
            invitations, identity, frontend_url=settings.frontend_url
        ),
        provisioner=provisioner,
        deletions=Deletions(
            state.database, clock, grace=timedelta(days=settings.workspace_grace_days)
        ),
        purger=Purger(
            state.database,
            clock,
            [warehouse.drop, forget],
            leftovers=Leftovers(scratch_dir, clock),
            sweep=memory.unanswered.forget_old,
        ),
        sampler=sampler,
        turns=turns,
        idempotency=idempotency,
        key_sweeper=Rounds(
            idempotency.forget_expired,
            name="idempotency_keys",
            retry_seconds=60,
            every_seconds=3600,
        ),
        dashboards=dashboards,
        charts=ChartService(dashboards, turns, analytics, clock),
        shares=PostgresShares(state.database, clock),
        memory=memory,
        painter=Painter(),
        audit=audit,
        usage=PostgresUsageMeter(state.database),
        access_tokens=access_tokens,
        identity=identity,
        verifier=_verifier(
            settings, clock, identity, user_issuer, internal, access_tokens=access_tokens
        ),
        user_issuer=user_issuer,
        internal_tokens=internal,
        scratch_dir=scratch_dir,
        state=state,
    )


def _sample_work(
    warehouse: Warehouse,
    prepare: Prepare,
    loader: FileLoader,
    analytics: AnalyticsService,
    *,
    scratch_dir: Path,
) -> SampleWork:
    async def clear(tenant: TenantContext) -> None:
        await warehouse.drop(tenant)
        await prepare(tenant)

    return SampleWork(
        load=SampleOnRequest(Filler(warehouse, loader, scratch_dir=scratch_dir)),
        clear=clear,
        changed=analytics.data_changed,
        freshness=analytics.freshness,
        journal=loader.journal,
    )


def open_state(settings: Settings) -> State:
    """Open the state database, the embedded one by starting it. Blocking; closed by the caller."""
    api, worker = settings.database_url, settings.database_worker_url
    if api is None or worker is None:
        make_data_dir(settings.gtm_data_dir)
        return open_embedded(settings.gtm_data_dir / "postgres")
    return open_hosted(DatabaseUrls(api.get_secret_value(), worker.get_secret_value()))


def open_key_source(settings: Settings) -> KeySource:
    """Return where the keys are that seal secrets. Raises ConfigurationError."""
    if settings.gtm_secret_keys is not None:
        return EnvironmentKeys(settings.gtm_secret_keys)
    if settings.gtm_secret_manager is not None:
        # Google's client takes seconds to import; the embedded start must not pay for it.
        from gtm.secrets.google_identity import access_token

        return SecretManagerKeys(settings.gtm_secret_manager, access_token)
    if settings.gtm_env == "production" and settings.database_url is not None:
        raise ConfigurationError(
            "Stored secrets would be sealed with a key that this machine alone has.",
            hint="Set GTM_SECRET_KEYS or GTM_SECRET_MANAGER; servers of one database share them.",
        )
    return KeyFile(settings.gtm_data_dir / "keys" / "secrets.json")


def open_user_registry(settings: Settings, clock: Clock) -> UserRegistry:
    """Open the stand-in's accounts. Raises ConfigurationError when sign-in is hosted."""
    if not settings.is_auth_embedded:
        raise ConfigurationError(
            "Sample users can't be created in a hosted sign-in.",
            hint="Unset SUPABASE_URL and SUPABASE_ANON_KEY to run the demo.",
        )
    # Only the embedded start needs the stand-in and its password hashing.
    from sandbox.supabase_auth.accounts import Accounts
    from sandbox.supabase_auth.database import DATABASE_FILE

    return Accounts(auth_dir(settings) / DATABASE_FILE, clock)


def auth_dir(settings: Settings) -> Path:
    """Return the folder of the embedded sign-in."""
    return settings.gtm_data_dir / "auth"


def mcp_url(settings: Settings) -> str:
    """Return the public address of the analytics MCP server."""
    return settings.api_base_url.rstrip("/") + MCP_PATH


def make_data_dir(path: Path) -> None:
    """Make the data folder, private to its owner. Raises ConfigurationError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {path} can't be made: {error.strerror}.",
            hint="Set GTM_DATA_DIR to a folder you can write to.",
        ) from error


def _warehouse(settings: Settings, clock: Clock) -> Warehouse:
    if settings.gtm_warehouse == "bigquery":
        return open_bigquery(settings, clock)
    # An engine is slow to import; a hosted warehouse must not pay for the embedded one.
    from gtm.warehouse.duckdb import DuckDBWarehouse

    return DuckDBWarehouse(
        settings.gtm_data_dir / "warehouse",
        project=settings.google_cloud_project,
        memory_limit_mb=settings.warehouse_memory_limit_mb,
        threads=settings.warehouse_threads,
    )


def open_bigquery(settings: Settings, clock: Clock) -> BigQueryWarehouse:
    """Open the hosted warehouse. Raises ConfigurationError without a way in."""
    # Google's client takes seconds to import; the embedded start must not pay for it.
    from gtm.warehouse.bigquery import BigQueryWarehouse

    return BigQueryWarehouse(bigquery_project(settings), sources=raw_tables_beneath(), clock=clock)


def bigquery_project(settings: Settings) -> BigQueryProject:
    """Return where the datasets are, and as whom they are read."""
    return BigQueryProject(
        project=settings.google_cloud_project,
        location=settings.bigquery_dataset_location,
        account_pattern=settings.bigquery_service_account,
        endpoint=settings.bigquery_api_endpoint,
    )


def _limits(settings: Settings) -> QueryLimits:
    return QueryLimits(
        timeout_seconds=settings.query_timeout_seconds,
        max_rows=settings.query_max_rows,
        max_result_bytes=settings.query_max_result_bytes,
        max_bytes_billed=settings.query_max_bytes_billed,
    )


def _identity(
    settings: Settings, transport: httpx.AsyncBaseTransport | None
) -> tuple[IdentityProvider, str]:
    # The official client takes a while to import and only serving needs it.
    from gtm.auth.supabase import SupabaseIdentity

    base_url = (settings.supabase_url or settings.api_base_url).rstrip("/")
    key = settings.supabase_anon_key
    http = httpx.AsyncClient(transport=transport, timeout=10.0)
    api_key = key.get_secret_value() if key else _STAND_IN_KEY
    identity = SupabaseIdentity(base_url, api_key, http, service_key=_service_key(settings))
    return identity, f"{base_url}/auth/v1"


def _service_key(settings: Settings) -> str | None:
    if settings.is_auth_embedded:
        # Only the embedded start needs the stand-in.
        from sandbox.supabase_auth.keys import load_or_create_service_key

        return load_or_create_service_key(auth_dir(settings))
    key = settings.supabase_service_key
    return key.get_secret_value() if key else None


def _verifier(
    settings: Settings,
    clock: Clock,
    identity: IdentityProvider,
    user_issuer: str,
    internal: TokenIssuer,
    *,
    access_tokens: AccessTokens,
) -> TokenVerifier:
    # Hosted projects that are older sign with RSA; the algorithm comes from here, not from a token.
    hosted = frozenset({"ES256", "RS256"})
    users = TrustedIssuer(
        jwks=identity.jwks,
        audiences=frozenset({"authenticated"}),
        algorithms=frozenset({"ES256"}) if settings.is_auth_embedded else hosted,
        required_role="authenticated",
    )
    agents = TrustedIssuer(
        jwks=internal.key.public_jwks(), audiences=frozenset({mcp_url(settings)})
    )
    opaque = {ACCESS_TOKEN_PREFIX: access_tokens.claims}
    return TokenVerifier({user_issuer: users, internal.issuer: agents}, clock, opaque=opaque)
