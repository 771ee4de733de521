"""Which model answers: from the settings to an ADK model."""

from __future__ import annotations

from typing import Any, Final

from google.adk.models import BaseLlm, Gemini

from agents.guarded_model import GuardedModel
from agents.local_analyst import LocalAnalyst
from gtm.clock import Clock
from gtm.errors import ConfigurationError
from gtm.settings import Settings

_OPENAI: Final = "openai/"
# OpenAI-compatible servers without a key still want the header.
_NO_KEY: Final = "none"


def build_model(settings: Settings, clock: Clock) -> BaseLlm:
    """Return the configured model. Raises ConfigurationError for a name it can't place."""
    name = settings.google_ai_model
    if name == LocalAnalyst.NAME:
        return LocalAnalyst.make(clock)
    if name.startswith("gemini"):
        return Gemini(model=name, client_kwargs=_gemini_client(settings))
    if name.startswith(_OPENAI):
        return _openai_model(settings, name.removeprefix(_OPENAI))
    raise ConfigurationError(
        f"GOOGLE_AI_MODEL={name!r} is not a model this product knows.",
        hint=f"Use {LocalAnalyst.NAME}, a gemini-* name, or openai/NAME with OPENAI_BASE_URL.",
    )


def is_rule_based(settings: Settings) -> bool:
    """Say whether answers come from rules and not from a language model."""
    return settings.google_ai_model == LocalAnalyst.NAME


def warm_model(model: BaseLlm) -> None:
    """Make the client of a hosted model: with its certificates that takes half a second."""
    if isinstance(model, GuardedModel) and isinstance(model.inner, Gemini):
        _ = model.inner.api_client


async def close_model(model: BaseLlm) -> None:
    """Close the connections a model keeps open in the running loop."""
    if isinstance(model, GuardedModel):
        model = model.inner
    if isinstance(model, Gemini):
        await model.api_client.aio.aclose()
        return
    client = getattr(model, "client", None)
    if client is not None:
        await client.close()


def _gemini_client(settings: Settings) -> dict[str, Any]:
    # The client counts its timeout in milliseconds. Failed calls are made again by the guard: left
    # alone the client waits up to ten seconds before a try of its own.
    options = {
        "timeout": int(settings.turn_timeout_seconds * 1000),
        "retry_options": {"attempts": 1},
    }
    if settings.google_genai_use_vertexai:
        return {
            "vertexai": True,
            "project": settings.google_cloud_project,
            "location": settings.google_cloud_region,
            "http_options": options,
        }
    key = settings.google_api_key
    return {
        "vertexai": False,
        "api_key": key.get_secret_value() if key else None,
        "http_options": options,
    }


def _openai_model(settings: Settings, name: str) -> BaseLlm:
    # Its client library costs 60 MB; most installations never need it.
    from google.adk.integrations.openai import OpenAILlm
    from openai import AsyncOpenAI

    key = settings.openai_api_key
    client = AsyncOpenAI(
        base_url=settings.openai_base_url,
        api_key=key.get_secret_value() if key else _NO_KEY,
        timeout=settings.turn_timeout_seconds,
        max_retries=0,
    )
    return OpenAILlm(model=name, client=client)
