"""Settings: one frozen object from the environment and `.env`; defaults are the embedded ones."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gtm.errors import ConfigurationError

# Supabase's pooler for single transactions; prepared statements and LISTEN do not work through it.
TRANSACTION_POOLER_PORT = 6543

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Settings(BaseSettings):
    """Everything that can be configured. Names are the environment variables in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", frozen=True, extra="ignore"
    )

    gtm_env: Literal["demo", "development", "production"] = Field(
        "demo", description="Where this runs; stand-ins refuse production."
    )
    gtm_data_dir: Path = Field(
        Path(".gtm"), description="Folder of everything embedded: warehouse files, keys, state."
    )
    gtm_host: str = Field("127.0.0.1", description="Address the server binds.")
    gtm_port: int = Field(8000, ge=0, le=65535, description="Port the server binds.")
    gtm_log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is logged."
    )
    gtm_dev_tenant: str | None = Field(
        None, description="Workspace that ADK's own commands (adk web, run, eval) ask in."
    )
    gtm_dev_today: date | None = Field(
        None, description="Day that ADK's own commands take for today, for repeatable evaluations."
    )
    gtm_web_dir: Path = Field(Path("web/dist"), description="Folder of the built web UI.")
    api_base_url: str = Field(
        "http://127.0.0.1:8000", description="Public URL of this API; issuer of its own tokens."
    )
    frontend_url: str = Field(
        "http://127.0.0.1:8000",
        description="Public URL of the web UI; allowed as a browser origin.",
    )

    database_url: SecretStr | None = Field(
        None, description="PostgreSQL URL of the login app_api; unset means an embedded cluster."
    )
    database_worker_url: SecretStr | None = Field(
        None, description="PostgreSQL URL of the login app_worker; not a transaction pooler."
    )
    database_admin_url: SecretStr | None = Field(
        None, description="PostgreSQL URL of the schema's owner, for `gtm migrate` alone."
    )

    supabase_url: str | None = Field(
        None, description="Supabase project URL; unset means the embedded stand-in."
    )
    supabase_anon_key: SecretStr | None = Field(None, description="Supabase publishable key.")
    supabase_service_key: SecretStr | None = Field(
        None, description="Supabase secret key; without it invitations are links to be copied."
    )

    gtm_secret_keys: SecretStr | None = Field(
        None, description="Keys that seal stored secrets, name:key,…; unset means a private file."
    )
    gtm_secret_manager: str | None = Field(
        None,
        pattern=r"^projects/[^/\s]+/secrets/[A-Za-z0-9_-]+$",
        description="Secret of Google Secret Manager that holds those keys instead.",
    )
    hubspot_api_base_url: str = Field(
        "https://api.hubapi.com", description="Where HubSpot's API is; anything else is for tests."
    )

    google_cloud_project: str = Field(
        "gtm-local", description="Project that qualifies every table name."
    )
    google_cloud_region: str = Field("us-central1", description="Region of hosted models.")
    google_api_key: SecretStr | None = Field(None, description="Gemini API key.")
    google_genai_use_vertexai: bool = Field(
        default=False, description="Reach Gemini through Vertex AI instead of an API key."
    )
    google_ai_model: str = Field(
        "local/analyst",
        description="Model that answers: local/analyst, gemini-*, or openai/NAME.",
    )
    openai_base_url: str | None = Field(
        None, description="Base URL of an OpenAI-compatible server, for openai/NAME models."
    )
    openai_api_key: SecretStr | None = Field(
        None, description="Key of that server, if it wants one."
    )

    model_stall_seconds: float = Field(
        45.0, gt=0, description="A model that says nothing for so long is given up."
    )
    model_retries: int = Field(
        1, ge=0, le=5, description="How often a call of a model that failed is made again."
    )
    model_retry_seconds: float = Field(1.0, ge=0, le=5, description="How long to wait before that.")
    model_max_output_tokens: int = Field(
        8_192, gt=0, description="Most tokens a model may write in one reply."
    )

    gtm_warehouse: Literal["duckdb", "bigquery"] = Field(
        "duckdb", description="Where workspaces' data is: files of this machine, or BigQuery."
    )
    bigquery_dataset_location: str = Field("US", description="Location of BigQuery datasets.")
    bigquery_service_account: str = Field(
        "gtm-{tenant}",
        description="Service account that asks for a workspace; {tenant} is its short name.",
    )
    bigquery_api_endpoint: str | None = Field(
        None, description="URL of the BigQuery stand-in on this machine; unset means Google."
    )

    workspace_grace_days: int = Field(
        30, ge=1, le=3650, description="How long a deleted workspace can be restored."
    )

    query_timeout_seconds: float = Field(30.0, gt=0, description="A query is stopped after this.")
    query_max_rows: int = Field(100_000, gt=0, description="Most rows one query may return.")
    query_max_result_bytes: int = Field(
        64 * 1024 * 1024, gt=0, description="Most bytes one result may hold."
    )
    query_max_bytes_billed: int = Field(
        10 * 1024**3, gt=0, description="Most bytes one query may read."
    )
    query_cache_ttl_seconds: int = Field(
        900, ge=0, description="How long an answer serves equal queries; 0 turns the cache off."
    )
    warehouse_memory_limit_mb: int = Field(
        1024, gt=0, description="Memory one tenant's embedded warehouse may use."
    )
    warehouse_threads: int = Field(
        2, gt=0, description="Threads of one tenant's embedded warehouse."
    )
    upload_max_bytes: int = Field(
        2 * 1024**3, gt=0, description="Most bytes one uploaded file may have."
    )
    result_ttl_seconds: int = Field(3600, gt=0, description="How long a result handle lives.")
    turn_max_llm_calls: int = Field(20, gt=0, description="Most model calls in one turn.")
    turn_max_tool_calls: int = Field(
        30, gt=0, description="Most calls of tools and agents in one turn."
    )
    turn_max_tokens: int = Field(
        200_000, gt=0, description="Once models have read and written so much, a turn ends."
    )
    turn_timeout_seconds: float = Field(120.0, gt=0, description="A turn is stopped after this.")

    rate_limit_user: str = Field("600/minute", description="Requests of one user.")
    rate_limit_workspace: str = Field("3000/minute", description="Requests of one workspace.")
    rate_limit_questions: str = Field("60/minute", description="Questions of one user.")
    rate_limit_workspace_questions: str = Field(
        "300/minute", description="Questions of one workspace."
    )
    rate_limit_client: str = Field(
        "120/minute", description="Requests of one network address without a valid token."
    )
    rate_limit_passwords: str = Field(
        "20/minute;100/hour",
        description="Refused sign-ins, and sign-ups, of one network address.",
    )
    rate_limit_guesses: str = Field(
        "10/minute;50/hour",
        description="Refused sign-ins with one e-mail address, from one network address.",
    )
    rate_limit_address: str = Field(
        "100/hour", description="Refused sign-ins with one e-mail address, from anywhere."
    )
    rate_limit_mails: str = Field(
        "5/hour", description="Mails to one e-mail address that somebody unknown asks for."
    )
    rate_limit_invitations: str = Field("100/day", description="Invitations of one user.")
    forwarded_hops: int = Field(
        0, ge=0, le=10, description="Proxies before this server whose X-Forwarded-For is believed."
    )

    @model_validator(mode="after")
    def _refuse_half_configured(self) -> Self:
        if self.supabase_url and not self.supabase_anon_key:
            raise ConfigurationError(
                "SUPABASE_URL is set but SUPABASE_ANON_KEY is not.",
                hint="Set both, or neither for the embedded sign-in.",
            )
        if self.supabase_service_key and not self.supabase_url:
            raise ConfigurationError(
                "SUPABASE_SERVICE_KEY is set but SUPABASE_URL is not.",
                hint="Unset it: the embedded sign-in has a key of its own.",
            )
        if self.gtm_env == "production" and not self.supabase_url:
            raise ConfigurationError(
                "GTM_ENV=production needs a hosted sign-in: the embedded one is a stand-in.",
                hint="Set SUPABASE_URL and SUPABASE_ANON_KEY.",
            )
        if self.google_ai_model.startswith("gemini") and not (
            self.google_api_key or self.google_genai_use_vertexai
        ):
            raise ConfigurationError(
                f"GOOGLE_AI_MODEL={self.google_ai_model!r} needs a way in.",
                hint="Set GOOGLE_API_KEY, or GOOGLE_GENAI_USE_VERTEXAI=true.",
            )
        if self.google_ai_model.startswith("openai/") and not self.openai_base_url:
            raise ConfigurationError(
                f"GOOGLE_AI_MODEL={self.google_ai_model!r} needs OPENAI_BASE_URL.",
                hint="For Ollama it is http://127.0.0.1:11434/v1.",
            )
        return self

    @model_validator(mode="after")
    def _refuse_half_configured_bigquery(self) -> Self:
        if self.bigquery_api_endpoint and self.gtm_warehouse != "bigquery":
            raise ConfigurationError(
                "BIGQUERY_API_ENDPOINT is set but GTM_WAREHOUSE is not bigquery.",
                hint="Set GTM_WAREHOUSE=bigquery, or unset BIGQUERY_API_ENDPOINT.",
            )
        if self.gtm_warehouse != "bigquery":
            return self
        if self.bigquery_api_endpoint:
            _check_stand_in(self.bigquery_api_endpoint, self.gtm_env)
        elif "google_cloud_project" not in self.model_fields_set:
            raise ConfigurationError(
                "GTM_WAREHOUSE=bigquery needs GOOGLE_CLOUD_PROJECT.",
                hint="Set it to the id of the project that holds the datasets.",
            )
        if "{tenant}" not in self.bigquery_service_account:
            raise ConfigurationError(
                "BIGQUERY_SERVICE_ACCOUNT has no {tenant}: workspaces would share an identity.",
                hint="Use for example gtm-{tenant}.",
            )
        return self

    @model_validator(mode="after")
    def _refuse_half_configured_database(self) -> Self:
        if (self.database_url is None) != (self.database_worker_url is None):
            raise ConfigurationError(
                "DATABASE_URL and DATABASE_WORKER_URL belong together, and one is not set.",
                hint="Set both, or neither for the embedded database.",
            )
        worker = self.database_worker_url
        if worker and urlsplit(worker.get_secret_value()).port == TRANSACTION_POOLER_PORT:
            raise ConfigurationError(
                "DATABASE_WORKER_URL leads to a transaction pooler, which keeps no session.",
                hint="Use the session pooler (port 5432) or the direct address.",
            )
        return self

    @model_validator(mode="after")
    def _refuse_misplaced_secrets(self) -> Self:
        if self.gtm_secret_keys and self.gtm_secret_manager:
            raise ConfigurationError(
                "GTM_SECRET_KEYS and GTM_SECRET_MANAGER are both set, and the keys are in one.",
                hint="Unset one of them.",
            )
        _check_hubspot(self.hubspot_api_base_url, self.gtm_env)
        return self

    @property
    def is_auth_embedded(self) -> bool:
        """Whether sign-in is the loopback stand-in."""
        return self.supabase_url is None


