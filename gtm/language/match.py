"""The match stage: which words name a metric, a dimension, a value or a funnel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gtm.language.context import settle
from gtm.language.dealings import with_outcomes
from gtm.language.lexicon import (
    Concept,
    Filler,
    ValueWord,
    Vocabulary,
    singular,
    to_phrase,
)
from gtm.language.mention import Mention
from gtm.language.names import admitted
from gtm.language.nouns import without_nouns
from gtm.language.tokens import Owner, Tape, Token, pattern
from gtm.language.wordings import Wordings
from gtm.language.words import LIGHT

__all__ = [
    "Marks",
    "Mention",
    "claim_cues",
    "claim_light",
    "claim_marks",
    "claim_terms",
    "unknown_runs",
    "without_nouns",
]

_LEAVING_OUT = Wordings.read("leaving_out")
_NEGATION = _LEAVING_OUT.joined("before")
# Said behind what is left out: "offline excluded", "leave tablet out".
_NEGATION_AFTER = _LEAVING_OUT.joined("after")
# Before a name only: a bar is also a chart, and outside a place.
_BARRING = pattern(r"(?:bar|outside(?: of)?|sans)(?: (?:the|our))*(?= \x00)")
_PERSONS = frozenset(
    {"people", "those", "ones", "visitors", "users", "persons", "folks", "customers", "contacts"}
    | {"readers", "leads", "anyone", "everyone", "somebody", "someone", "guests", "buyers"}
)
_SETTING, _TAKING = _LEAVING_OUT.joined("setting"), _LEAVING_OUT.joined("taking")
_DROPS = _LEAVING_OUT.words["drops"]
_AT_THE_END = frozenset({"please", "and", "but", "thanks", "pls", "though"})
# "Drop direct", not "the drop in sessions": a command that other stages would read as a fall.
_DROP = pattern(
    rf"(?:{'|'.join(sorted(_DROPS))})(?! (?:the |all |any )*(?:in|of|by|from|for|last|this|off|out"
    r"|to|it|that|at|over|since|was|is|filter|comparison)(?!\S))"
)
# "One line per month" says no more than "per month".
_LAYOUT = pattern(
    r"(?:(?:with|as|in|just|and) )?(?:one|1|an?|a single|a separate|its own)(?: separate)?"
    r" (?:row|line|column|number|figure|entry|record|value|total|point|dot|bar|mark|cell|slice)"
    r"(?= (?:per|for each|for every|each)(?!\S))|one(?= (?:per|for each|for every|each)(?!\S))"
    r"|(?:(?:the|these|those|just|only|following) )*(?:[2-9]|1|one|both|couple of|few)"
    r" (?:things?|figures?|numbers|metrics|measures|kpis|indicators|facts|data points"
    r"|pieces of (?:data|information)|charts?|graphs?)(?! (?:of|from|are|is|per|for each)(?!\S))"
    r"|(?:one |1 |an? )?(?:row |line |column |bar |number |figure |entry |value )?(?:apiece|"
    r"each (?:on|in|as) (?:its|their|his|her|an?) (?:own|separate)"
    r"(?: (?:row|line|column|bar|entry))?)"
    r"|(?:one|1|an?) (?:separate )?(?:row|line|column|bar|number|figure|entry|value) each(?=$|\n)"
)
# "Open the chart of …" is no state of a deal.
_OPENING = pattern(
    r"open(?: up)?(?= (?:(?:me|us|the|a|an|our|my) )+(?:\S+ ){0,2}"
    r"(?:charts?|graphs?|tables?|reports?|views?|dashboards?|lists?|diagrams?)(?!\S))"
)
_NEVER_MIND = pattern(
    r"(?:never ?mind|no matter|regardless of|irrespective of|(?:it )?(?:does not|doesnt) matter)"
    r" (?:who|whose|which|what|how|where|when|why)"
)
_LONGEST_ASIDE = 6
_EXPLAINS = re.compile(r"i\.\s?e\.")
_LONGEST_EXPLAINED = 3
_READ = frozenset({Owner.VALUE, Owner.TERM})
_EVERYTHING = pattern(r"all|every(?:thing|body|one)?|any(?:thing|body|one)?")
_ALL_BUT = pattern(
    r"but(?! (?:not|only|just|by|for|with|as|per|without|excluding|also|show)(?!\S))"
)
_ONLY = pattern(r"only|solely|exclusively|just|limited to|nothing but|restricted to")
_EVERY = pattern(r"all(?: (?:of )?(?:the|our|my))?|any|every|each")
_SPLITS = pattern(
    r"by|per|broken down by|split by|grouped by|as a function of"
    r"|(?:sorted|split|broken(?: down)?|grouped|divided|bucketed|arranged|separated) into"
)
_VERSUS = pattern(
    r"vs|against|next to|alongside|stack(?:ed|s|ing)?(?: up)? (?:against|with|to)|beside"
)
_JOINS = pattern(r"\+|x")
_CUES = pattern(
    r"and|or|also|too|as well|in addition|plus|add(?:ing)?|include|including|instead|again|same"
    r"|both|but(?= (?:not|only|just|by|for|with|in|as|per|from|on|without|excluding|this|last|also"
    r"|show)(?!\S))|what about|how about|what if|rather"
)
_ALL = frozenset(
    ["all", "every", "everything", "any", "anything", "nothing", "none", "nobody", "no", "everyone"]
)
_PARTICLES = {
    "down": frozenset({"break", "breaks", "breaking", "broken", "drill", "narrow", "split"}),
    "up": frozenset({"show", "sum", "add", "look", "end", "split", "hold", "stack", "pull"}),
}
_ENUMERATING = frozenset(
    {"first", "second", "third", "firstly", "secondly", "thirdly", "lastly", "finally", "1", "2"}
)
_BECAME = frozenset({"became", "become", "becomes", "becoming"})
_AUXILIARIES = frozenset({"has", "can", "could", "would", "might", "may", "should", "sees"})
_POINTING = frozenset(
    {"which", "the", "this", "that", "each", "every", "any", "no", "only", "other", "another"}
)
_PRONOUN_BEFORE = frozenset(
    [
        "show",
        "tell",
        "give",
        "help",
        "let",
        "find",
        "bring",
        "send",
        "get",
        "to",
        "about",
        "visit",
        "visits",
        "with",
    ]
)
_COUNTRY_BEFORE = frozenset(
    [
        "the",
        "in",
        "from",
        "of",
        "vs",
        "and",
        "or",
        "excluding",
        "except",
        "without",
        "not",
        "only",
        "within",
        "compare",
        "across",
        "than",
    ]
)


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the small words stand that give the others their role."""

    negations: tuple[tuple[int, int], ...]
    negations_after: tuple[tuple[int, int], ...]
    onlies: tuple[tuple[int, int], ...]
    everies: tuple[tuple[int, int], ...]
    splits: tuple[int, ...]
    versus: tuple[int, ...]


