"""The words of a turn: streamed while they grow, checked against the result before they end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ag_ui.core import (
    BaseEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
)
from pydantic_core import from_json

# A model yields a token at a time; an event for each would cost more than it shows.
_MIN_DELTA_CHARS: Final = 24


@dataclass(slots=True)
class _Message:
    """A message under way: what the agent has written, and how much of it is out."""

    message_id: str
    written: str = ""
    sent: str = ""


class TurnText:
    """The messages of one turn; a key names the agent's call that speaks."""

    def __init__(self, turn_id: str) -> None:
        self._turn_id = turn_id
        self._open: dict[str, _Message] = {}
        self._count = 0
        self.texts: list[str] = []

    def grow(self, key: str, written: str) -> Iterator[BaseEvent]:
        """Take more of an agent's typed answer as it is written, and stream the text in it."""
        message = self._open.setdefault(key, _Message(self._next_id()))
        message.written += written
        text = _text_so_far(message.written)
        if len(text) - len(message.sent) >= _MIN_DELTA_CHARS:
            yield from _send(message, text)

    def finish(
        self, key: str, text: str, *, check: Callable[[str], str] | None
    ) -> Iterator[BaseEvent]:
        """End a message with its final text, and with what a check of its numbers has to add."""
        message = next((self._open.pop(name) for name in list(self._open) if key in name), None)
        if not text:
            return
        if message is None or not text.startswith(message.sent):
            yield from _end(message)
            message = _Message(self._next_id())
        checked = text if check is None else text + check(text)
        yield from _send(message, checked)
        yield from _end(message)
        self.texts.append(checked)

    def close(self) -> Iterator[BaseEvent]:
        """End what is still open; words already out count as said."""
        for message in self._open.values():
            if message.sent:
                self.texts.append(message.sent)
            yield from _end(message)
        self._open.clear()

    def _next_id(self) -> str:
        self._count += 1
        return f"{self._turn_id}-text-{self._count}"


def _send(message: _Message, text: str) -> Iterator[BaseEvent]:
    delta = text[len(message.sent) :]
    if not message.sent:
        yield TextMessageStartEvent(message_id=message.message_id, role="assistant")
    if delta:
        yield TextMessageContentEvent(message_id=message.message_id, delta=delta)
    message.sent = text


def _end(message: _Message | None) -> Iterator[BaseEvent]:
    if message is not None and message.sent:
        yield TextMessageEndEvent(message_id=message.message_id)


def _text_so_far(written: str) -> str:
    """Return the `text` field of a JSON object that is still being written."""
    try:
        value = from_json(written, allow_partial="trailing-strings")
    except ValueError:
        return ""
    text = value.get("text") if isinstance(value, dict) else None
    return text if isinstance(text, str) else ""
