"""Clauses inside a request that only say why or for when: "..., before he calls"."""

from __future__ import annotations

from collections.abc import Sequence

from gtm.language.lexicon import Vocabulary
from gtm.language.said import ROLES, said_in
from gtm.language.scan import Token

_WHO = frozenset({"i", "we", "he", "she", "they"})
_REASONS = frozenset({"because", "cause", "cuz"})
# What is lost is lost for a reason, which may be one that is asked for.
_LOST = frozenset({"lost", "lose", "loses", "losing", "losses", "churned", "dropped", "missed"})
_PAST = frozenset({"was", "were", "had", "did", "went", "left", "ran", "began", "put", "sent"})
_LEAVING = (("never", "mind"), ("no", "matter"), ("regardless", "of"), ("forget", "about"))
_QUESTION_WORDS = frozenset({"who", "which", "what", "where", "why", "how", "when", "whether"})
_FEWEST_BEFORE = 2


def why_clause(tokens: Sequence[Token], vocabulary: Vocabulary) -> int:
    """Return how many words at the end of a request only say why it is asked, 0 for none."""
    words = [token.text for token in tokens]
    for at in range(len(words) - 2, _FEWEST_BEFORE - 1, -1):
        if _begins(words, at) and _is_harmless(tokens[at:], vocabulary):
            return len(words) - at
    return 0


def _begins(words: Sequence[str], at: int) -> bool:
    after = words[at + 1 :]
    if words[at] == "so":
        return after[0] in _WHO or (after[0] == "that" and bool(_WHO & set(after[1:2])))
    if words[at] == "before":
        is_past = any(word.endswith("ed") or word in _PAST for word in after[1:3])
        return after[0] in _WHO and len(after) > 1 and not is_past
    return words[at] in _REASONS and after[0] in _WHO and not _LOST & set(words)


def _is_harmless(tokens: Sequence[Token], vocabulary: Vocabulary) -> bool:
    said = said_in(tokens, vocabulary)
    has_data = said.metrics or said.dimensions or said.values or said.times or said.others
    limits = set(said.words[1:]) & (ROLES["limiting"] | ROLES["forms"] | ROLES["charts"])
    has_count = any(word.isdecimal() for word in said.words)
    return not (has_data or limits or has_count)


def is_left_open(words: Sequence[str]) -> bool:
    """Return whether words say what need not be told: "Never mind who owns them"."""
    return tuple(words[:2]) in _LEAVING and bool(_QUESTION_WORDS & set(words[2:3]))


def addressed(tokens: Sequence[Token]) -> set[int]:
    """Return who is spoken to: "sessions last week, chaps", "cheers legend, ..."."""
    found = set()
    for at, token in enumerate(tokens):
        if token.text not in ROLES["vocatives"] or token.is_quoted:
            continue
        before = tokens[at - 1] if at else None
        is_last = at + 1 == len(tokens) or tokens[at + 1].sentence != token.sentence
        is_behind = before is not None and (before.is_before_comma or before.text in ROLES["hails"])
        if (is_last and is_behind) or (token.is_before_comma and (at == 0 or is_behind)):
            found.add(at)
    return found


def plain_wishes(tokens: Sequence[Token]) -> set[int]:
    """Return wishes for less than would be shown anyway: "no breakdown", "no dates"."""
    words = [token.text for token in tokens]
    is_split = bool({"by", "per", "each", "split", "every", "across"} & set(words))
    is_timed = bool(ROLES["times"] & set(words))
    found = set()
    for at, word in enumerate(words[:-1]):
        after = words[at + 1]
        is_spared = word == "no" and (
            after in ROLES["spared"]
            or (after in {"breakdown", "breakdowns", "splits"} and not is_split)
            or (after in {"dates", "date", "timeframe"} and not is_timed)
        )
        if is_spared and not tokens[at].is_quoted:
            found |= {at, at + 1}
    return found
