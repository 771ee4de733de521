"""Small words that can't be passed over where they stand: "by team", "certain campaigns"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from gtm.language.ask import clarify
from gtm.language.lasting import unread_manner
from gtm.language.lexicon import AmbiguousWord, DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.reading import Reading, StopReadingError
from gtm.language.tokens import Owner
from gtm.language.wordings import Wordings

_WORDS = Wordings.read("dangling").words
_WHO = frozenset({"that", "who", "which", "whose", "when", "where", "if"})
_JOINTS = frozenset({"and", "plus", "with", "of", "their"})
_ASKS_WHO = frozenset({"who", "which", "rep", "reps", "anyone", "anybody", "sellers", "owners"})
_NOTS = frozenset({"not", "no", "without", "never", "nt", "hasnt", "havent", "didnt", "zero"})
_SHORTEST_QUESTION = 3
_PLACES = frozenset({"country", "search_country"})


def dangling_runs(reading: Reading) -> Iterator[tuple[int, int]]:
    """Yield words that were passed over, though what they stand beside makes them count."""
    yield from _unsplit(reading)
    yield from _whose(reading)
    yield from _chosen(reading)
    yield from _conditions(reading)
    yield from _countries(reading)
    yield from unread_manner(reading.tape, reading.mentions)
    yield from _absent(reading)


def _absent(reading: Reading) -> Iterator[tuple[int, int]]:
    """Yield "has not logged any calls": who did nothing of a kind is no activity of the others."""
    words = [token.text for token in reading.tape.tokens]
    if any(item.of(MetricWord) for item in reading.mentions) or not _ASKS_WHO & set(words):
        return
    kinds = [
        mention
        for mention in reading.mentions
        if any(word.dimension == "engagement_type" for word in mention.of(ValueWord))
    ]
    # Of two kinds one is left out: "calls, not emails".
    if len(kinds) == 1:
        end = kinds[0].start
        nots = [at for at in range(max(0, end - 4), end) if words[at] in _NOTS]
        yield from ((at, kinds[0].end) for at in nots[-1:])


def check_joined(reading: Reading) -> None:
    """Raise StopReadingError at what two conditions can't say together."""
    _check_or(reading)
    _check_two_limits(reading)
    _check_not_only(reading)
    _check_counted_limit(reading)
    _check_condition(reading)
    _check_unique(reading)
    _check_rate(reading)
    _check_listed(reading)
    _check_asked_too(reading)


def _check_listed(reading: Reading) -> None:
    """Ask at an item of a list that nobody took: "won, lost, win rate", "last year and this"."""
    left = [index for index in range(len(reading.tape)) if _is_left(reading, index)]
    outcomes = [index for index in left if _is_listed(reading, index, "outcomes")]
    measures = [index for index in left if _is_listed(reading, index, "measures")]
    strange = outcomes or (measures if len(measures) > 1 else [])
    strange += [index for index in left if _is_another_time(reading, index)]
    if strange and reading.names_something:
        word = reading.tape.tokens[strange[0]].text
        message = f"I read {word!r}, but not what it asks for beside the rest."
        raise StopReadingError(clarify(message))


def _check_asked_too(reading: Reading) -> None:
    """Ask at a second question of which no word was read: "… and how much did they add up to"."""
    tape = reading.tape
    for start in range(1, len(tape) - 2):
        if tape.tokens[start - 1].text not in {"and", "plus"} or not _asks_anew(reading, start):
            continue
        end = start
        while end < len(tape) and not (end > start and tape.is_parted(end - 1)):
            end += 1
        owners = {tape.owner(index) for index in range(start, end)}
        said_of = {token.text for token in tape.tokens[start : end + 1]}
        if said_of & _WORDS["of_each"]:
            continue
        if owners <= {Owner.LIGHT, Owner.LINK} and end - start > _SHORTEST_QUESTION:
            said = tape.raw(start, end)
            raise StopReadingError(clarify(f"I read {said!r}, but not what it asks for."))


def _asks_anew(reading: Reading, index: int) -> bool:
    tokens = reading.tape.tokens
    first, second = tokens[index], tokens[index + 1].text
    is_asking = first.text == "what" or (first.text == "how" and second in {"much", "many"})
    return is_asking and not first.is_aside and reading.names_something