def claim_terms(
    tape: Tape, vocabulary: Vocabulary, *, fewest_words: int = 1, known: Sequence[Mention] = ()
) -> list[Mention]:
    """Claim catalogue phrases, the longest first; `known` is what was found before."""
    mentions = list(known)
    tape.take_all(_LAYOUT, Owner.LIGHT)
    tape.take(_OPENING, Owner.LIGHT)
    _claim_never_mind(tape)
    reach = [_reach(token, vocabulary) for token in tape.tokens]
    for length in range(min(max(reach, default=0), len(tape)), fewest_words - 1, -1):
        for start in (index for index, longest in enumerate(reach) if longest >= length):
            end = start + length
            if end > len(tape) or not tape.is_free(start, end):
                continue
            concepts = vocabulary.lookup(_words(tape.tokens[start:end]))
            if concepts and _is_broken(tape.tokens[start:end]):
                concepts = tuple(item for item in concepts if _is_name(item))
            concepts = _readable(tape, vocabulary, start, end, concepts)
            if concepts:
                tape.claim(start, end, _owner(concepts))
                mentions.append(Mention(start, end, concepts))
    mentions = [mention for mention in mentions if not mention.of(Filler)]
    if fewest_words > 1:
        claim_drops(tape)
        # Other stages would take these words for their own: "lost" for a fall.
        mentions = settle(tape, with_outcomes(tape, mentions), is_early=True)
    return sorted(mentions, key=lambda mention: mention.start)


