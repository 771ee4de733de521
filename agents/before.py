"""What was said before a question, on which it may lean; kept in the state of its conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

from pydantic import TypeAdapter, ValidationError

from gtm.language.outcome import About, Clarify
from gtm.semantics.query import MetricQuery

LAST_QUERY: Final = "last_query"
LAST_REPLY: Final = "last_reply"

_REPLY: Final[TypeAdapter[Clarify | About]] = TypeAdapter(Clarify | About)


class State(Protocol):
    """The part of a session's state that is read here."""

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value of the conversation."""
        ...


@dataclass(frozen=True, slots=True)
class Before:
    """The query answered last, and what was said instead of an answer right before."""

    query: MetricQuery | None = None
    reply: Clarify | About | None = None

    @classmethod
    def of(cls, state: State) -> Self:
        """Return what a conversation has come to."""
        return cls.kept(state.get(LAST_QUERY), state.get(LAST_REPLY))

    @classmethod
    def kept(cls, query: object, reply: object) -> Self:
        """Read both as they were kept; one of an older release is as if there were none."""
        return cls(_query(query), _reply(reply))


def _query(kept: object) -> MetricQuery | None:
    try:
        return MetricQuery.model_validate(kept) if kept else None
    except ValidationError:
        return None


def _reply(kept: object) -> Clarify | About | None:
    try:
        return _REPLY.validate_python(kept) if kept else None
    except ValidationError:
        return None


def kept_reply(answer: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return of the analyst's answer what a short text may settle: a question back, an offer."""
    said = {"message": str(answer.get("text") or ""), "options": answer.get("options") or []}
    match answer.get("outcome"):
        case "clarify":
            return {"kind": "clarify", **said}
        case "about":
            return {"kind": "about", "topic": "help", **said}
    return None
