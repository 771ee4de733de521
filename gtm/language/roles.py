"""What a sentence of a message does: tell something, ask for help or want a number."""

from __future__ import annotations

from collections.abc import Sequence

from gtm.language.said import ROLES, Said
from gtm.language.words import LIGHT

_NEAR = 9
_LONGEST = 4
_FEWEST_LETTERS = 5
_ARTICLES = frozenset({"a", "an", "my", "just", "the"})
_PLEASE = frozenset({"please", "kindly"})


def is_statement(said: Said) -> bool:
    """Return whether a sentence says that somebody does something, or what a message is about."""
    words = said.words[said.first :]
    if not words:
        return False
    if _is_courteous(said, words) or (words[0] == "before" and _is_finite(words[1:2])):
        return True
    has_data = said.metrics or said.values or said.dimensions or said.weak or said.others
    if said.is_heading and (has_data or not _is_finite(words[1:])):
        return words[0] in ROLES["openers"] and not (said.has_data or set(words) & ROLES["charts"])
    if words[0] in _ARTICLES and words[1:2] and words[1] in ROLES["openers"]:
        return not said.has_data
    if words[0] in ROLES["wants"] and not said.has_data and not unknown_after(said, 0):
        return True
    if words[0] in ROLES["dropped"] | ROLES["doing"] | ROLES["openers"]:
        return not said.starts_with_number
    near = words[:_NEAR]
    is_past = any(
        word.endswith("ed") and len(word) >= _FEWEST_LETTERS and said.first + at in said.unknown
        for at, word in enumerate(near[1:], 1)
    )
    return is_past or _is_finite(near)


def _is_finite(words: Sequence[str]) -> bool:
    return any(word in ROLES["finite"] for word in words)


def _is_courteous(said: Said, words: Sequence[str]) -> bool:
    """Return whether a sentence begins with a courtesy: "Sorry to be a pain", "What a week!"."""
    if words[0] == "what" and words[1:2] and words[1] in {"a", "an"}:
        return not (said.metrics or said.values)
    first = words[1:2] if words[0] in _PLEASE else words[:1]
    return bool(ROLES["social"] & set(first))


def is_wish(words: Sequence[str], at: int) -> bool:
    """Tell "I would like" from "it looks like"."""
    if words[at] not in {"like", "after"}:
        return True
    return bool(set(words[max(0, at - 2) : at]) & {"i", "we", "would", "d", "she", "he", "they"})


def is_mine(words: Sequence[str], at: int) -> bool:
    """Return whether the writer wants what is wanted at a word."""
    return bool(set(words[max(0, at - 3) : at]) & ROLES["people"]) or at == 0


def unknown_after(said: Said, start: int) -> bool:
    """Return whether anything but papers, help and the like is unknown from a word on."""
    return any(
        index >= start and said.words[index] not in ROLES["artefacts"] for index in said.unknown
    )


def wants(said: Said, *, mine: bool = False) -> bool:
    """Return whether somebody, or the writer, wants what is in the data: "my boss wants leads"."""
    for at, word in enumerate(said.words):
        if word not in ROLES["wants"] or not said.last_data > at:
            continue
        is_act = said.words[at + 1 : at + 2] == ["to"]
        is_seen = not is_act or bool(set(said.words[at + 2 : at + 4]) & ROLES["seeing"])
        if is_seen and is_wish(said.words, at) and (not mine or is_mine(said.words, at)):
            return True
    return False


def is_idle(said: Said) -> bool:
    """Return whether a question asks for no number: "Can you settle a bet?"."""
    words = [word for word in said.words[said.first :] if word != "please"]
    limits = {"out"} & set(words) and {"leave", "take", "cut", "keep"} & set(words)
    limits |= set(words) & (ROLES["limiting"] | ROLES["forms"]) - {"just", "cover"}
    if said.metrics or said.values or said.others or limits or len(words) < 2:
        return False
    if bids_unknown(said):
        return False
    if words[0] in {"can", "could", "would", "will", "may"} and len(words) > 2:
        return words[2] in ROLES["helping"] and not said.has_data
    is_pointing = words[1] in {"this", "that", "it", "there"} and words[0] in {
        "is", "was", "does", "would", "will", "are"
    }  # fmt: skip
    return is_pointing and not said.times and not said.weak


def is_courtesy(said: Said) -> bool:
    """Return whether a sentence only bids for help: "Please revert." """
    words = [word for word in said.words[said.first :] if word not in {"please", "kindly"}]
    if not words or said.has_data or set(words) & (ROLES["charts"] | ROLES["forms"]):
        return False
    after = words[1] if len(words) > 1 else ""
    if words[0] in ROLES["bids"]:
        return not unknown_after(said, 0)
    if words[0] in ROLES["negative"]:
        return after in ROLES["after_negative"] and not set(words) & ROLES["limiting"] - {"just"}
    is_bid = words[0] in ROLES["courtesies"]
    is_short = len(words) <= _LONGEST or not unknown_after(said, said.words.index(words[0]) + 1)
    return is_bid and is_short and not set(words) & ROLES["limiting"]


_MODALS = frozenset({"can", "could", "would", "will", "may"})
_JOINING = frozenset({"for", "in", "from", "with", "by", "of", "on", "about", "to", "at", "as"})


def bids_unknown(said: Said) -> bool:
    """Return whether a bid names what may limit it: "Can you do it for the enterprise segment?"."""
    words = [word for word in said.words[said.first :] if word != "please"]
    if not words or words[0] not in _MODALS or not said.is_asked:
        return False
    joints = [at for at, word in enumerate(said.words) if word in _JOINING]
    return any(at - joint in {1, 2, 3, 4} for joint in joints for at in said.unknown)


_AUXILIARIES = frozenset({"do", "does", "did", "has", "have", "had", "is", "was", "will", "can"})


_PEOPLE = frozenset(
    {"people", "users", "visitors", "customers", "contacts", "leads", "everyone", "everybody"}
    | {"reps", "rep", "owners", "owner", "sellers", "salespeople", "team", "countries", "markets"}
    | {"campaigns", "pages", "channels", "deals", "sources", "regions", "cities", "amount", "and"}
    | {"who", "whose", "somebody", "someone", "each", "folks", "ones", "companies"}
)


def points_back(said: Said) -> bool:
    """Return whether a request leans on a sentence before it: "since then", "did it bring"."""
    words = said.words
    owner = next((at for at, word in enumerate(words) if word in {"their", "his", "her"}), None)
    if owner is not None and not (said.values or _PEOPLE & set(words[:owner])):
        return True
    for at, word in enumerate(words[1:], 1):
        before = words[at - 1]
        after = words[at + 1] if at + 1 < len(words) else ""
        if word == "then" and before in {"since", "from", "until", "till", "by", "back", "after"}:
            return True
        if word in {"he", "she"} and before in _AUXILIARIES and not said.values:
            return True
        if word == "there" and before in {"from", "in", "for", "to", "on"}:
            return True
        is_reference = word in {"it", "they", "them", "these", "those", "that"}
        if word in {"this", "that"} and after in ROLES["singles"]:
            return True
        if is_reference and before in ROLES["points_before"] and not _is_own(said, at, after):
            return True
    return False


def _is_own(said: Said, at: int, after: str) -> bool:
    """Return whether a pronoun stands for what its own sentence names, or for nothing."""
    if after in ROLES["after_pointing"] or after.endswith("ing"):
        return True
    if said.words[at] in {"this", "that"} and after in ROLES["times"]:
        return True
    named = [i for i, word in enumerate(said.words[:at]) if word not in LIGHT]
    return bool(named) and said.names_number
