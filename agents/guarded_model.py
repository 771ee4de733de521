"""Stands between the agents and a language model: bounded calls, checked replies, counted use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Self

from google.adk.models import BaseLlm
from google.adk.models._capabilities import LlmCapabilities
from google.adk.models.llm_request import LlmRequest
from google.adk.models.llm_response import LlmResponse
from google.genai import types
from pydantic import PrivateAttr
from typing_extensions import override

from agents.declarations import with_declarations
from agents.model_errors import blocked_by, broken_off, failure_of, silent, too_long, unusable
from agents.model_request import corrected
from agents.reply_check import Problem, check_reply
from agents.turn_record import current_record
from gtm.errors import GtmError
from gtm.settings import Settings

# Longer than any service's token: more than this was not written within the limit.
_CHARS_PER_TOKEN: Final = 12
_CHARS_OF_A_GUESSED_TOKEN: Final = 4
_MAX_WAIT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class CallRules:
    """What one call of a model may take."""

    stall_seconds: float
    retries: int
    retry_seconds: float
    max_output_tokens: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Read them from the settings."""
        return cls(
            settings.model_stall_seconds,
            settings.model_retries,
            settings.model_retry_seconds,
            settings.model_max_output_tokens,
        )


class GuardedModel(BaseLlm):
    """Asks a language model, and hands on only whole replies that can be used.

    Nothing of a reply is handed on while it is written: what a person reads has been checked.
    """

    model: str
    _inner: BaseLlm = PrivateAttr()
    _rules: CallRules = PrivateAttr()

    @classmethod
    def around(cls, inner: BaseLlm, rules: CallRules) -> Self:
        """Put the guard around a model."""
        guarded = cls(model=inner.model)
        guarded._inner, guarded._rules = inner, rules
        return guarded

    @property
    def inner(self) -> BaseLlm:
        """The model itself."""
        return self._inner

    @property
    def capabilities(self) -> LlmCapabilities:
        """Answers come by a tool call, from every service alike."""
        return LlmCapabilities(output_schema_and_tools=False)

    @override
    async def generate_content_async(
        self, llm_request: LlmRequest, stream: bool = False
    ) -> AsyncGenerator[LlmResponse, None]:
        """Yield one reply; one that can't be used is asked for again, once, with the reason."""
        request = with_declarations(llm_request)
        request.config.max_output_tokens = self._rules.max_output_tokens
        reply = await self._ask(request)
        checked = check_reply(request, reply)
        if isinstance(checked, Problem):
            again = corrected(request, reply.content, checked.told)
            checked = check_reply(request, await self._ask(again))
        if isinstance(checked, Problem):
            raise too_long() if checked.is_length else unusable(checked.reason)
        yield checked

    async def _ask(self, request: LlmRequest) -> LlmResponse:
        """Ask, and ask again where the service failed and may not fail again."""
        for left in range(self._rules.retries, -1, -1):
            current_record().begin_model_call()
            try:
                return await self._read(_copy(request))
            except Exception as error:  # noqa: BLE001 - whatever a client raises becomes a failure
                failure = failure_of(error)
                if left == 0 or not self._is_worth_a_retry(failure):
                    # Its text may quote keys and data, and a log shows where an error came from.
                    raise failure from None
                await asyncio.sleep(_wait(failure, self._rules.retry_seconds))
        raise AssertionError  # the last try returns or raises

    async def _read(self, request: LlmRequest) -> LlmResponse:
        """Read one streamed reply to its end."""
        call = _Call(request)
        try:
            reply = await self._last_of_stream(request, call)
        finally:
            call.count(self.model)
        if (blocked := blocked_by(reply.finish_reason or reply.error_code)) is not None:
            raise blocked
        if reply.finish_reason is None:
            raise broken_off()
        return reply

    async def _last_of_stream(self, request: LlmRequest, call: _Call) -> LlmResponse:
        async with aclosing(self._inner.generate_content_async(request, stream=True)) as stream:
            while True:
                try:
                    async with asyncio.timeout(self._rules.stall_seconds):
                        response = await anext(stream, None)
                except TimeoutError as error:
                    raise silent() from error
                if response is None:
                    raise broken_off()
                call.take(response)
                if not response.partial:
                    return response
                if call.written > self._rules.max_output_tokens * _CHARS_PER_TOKEN:
                    raise too_long()

    def _is_worth_a_retry(self, failure: GtmError) -> bool:
        # One that fell silent has had its time.
        is_soon = failure.retry_after_seconds <= _MAX_WAIT_SECONDS
        return failure.can_retry and failure.status_code in {502, 503} and is_soon


class _Call:
    """One call under way: how much was written, and what the service says it cost."""

    def __init__(self, request: LlmRequest) -> None:
        self._request = request
        self._usage: types.GenerateContentResponseUsageMetadata | None = None
        self._version: str | None = None
        self._has_begun = False
        self.written = 0

    def take(self, response: LlmResponse) -> None:
        """Take note of a part of the reply, or of the whole that comes last."""
        self._has_begun = True
        self._usage = response.usage_metadata or self._usage
        self._version = response.model_version or self._version
        if response.partial:
            parts = (response.content.parts if response.content else None) or []
            self.written += sum(map(_length, parts))

    def count(self, model: str) -> None:
        """Count the tokens; a call that was refused outright cost none."""
        name, usage = self._version or model, self._usage
        if usage is not None:
            # What a model thinks is written, and billed, beside what it says. An OpenAI server
            # counts it among what it says, so the total tells.
            prompt = usage.prompt_token_count or 0
            total = usage.total_token_count or 0
            said = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
            output = min(said, total - prompt) if total > prompt else said
            current_record().count_tokens(name, prompt, output, is_estimated=False)
        elif self._has_begun:
            prompt = _request_length(self._request) // _CHARS_OF_A_GUESSED_TOKEN
            output = self.written // _CHARS_OF_A_GUESSED_TOKEN
            current_record().count_tokens(name, prompt, output, is_estimated=True)
        else:
            current_record().count_tokens(name, 0, 0, is_estimated=False)


def _length(part: types.Part) -> int:
    """Return about how many characters a streamed part holds."""
    call = part.function_call
    if call is None:
        return len(part.text or "")
    pieces = call.partial_args or []
    # A piece of arguments is a token at least, also where nothing can be made of it.
    return 1 + sum(len(piece.string_value or "") for piece in pieces) + len(str(call.args or ""))


def _request_length(request: LlmRequest) -> int:
    contents = sum(len(content.model_dump_json(exclude_none=True)) for content in request.contents)
    return contents + len(str(request.config.system_instruction or ""))


def _copy(request: LlmRequest) -> LlmRequest:
    """Return a request that a client may change: the next try starts from the same."""
    return request.model_copy(
        update={"contents": list(request.contents), "config": request.config.model_copy()}
    )


def _wait(failure: GtmError, seconds: float) -> float:
    return min(max(seconds, failure.retry_after_seconds if seconds else 0), _MAX_WAIT_SECONDS)
