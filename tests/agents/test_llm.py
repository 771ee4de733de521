from __future__ import annotations

from typing import Any

import pytest
from google.adk.models import Gemini

from agents.guarded_model import GuardedModel
from agents.llm import build_model, is_rule_based
from agents.local_analyst import LocalAnalyst
from agents.parts import AgentParts
from agents.toolset import McpConnection
from gtm.errors import ConfigurationError
from gtm.settings import Settings
from tests.support.analytics import FakeClock


def settings(**changes: Any) -> Settings:
    return Settings(_env_file=None, **changes)


def parts(**changes: Any) -> AgentParts:
    connection = McpConnection(url="http://127.0.0.1/mcp", mint=lambda identity: identity.user_id)
    return AgentParts.of(settings(**changes), connection, FakeClock())


def test_the_default_model_is_the_rule_based_one() -> None:
    assert isinstance(build_model(settings(), FakeClock()), LocalAnalyst)
    assert is_rule_based(settings())


def test_a_language_model_is_asked_behind_the_guard_alone() -> None:
    assert isinstance(parts().model, LocalAnalyst)
    guarded = parts(google_ai_model="gemini-2.5-flash", google_api_key="key").model
    assert isinstance(guarded, GuardedModel)
    assert isinstance(guarded.inner, Gemini)
    assert guarded.model == "gemini-2.5-flash"


def test_vertex_is_reached_by_project_and_region() -> None:
    model = build_model(
        settings(
            google_ai_model="gemini-2.5-pro",
            google_genai_use_vertexai=True,
            google_cloud_project="p",
            google_cloud_region="europe-west1",
        ),
        FakeClock(),
    )
    assert isinstance(model, Gemini)
    assert model.client_kwargs
    reached = {"vertexai": True, "project": "p", "location": "europe-west1"}
    assert reached.items() <= model.client_kwargs.items()


def test_an_unknown_model_is_refused_with_the_names_that_work() -> None:
    with pytest.raises(ConfigurationError, match="claude") as caught:
        build_model(settings(google_ai_model="claude-x"), FakeClock())
    assert "local/analyst" in str(caught.value.hint)