def _claim_never_mind(tape: Tape) -> None:
    """Claim a clause that says what does not matter: "never mind who owns them, …"."""
    said = _NEVER_MIND.search(tape.text(0, len(tape)))
    if said is None:
        return
    start = len(said.string[: said.start()].split())
    end = first = start + len(said.group().split())
    while end < len(tape) and not tape.is_parted(end - 1):
        end += 1
    if end - first <= _LONGEST_ASIDE and end < len(tape):
        tape.claim_rest(start, end, Owner.LIGHT)


def _reach(token: Token, vocabulary: Vocabulary) -> int:
    """Return how long a phrase that begins with a word can be."""
    if token.is_quoted:
        return vocabulary.longest
    reach = vocabulary.reach
    return max(reach.get(token.text, 0), reach.get(singular(token.text), 0))


def _is_broken(tokens: Sequence[Token]) -> bool:
    """Return whether a mark of punctuation stands inside a phrase."""
    return any(
        first.is_before_comma or first.sentence != second.sentence
        for first, second in pairwise(tokens)
    )


def _is_name(concept: Concept) -> bool:
    return isinstance(concept, ValueWord) and concept.is_data


def _owner(concepts: tuple[Concept, ...]) -> Owner:
    if any(isinstance(concept, Filler) for concept in concepts):
        return Owner.LIGHT
    is_value = all(isinstance(concept, ValueWord) for concept in concepts)
    return Owner.VALUE if is_value else Owner.TERM


def _words(tokens: Sequence[Token]) -> Sequence[str]:
    if len(tokens) == 1 and tokens[0].is_quoted:
        return to_phrase(tokens[0].text)
    return [token.text for token in tokens]


def _readable(
    tape: Tape, vocabulary: Vocabulary, start: int, end: int, concepts: tuple[Concept, ...]
) -> tuple[Concept, ...]:
    """Drop readings that the place of a word rules out."""
    if not concepts:
        return ()
    if any(token.is_quoted for token in tape.tokens[start:end]):
        return tuple(concept for concept in concepts if isinstance(concept, ValueWord))
    concepts = admitted(tape, vocabulary, start, end, concepts)
    if end - start > 1:
        return concepts
    word = tape.tokens[start].text
    is_verb = word in {"display", "discover"} and start == 0 and len(tape) > 1
    if is_verb or (word == "us" and not _is_country(tape, start)):
        return ()
    return concepts


def _is_country(tape: Tape, index: int) -> bool:
    """Tell the country from the pronoun: "US" or "in the us", but not "show us"."""
    before = tape.tokens[index - 1].text if index else ""
    is_shouted = tape.question.isupper()
    if before in _PRONOUN_BEFORE:
        return False
    if tape.raw(index, index + 1) == "US" and not is_shouted:
        return True
    # Behind a name it is one more: "sessions us mobile".
    is_listed = tape.owner(index - 1) in {Owner.VALUE, Owner.TERM}
    return index == 0 or before in _COUNTRY_BEFORE or is_listed


def claim_marks(tape: Tape) -> Marks:
    """Claim negations, limits and joints between words."""
    all_but = _spans(tape, _ALL_BUT, Owner.NEGATION) if tape.find(_EVERYTHING) else ()
    early = tuple(_owned(tape, Owner.NEGATION))
    after = _claim_negations_after(tape)
    before = _spans(tape, _NEGATION, Owner.NEGATION)
    before += _spans(tape, _BARRING, Owner.NEGATION)
    return Marks(
        negations=(*all_but, *early, *before),
        negations_after=after,
        onlies=_spans(tape, _ONLY, Owner.ONLY),
        everies=_spans(tape, _EVERY, Owner.LINK),
        splits=tuple(end - 1 for _, end in _spans(tape, _SPLITS, Owner.LINK)),
        versus=tuple(start for start, _ in _spans(tape, _VERSUS, Owner.COMPARISON)),
    )