def _is_left(reading: Reading, index: int) -> bool:
    tape = reading.tape
    is_named = any(item.start <= index < item.end for item in reading.mentions)
    is_taken = tape.owner(index) in {Owner.TIME, Owner.THRESHOLD, Owner.NEGATION}
    return not (is_named or is_taken or tape.tokens[index].is_aside)


def _is_listed(reading: Reading, index: int, kind: str) -> bool:
    tokens, question = reading.tape.tokens, reading.tape.question
    if tokens[index].text not in _WORDS[kind]:
        return False
    gap = question[tokens[index - 1].end : tokens[index].start] if index else ""
    after = question[tokens[index].end : tokens[index].end + 1]
    is_joined = index > 0 and tokens[index - 1].text in _JOINTS
    return is_joined or after == "," or bool({",", ":"} & set(gap))


def _is_another_time(reading: Reading, index: int) -> bool:
    tape = reading.tape
    is_this = tape.tokens[index].text == "this" and index > 1
    is_joined = is_this and tape.tokens[index - 1].text == "and"
    return is_joined and tape.owner(index - 2) is Owner.TIME


def _unsplit(reading: Reading) -> Iterator[tuple[int, int]]:
    """Find the noun behind "by" that nobody knows: "revenue by team"."""
    tape = reading.tape
    named = {index for item in reading.mentions for index in range(item.start, item.end)}
    for position in reading.marks.splits:
        index = position + 1
        while (
            index < len(tape)
            and index not in named
            and tape.tokens[index].text in _WORDS["skipped"]
        ):
            index += 1
        if index >= len(tape):
            if not reading.turn.is_tied and not reading.pointed:
                yield position, len(tape)
            continue
        is_idiom = tape.tokens[index].text in _WORDS["idioms"] or tape.tokens[index].is_aside
        is_lost = tape.owner(index) is Owner.TERM and index not in named
        if (is_lost or tape.owner(index) is Owner.LIGHT) and not is_idiom:
            yield index, index + 1


def _whose(reading: Reading) -> Iterator[tuple[int, int]]:
    """Find people of the house as a condition: "sessions of our friends"."""
    tape = reading.tape
    for index, token in enumerate(tape.tokens):
        if token.text not in _WORDS["people"] or tape.owner(index) is not Owner.LIGHT:
            continue
        before = index - 1
        while before >= 0 and tape.tokens[before].text in _WORDS["skipped"] - _WORDS["from"]:
            before -= 1
        is_condition = before >= 0 and tape.tokens[before].text in _WORDS["from"]
        if is_condition and not token.is_aside and not token.is_quoted:
            yield index, index + 1


def _conditions(reading: Reading) -> Iterator[tuple[int, int]]:
    """Find what a number is limited to and nobody counts so: "leads that are customers"."""
    tape = reading.tape
    named = {index for item in reading.mentions for index in range(item.start, item.end)}
    for index in range(2, len(tape)):
        is_lost = tape.owner(index) is Owner.TERM and index not in named
        is_told = tape.tokens[index - 1].text in {"are", "is", "was", "were", "became", "become"}
        if is_lost and is_told and tape.tokens[index - 2].text in _WHO:
            yield index - 2, index + 1


