"""`local/analyst`: the model that needs no account, answering by rules through the same tools."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from typing import ClassVar, Self

from google.adk.models import BaseLlm
from google.adk.models._capabilities import LlmCapabilities
from google.adk.models.llm_request import LlmRequest
from google.adk.models.llm_response import LlmResponse
from google.genai import types
from pydantic import PrivateAttr
from typing_extensions import override

from agents.local_personas import Personas
from gtm.clock import Clock, SystemClock
from gtm.errors import ConfigurationError

_CHUNK_CHARS = 160


class LocalAnalyst(BaseLlm):
    """Plays each agent by the tools it was given; deterministic, and says that it is no LLM."""

    NAME: ClassVar[str] = "local/analyst"

    model: str = "local/analyst"
    _personas: Personas = PrivateAttr()

    def __init__(self, *, model: str = NAME, clock: Clock | None = None) -> None:
        super().__init__(model=model)
        self._personas = Personas(clock or SystemClock())

    @classmethod
    def make(cls, clock: Clock) -> Self:
        """Build the model over a clock."""
        return cls(clock=clock)

    def warm(self) -> None:
        """Read the catalogue and build the vocabulary."""
        self._personas.warm()

    @classmethod
    def supported_models(cls) -> list[str]:
        """Return the names ADK's registry may resolve to this model."""
        return [r"local/analyst"]

    @property
    def capabilities(self) -> LlmCapabilities:
        """Typed output and tools together."""
        return LlmCapabilities(output_schema_and_tools=True)

    @override
    async def generate_content_async(
        self, llm_request: LlmRequest, stream: bool = False
    ) -> AsyncGenerator[LlmResponse, None]:
        """Yield the one step that follows from the request."""
        parts = self._persona(llm_request)(llm_request)
        if stream:
            for text in _chunks(parts):
                yield LlmResponse(partial=True, content=_content([types.Part(text=text)]))
        yield LlmResponse(
            partial=False,
            turn_complete=True,
            finish_reason=types.FinishReason.STOP,
            model_version=self.model,
            # Nothing is billed; ADK warns where the counts are missing.
            usage_metadata=types.GenerateContentResponseUsageMetadata(
                prompt_token_count=0, candidates_token_count=0, total_token_count=0
            ),
            content=_content(parts),
        )

    def _persona(self, request: LlmRequest) -> Callable[[LlmRequest], list[types.Part]]:
        tools = set(request.tools_dict)
        for tool, persona in (
            ("sql_analyst", self._personas.orchestrator),
            ("query_metrics", self._personas.sql_analyst),
            ("build_chart", self._personas.chart_builder),
            ("get_freshness", self._personas.integration_setup),
        ):
            if tool in tools:
                return persona
        raise ConfigurationError(f"{self.NAME} knows no agent with the tools {sorted(tools)}.")


def _chunks(parts: list[types.Part]) -> Iterator[str]:
    for part in parts:
        for start in range(0, len(part.text or ""), _CHUNK_CHARS):
            yield (part.text or "")[start : start + _CHUNK_CHARS]


def _content(parts: list[types.Part]) -> types.Content:
    return types.Content(role="model", parts=parts)