def _claim_negations_after(tape: Tape) -> tuple[tuple[int, int], ...]:
    """Claim "excluded" behind values, and both halves of "leave tablet out"."""
    found = []
    for hit in tape.take_all(_NEGATION_AFTER, Owner.NEGATION):
        if tape.text(hit.start, hit.end) == "cut out" and not tape.is_parted(hit.end - 1):
            tape.release(hit.start, hit.end)
            continue
        if tape.text(hit.start, hit.end) == "out":
            if _is_before_it(tape, hit.start):
                tape.release(hit.start, hit.end)
                continue
            first = tape.find(_TAKING)
            if first is not None and first.start < hit.start:
                tape.claim(first.start, first.end, Owner.LIGHT)
            elif not _is_sent_out(tape, hit.start):
                continue
        elif tape.text(hit.start, hit.end).endswith("aside"):
            tape.take(_SETTING, Owner.LIGHT)
        found.append((hit.start, hit.end))
    return tuple(found)


def _is_before_it(tape: Tape, index: int) -> bool:
    """Tell "for Germany, leave out direct" from "leave direct out"."""
    is_beside = index > 0 and _TAKING.fullmatch(tape.tokens[index - 1].text) is not None
    return is_beside and not tape.is_parted(index)


def _is_sent_out(tape: Tape, index: int) -> bool:
    """Tell "by query, brand out" from "how much went out"."""
    is_value = index > 0 and tape.owner(index - 1) in {Owner.VALUE, Owner.TERM}
    is_last = tape.is_parted(index) or tape.tokens[index + 1].text in _AT_THE_END
    return is_value and is_last


def claim_drops(tape: Tape) -> None:
    """Claim commands to leave something out that stand where a command stands."""
    for index, token in enumerate(tape.tokens):
        is_start = index == 0 or tape.tokens[index - 1].sentence != token.sentence
        is_start |= index > 0 and (
            tape.tokens[index - 1].is_before_comma
            or tape.tokens[index - 1].text in {"and", "but", "please", "then", "to"}
        )
        hit = tape.find(_DROP) if is_start and token.text in _DROPS else None
        if hit is not None and hit.start == index:
            tape.claim(index, index + 1, Owner.NEGATION)


def _owned(tape: Tape, owner: Owner) -> Iterator[tuple[int, int]]:
    for index in range(len(tape)):
        if tape.owner(index) is owner:
            yield index, index + 1


def _spans(tape: Tape, compiled: re.Pattern[str], owner: Owner) -> tuple[tuple[int, int], ...]:
    return tuple((hit.start, hit.end) for hit in tape.take_all(compiled, owner))


def claim_cues(tape: Tape) -> frozenset[str]:
    """Claim the words that tie a question to the one before, and return them."""
    tape.take_all(_JOINS, Owner.LINK)
    return frozenset(tape.text(hit.start, hit.end) for hit in tape.take_all(_CUES, Owner.LINK))


def claim_light(tape: Tape) -> None:
    """Claim the words that carry no meaning of their own."""
    _claim_explained(tape)
    for index in tape.free():
        token = tape.tokens[index]
        is_light = token.text in LIGHT or _is_dash(tape, index) or _is_particle(tape, index)
        # "Channel wise" is said in some Englishes for "by channel".
        is_named = index > 0 and tape.owner(index - 1) is Owner.TERM
        is_light |= token.text in {"wise", "level"} and is_named
        is_light |= token.text == "who" and index > 0 and _is_somebody(tape, index - 1)
        is_light |= token.text in {"other", "others"} and _is_after_left_out(tape, index)
        is_light |= token.text == "=" and is_named
        is_light |= token.text == "but" and _is_conjunction(tape)
        is_light |= token.text == "one" and _is_anybody(tape, index)
        is_light |= token.text in _ENUMERATING and _is_enumerated(tape, index)
        # "Which campaigns became more than 50 orders": got them.
        is_light |= token.text in _BECAME and tape.owner_at(index + 1) is Owner.THRESHOLD
        if is_light and not token.is_quoted:
            tape.claim(index, index + 1, Owner.LIGHT)