def _check_stand_in(endpoint: str, environment: str) -> None:
    """Refuse an endpoint that is not the stand-in's: identities are sent there by name only."""
    if environment == "production":
        raise ConfigurationError(
            "BIGQUERY_API_ENDPOINT leads to a stand-in, which GTM_ENV=production refuses.",
            hint="Unset BIGQUERY_API_ENDPOINT.",
        )
    address = urlsplit(endpoint)
    if address.scheme != "http" or address.hostname not in _LOOPBACK:
        raise ConfigurationError(
            f"BIGQUERY_API_ENDPOINT={endpoint!r} is not on this machine.",
            hint="It is for the stand-in alone, for example http://127.0.0.1:9050.",
        )


def _check_hubspot(base_url: str, environment: str) -> None:
    """Refuse a host that is neither HubSpot's nor this machine: tokens are sent there."""
    address = urlsplit(base_url)
    host = address.hostname or ""
    if address.scheme == "https" and (host == "hubapi.com" or host.endswith(".hubapi.com")):
        return
    is_here = address.scheme == "http" and host in _LOOPBACK
    if not is_here or environment == "production":
        raise ConfigurationError(
            f"HUBSPOT_API_BASE_URL={base_url!r} is not HubSpot's API.",
            hint="Unset it. An address of this machine will do for tests and development alone.",
        )
