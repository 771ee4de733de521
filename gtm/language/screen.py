"""What is settled before any word is read: empty, too long, foreign, harmful, or just polite."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from gtm.language.ask import EXAMPLES, clarify, refuse
from gtm.language.lexicon import to_phrase
from gtm.language.outcome import Clarify, Refuse
from gtm.language.tokens import Token
from gtm.language.words import FORBIDDEN, FOREIGN, GREETINGS, LIGHT

MAX_LENGTH = 2_000
_MAX_WORDS = 120
_MAX_FOREIGN_SHARE = 0.3
_ENGLISH_ONLY = "I understand questions in English only."
# These are harmless inside a question ("since the last update") and a command at its start.
_COMMANDS = frozenset({"update", "delete", "truncate", "grant", "disregard"})
_FORBIDDEN = tuple(to_phrase(text) for text in FORBIDDEN)


def screen(question: str, tokens: Sequence[Token]) -> Clarify | Refuse | None:
    """Return the outcome for a text that is no readable question, or None."""
    text = question.strip()
    if not text:
        return clarify("Ask me about your website and search data, for example:", EXAMPLES)
    if len(text) > MAX_LENGTH or len(tokens) > _MAX_WORDS:
        return clarify("That is too long for me; ask one question in a sentence.", EXAMPLES)
    if _is_foreign(text, tokens):
        return clarify(_ENGLISH_ONLY, EXAMPLES)
    if not tokens:
        return clarify("I can't read that as a question about your data.", EXAMPLES)
    words = [token.text for token in tokens]
    if _is_forbidden(words):
        message = "I only read numbers from your reports: I change nothing and reveal no secrets."
        return refuse(message, EXAMPLES)
    if " ".join(words) in GREETINGS or all(word in GREETINGS for word in words):
        message = "I answer questions about your website and search data, for example:"
        return clarify(message, EXAMPLES)
    return None


def _is_foreign(text: str, tokens: Sequence[Token]) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    if letters:
        others = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
        if others / len(letters) > _MAX_FOREIGN_SHARE:
            return True
    words = {token.text for token in tokens if not token.is_quoted}
    return len(words & FOREIGN) > max(1, len(words & LIGHT) // 2)


def _is_forbidden(words: Sequence[str]) -> bool:
    meant = [word for word in words if word not in LIGHT or word in _COMMANDS]
    if meant and meant[0] in _COMMANDS:
        return True
    text = f" {' '.join(words)} "
    return any(
        f" {' '.join(phrase)} " in text for phrase in _FORBIDDEN if phrase[0] not in _COMMANDS
    )