def explained(tape: Tape) -> Iterator[int]:
    """Yield where what was said before is said again in other words: behind "i.e."."""
    for index in range(1, len(tape)):
        gap = tape.question[tape.tokens[index - 1].end : tape.tokens[index].start]
        if _EXPLAINS.search(gap.lower()) and tape.owner(index) in _READ:
            yield index


def _claim_explained(tape: Tape) -> None:
    """Pass over words that are said again in others: "trial starts, i.e. sign_up events"."""
    for index in explained(tape):
        start = index
        while start > 0 and index - start < _LONGEST_EXPLAINED and tape.is_free(start - 1, start):
            start -= 1
            if start > 0 and tape.is_parted(start - 1):
                break
        tape.claim_rest(start, index, Owner.LIGHT)


def _is_somebody(tape: Tape, index: int) -> bool:
    """Return whether a word speaks of people, of whom "who" says more."""
    return tape.tokens[index].text in _PERSONS and not tape.is_parted(index)


def _is_enumerated(tape: Tape, index: int) -> bool:
    """Return whether wishes are counted up: "first, the orders; second, their revenue"."""
    if not tape.tokens[index].is_before_comma or tape.tokens[index].is_quoted:
        return False
    is_start = index == 0 or tape.is_parted(index - 1) or tape.tokens[index - 1].text == "and"
    said = [t.text for t in tape.tokens if t.text in _ENUMERATING and t.is_before_comma]
    return is_start and len(said) > 1


def _is_anybody(tape: Tape, index: int) -> bool:
    """Tell "how often one has searched" from "this one has fewer"."""
    after = tape.tokens[index + 1].text if index + 1 < len(tape) else ""
    before = tape.tokens[index - 1].text if index else ""
    is_inverted = before in _AUXILIARIES and after in {"see", "have", "get", "find", "say"}
    return is_inverted or (after in _AUXILIARIES and before not in _POINTING)


def _is_after_left_out(tape: Tape, index: int) -> bool:
    """Return whether all but some are meant: "except Direct, the other channels"."""
    is_named = index + 1 < len(tape) and tape.owner(index + 1) is Owner.TERM
    return is_named and any(tape.owner(at) is Owner.NEGATION for at in range(index))


def _is_dash(tape: Tape, index: int) -> bool:
    """Tell the dash between parts of a sentence from a range and from a minus."""
    if tape.tokens[index].text != "-":
        return False
    after = tape.tokens[index + 1] if index + 1 < len(tape) else None
    return after is None or after.start > tape.tokens[index].end or not after.text[:1].isdigit()


def _is_conjunction(tape: Tape) -> bool:
    """Tell the "but" between two wishes from the one that leaves something out."""
    return not any(token.text in _ALL for token in tape.tokens)


def _is_particle(tape: Tape, index: int) -> bool:
    """Return whether a word belongs to a verb before it: "break visits down"."""
    verbs = _PARTICLES.get(tape.tokens[index].text, frozenset())
    return any(token.text in verbs for token in tape.tokens[max(0, index - 6) : index])


def unknown_runs(tape: Tape) -> Iterator[tuple[int, int]]:
    """Yield the stretches nobody has accounted for."""
    start = None
    for index in range(len(tape) + 1):
        is_open = index < len(tape) and tape.owner(index) is None
        if is_open and start is None:
            start = index
        elif not is_open and start is not None:
            yield start, index
            start = None