def _countries(reading: Reading) -> Iterator[tuple[int, int]]:
    """Find "us" said together with a country: "for us and uk"."""
    tape = reading.tape
    places = {
        index
        for item in reading.mentions_of(ValueWord)
        if any(word.dimension in _PLACES for word in item.of(ValueWord))
        for index in (item.start, item.end - 1)
    }
    for index, token in enumerate(tape.tokens):
        beside = {index - 2, index + 2} if token.text == "us" else set()
        joints = {tape.tokens[(index + at) // 2].text for at in beside & places}
        if tape.owner(index) is Owner.LIGHT and joints & {"and", "or", "vs", "plus"}:
            yield index, index + 1


def _chosen(reading: Reading) -> Iterator[tuple[int, int]]:
    """Find words that limit a list to some nobody has named: "certain campaigns"."""
    tape = reading.tape
    starts = {item.start for item in reading.mentions}
    for index, token in enumerate(tape.tokens):
        is_beside = index + 1 in starts and token.text in _WORDS["chosen"]
        if is_beside and tape.owner(index) is Owner.LIGHT and not token.is_aside:
            yield index, index + 1


def _check_or(reading: Reading) -> None:
    """Stop at "on desktop or from Germany": rows that meet one of two conditions."""
    for index, token in enumerate(reading.tape.tokens):
        if token.text not in {"or", "nor"} or token.is_quoted or token.is_aside:
            continue
        before = max((m for m in reading.mentions if m.end <= index), key=_end, default=None)
        after = min((m for m in reading.mentions if m.start > index), key=_start, default=None)
        if before is None or after is None or _is_same(before, after):
            continue
        if before.of(ValueWord) and after.of(ValueWord):
            message = "I can filter by both at once, but not by one or the other."
            raise StopReadingError(clarify(message))
    limits = sorted(reading.thresholds, key=lambda limit: limit.start)
    for first, second in pairwise(limits):
        between = reading.tape.text(first.end, second.start).split()
        if "or" in between:
            message = "I can apply both limits at once, but not one or the other."
            raise StopReadingError(clarify(message))


def _check_not_only(reading: Reading) -> None:
    """Stop at "not only from mobile", which leaves nothing out."""
    limits = {start for start, _ in reading.marks.onlies}
    if any(end in limits for _, end in reading.marks.negations):
        raise StopReadingError(clarify("Of what else besides? I read a “not only”."))


def _check_two_limits(reading: Reading) -> None:
    """Stop at "over 500 by channel and under 100 by device": two questions with a limit each."""
    limits = [limit.start for limit in reading.thresholds]
    splits = [at for at in reading.marks.splits if limits and at > min(limits)]
    if len(limits) > 1 and splits and min(splits) < max(limits) and max(splits) > max(limits):
        raise StopReadingError(clarify("That is two questions; which one first?"))


def _end(mention: Mention) -> int:
    return mention.end


def _start(mention: Mention) -> int:
    return mention.start


def _is_same(first: Mention, second: Mention) -> bool:
    dimensions = {word.dimension for word in first.of(ValueWord)}
    return bool(dimensions & {word.dimension for word in second.of(ValueWord)})


def _check_counted_limit(reading: Reading) -> None:
    """Stop at "sessions with at least two pages": how many pages, nobody counts for each."""
    for limit in reading.thresholds:
        for mention in reading.mentions_of(DimensionWord):
            if mention.start == limit.end and not mention.of(MetricWord):
                said = reading.tape.raw(limit.start, mention.end)
                raise StopReadingError(clarify(f"I can't limit by {said!r}."))


def _check_condition(reading: Reading) -> None:
    """Stop at "sessions that converted": a number of those to whom something happened."""
    for mention in reading.mentions_of(AmbiguousWord):
        index = mention.start - 1
        while index > 0 and reading.tape.tokens[index].text in {
            "did",
            "have",
            "has",
            "had",
            "dont",
        }:
            index -= 1
        before = [item for item in reading.metrics() if item.end <= index]
        if before and reading.tape.tokens[index].text in _WHO and index >= 0:
            said = reading.tape.raw(index, mention.end)
            message = f"I can't limit a number to those {said!r}; I can show both side by side."
            raise StopReadingError(clarify(message))


def _check_unique(reading: Reading) -> None:
    """Stop at "unique page views", which are not counted, beside the visitors that are."""
    for mention in reading.metrics():
        if reading.tape.text(mention.start, mention.end) not in {"unique", "uniques", "distinct"}:
            continue
        beside = next((item for item in reading.metrics() if item.start == mention.end), None)
        if beside is not None:
            said = reading.tape.raw(mention.start, beside.end)
            raise StopReadingError(clarify(f"There is no number {said!r}."))


def _check_rate(reading: Reading) -> None:
    """Stop at "revenue run rate": a rate is a number of its own, no word to pass over."""
    if reading.shape.has_change:
        return
    for mention in reading.mentions_of(AmbiguousWord):
        said = reading.tape.text(mention.start, mention.end)
        if said in {"rate", "rates"} and reading.metrics():
            words = [word.options for word in mention.of(AmbiguousWord)]
            raise StopReadingError(clarify("Which rate do you mean?", _ways(words[0])))


def _ways(options: tuple[str, ...]) -> list[str]:
    return [name.replace("_", " ") for name in options]
