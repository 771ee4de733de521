"""What is settled before any word is read: empty, too long, foreign or harmful."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from gtm.language.ask import EXAMPLES, clarify, refuse
from gtm.language.harm import find_harm
from gtm.language.outcome import Clarify, Refuse
from gtm.language.tokens import Token
from gtm.language.words import FOREIGN, LIGHT

MAX_LENGTH = 2_000
_MAX_WORDS = 300
_MAX_FOREIGN_SHARE = 0.3
_ENGLISH_ONLY = "I understand questions in English only."


def screen(question: str, tokens: Sequence[Token]) -> Clarify | Refuse | None:
    """Return the outcome for a text that is no readable question, or None."""
    text = question.strip()
    if not text:
        return clarify("Ask me about your website, search and sales data, for example:", EXAMPLES)
    if len(text) > MAX_LENGTH or len(tokens) > _MAX_WORDS:
        return clarify("That is too long for me; ask one question in a sentence.", EXAMPLES)
    if (harm := find_harm(text)) is not None:
        return refuse(harm.message, EXAMPLES)
    if _is_foreign(text, tokens):
        return clarify(_ENGLISH_ONLY, EXAMPLES)
    if not tokens:
        return clarify("I can't read that as a question about your data.", EXAMPLES)
    return None


def _is_foreign(text: str, tokens: Sequence[Token]) -> bool:
    letters = [] if text.isascii() else [letter for letter in text if letter.isalpha()]
    if letters:
        others = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
        if others / len(letters) > _MAX_FOREIGN_SHARE:
            return True
    words = {token.text for token in tokens if not token.is_quoted}
    return len(words & FOREIGN) > max(1, len(words & LIGHT) // 2)
