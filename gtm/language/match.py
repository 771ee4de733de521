"""The match stage: which words name a metric, a dimension, a value or a funnel."""

from __future__ import annotations

from collections.abc import Sequence
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
from gtm.language.marks import claim_drops
from gtm.language.mention import Mention
from gtm.language.names import admitted
from gtm.language.tokens import Owner, Tape, Token, pattern

# "One line per month" says no more than "per month".
_LAYOUT = pattern(
    r"(?:(?:with|as|in|just|and) )?(?:one|1|an?|a single|a separate|its own)(?: separate)?"
    r" (?:row|line|column|number|figure|entry|record|value|total|point|dot|bar|mark|cell|slice)"
    r"(?= (?:per|for each|for every|each)(?!\S))|one(?= (?:per|for each|for every|each)(?!\S))"
    r"|(?:(?:the|these|those|just|only|following) )*(?:[2-9]|1|one|both|couple of|few)"
    r" (?:things?|figures?|numbers|metrics|measures|kpis|indicators|facts|data points"
    r"|pieces of (?:data|information)|charts?|graphs?)(?! (?:of|from|are|is|per|for each)(?!\S))"
    r"|each one(?= (?:separate(?:ly)?|individually|apart|alone|by itself|on its own)(?!\S))"
    r"|(?:(?:all|the) )*(?:two|three|four|five|[2-5])(?: of (?:them|these|those))?"
    r"(?= (?:together|combined|altogether)(?!\S))"
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
# "Over" is a way here, and no limit; before a number or a period it is none.
_VIA = pattern(
    r"(?:came|come|comes|coming|arrived|arriving|landed|reached us|found us)(?: (?:in|to us|here))?"
    r" over(?= (?:(?:the|our|a|an) )?(?:newsletters?|google|bing|linkedin|facebook|instagram"
    r"|e ?-?mails?|ads?|adwords|search|social|paid|organic|referrals?|chatgpt|partners?|display))"
)
_NEVER_MIND = pattern(
    r"(?:never ?mind|no matter|regardless of|irrespective of|(?:it )?(?:does not|doesnt) matter)"
    r" (?:who|whose|which|what|how|where|when|why)"
)
_LONGEST_ASIDE = 6
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
        "earn",
        "earned",
        "earns",
        "earning",
        "made",
        "make",
        "makes",
        "won",
        "win",
        "wins",
        "cost",
        "costs",
        "brought",
        "brings",
        "got",
        "gets",
        "sent",
        "sends",
        "paid",
    ]
)
# What somebody or something does for us.
_FOR_US = frozenset(
    {"earn", "earns", "earned", "make", "makes", "made", "win", "won", "net", "netted", "cost"}
    | {"brought", "brings", "gave", "gives", "got", "gets", "sent", "sends", "drove", "drive"}
    | {"drives", "generate", "generates", "generated", "deliver", "delivers", "delivered", "gain"}
    | {"pay", "paid", "pays", "fetch", "fetched", "yield", "yielded", "land", "landed", "gained"}
    | {"save", "saved", "lose", "lost", "loses", "buy", "bought", "see", "saw", "found", "visit"}
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


def claim_terms(
    tape: Tape, vocabulary: Vocabulary, *, fewest_words: int = 1, known: Sequence[Mention] = ()
) -> list[Mention]:
    """Claim catalogue phrases, the longest first; `known` is what was found before."""
    mentions = list(known)
    tape.take_all(_LAYOUT, Owner.LIGHT)
    tape.take(_OPENING, Owner.LIGHT)
    tape.take_all(_VIA, Owner.LIGHT)
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
    # Behind a name it is one more: "sessions us mobile"; behind "earn" it is we.
    is_listed = tape.owner(index - 1) in {Owner.VALUE, Owner.TERM} and before not in _FOR_US
    return index == 0 or before in _COUNTRY_BEFORE or is_listed
