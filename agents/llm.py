"""Which model answers: from the settings to an ADK model."""

from __future__ import annotations

from typing import Any, Final

from google.adk.models import BaseLlm, Gemini

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
        return Gemini(model=name, client_kwargs=_gemini_access(settings))
    if name.startswith(_OPENAI):
        return _openai_model(settings, name.removeprefix(_OPENAI))
    raise ConfigurationError(
        f"GOOGLE_AI_MODEL={name!r} is not a model this product knows.",
        hint=f"Use {LocalAnalyst.NAME}, a gemini-* name, or openai/NAME with OPENAI_BASE_URL.",
    )


def is_rule_based(settings: Settings) -> bool:
    """Say whether answers come from rules and not from a language model."""
    return settings.google_ai_model == LocalAnalyst.NAME


def _gemini_access(settings: Settings) -> dict[str, Any]:
    if settings.google_genai_use_vertexai:
        return {
            "vertexai": True,
            "project": settings.google_cloud_project,
            "location": settings.google_cloud_region,
        }
    key = settings.google_api_key
    return {"vertexai": False, "api_key": key.get_secret_value() if key else None}


def _openai_model(settings: Settings, name: str) -> BaseLlm:
    # Its client library costs 60 MB; most installations never need it.
    from google.adk.integrations.openai import OpenAILlm

    key = settings.openai_api_key
    return OpenAILlm(
        model=name,
        base_url=settings.openai_base_url,
        api_key=key.get_secret_value() if key else _NO_KEY,
    )
