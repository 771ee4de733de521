"""Which numbers a question is about: those it names, and what words with several meanings mean."""

from __future__ import annotations

import re

from gtm.language.ask import clarify, refuse, retold
from gtm.language.lexicon import (
    AmbiguousWord,
    DimensionWord,
    FunnelWord,
    MetricWord,
    Vocabulary,
    singular,
    to_phrase,
)
from gtm.language.mention import Mention
from gtm.language.ratios import ratio_of
from gtm.language.reading import Draft, Reading, StopReadingError, dimension_words
from gtm.language.readings import COUNTED
from gtm.language.things import AMOUNTS, state_of_deals
from gtm.language.tokens import Owner

OF_WHAT = frozenset({"for", "of", "from", "among", "on", "through", "via"})
_JOINTS = frozenset({"and", "or", "vs", "plus", "+", "with", "both"})
# What counts things that have a name is split by that name.
_NAMED_BY = {"events": "event_name", "key_events": "event_name", "engagements": "engagement_type"}
# Judging words that no number settles, unlike "performance", which a named metric does.
_AND_HOW_MANY = re.compile(
    r"(?:and|plus) (?:(?:on|over|in|from) )?(?:how many|(?:the )?number of)$"
)
_JUDGING = frozenset({"good", "bad", "better", "successful", "effective"})


def read_subjects(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    """Give a draft its numbers. Raises StopReadingError where it is not clear which."""
    for mention in reading.metrics():
        if _is_split_per(reading, vocabulary, mention, draft):
            continue
        if _is_divisor(reading, vocabulary, mention, draft):
            continue
        _check_ratio(reading, vocabulary, mention)
        _check_order(reading, vocabulary, mention, draft)
        _check_of_what(reading, vocabulary, mention, draft)
        name = mention.of(MetricWord)[0].name
        if name not in draft.metrics and name not in reading.settled:
            draft.metrics.append(name)
    for mention in reading.mentions_of(AmbiguousWord):
        _settle_ambiguous(reading, vocabulary, mention, draft)
    funnels = reading.mentions_of(FunnelWord)
    if funnels:
        _read_funnel(reading, vocabulary, draft, funnels[0])


def _read_funnel(reading: Reading, vocabulary: Vocabulary, draft: Draft, mention: Mention) -> None:
    """Give a draft its funnel. Raises StopReadingError where other numbers are asked for beside."""
    funnel = vocabulary.funnels[mention.of(FunnelWord)[0].name]
    draft.funnel = funnel.name
    beside = [name for name in draft.metrics if name != "sessions"]
    others = set(beside) - funnel.told_by
    if others or (beside and _is_added(reading, mention)):
        metric = vocabulary.metrics[beside[0]].say
        message = "A funnel counts step by step; ask for other numbers apart."
        raise StopReadingError(clarify(message, (funnel.say, f"{metric} by channel")))
    # "The funnel from lead to customer" and "of mobile visitors" name its steps and whose it is.
    reading.settled.update(beside)
    draft.metrics = []


def _is_added(reading: Reading, mention: Mention) -> bool:
    """Return whether a number is asked for beside a funnel: "orders and the funnel"."""
    for item in reading.metrics():
        first, second = sorted((item, mention), key=lambda one: one.start)
        between = reading.tape.text(first.end, second.start).split()
        if between[:1] == ["and"] or "plus" in between[:1] or between[-2:-1] == ["and"]:
            return True
    return False


def _check_ratio(reading: Reading, vocabulary: Vocabulary, mention: Mention) -> None:
    """Stop at "clicks per user": a ratio the catalogue does not define is not made up."""
    tape, before = reading.tape, mention.start - 1
    if before < 0 or tape.tokens[before].text not in {"per", "ratio"}:
        return
    if before > 0 and tape.tokens[before - 1].text == "as":
        return
    metric = vocabulary.metrics[mention.of(MetricWord)[0].name]
    message = f"There is no defined number per {metric.say}."
    raise StopReadingError(refuse(message, (f"{metric.say} by channel", "sessions per user")))


def _is_split_per(reading: Reading, vocabulary: Vocabulary, mention: Mention, draft: Draft) -> bool:
    """Read "per key event" as a split by its name, beside a number that has one."""
    tape, before = reading.tape, mention.start - 1
    is_per = before >= 0 and tape.tokens[before].text in {"by", "per", "each", "every"}
    split = _NAMED_BY.get(mention.of(MetricWord)[0].name)
    if not is_per or split is None or split not in vocabulary.dimensions:
        return False
    defaults = [w.default for m in reading.mentions_of(AmbiguousWord) for w in m.of(AmbiguousWord)]
    counted = draft.metrics or [name for name in defaults if name is not None]
    views = vocabulary.dimensions[split].views
    if not counted or not all(vocabulary.metrics[name].views & views for name in counted):
        return False
    reading.settled.add(mention.of(MetricWord)[0].name)
    add_dimension(draft, (split,))
    return True


def _is_divisor(reading: Reading, vocabulary: Vocabulary, mention: Mention, draft: Draft) -> bool:
    """Read "revenue per session" and "revenue divided by sessions" as the number defined so."""
    before = reading.tape.text(max(0, mention.start - 3), mention.start).split()
    is_divided = "divided" in before or before[-1:] == ["per"] or _is_ratio_to(reading, before)
    if not is_divided or not draft.metrics:
        return False
    over, under = draft.metrics[-1], mention.of(MetricWord)[0].name
    found = ratio_of(vocabulary, over, under)
    if found is None:
        first, second = vocabulary.metrics[over].say, vocabulary.metrics[under].say
        message = f"There is no defined number {first} per {second}."
        raise StopReadingError(refuse(message, (f"{first} by channel", f"{first} and {second}")))
    draft.metrics[-1] = found
    reading.settled |= {over, under}
    reading.shape.aggregate = None
    reading.notes.append(f"Read as {vocabulary.metrics[found].label}.")
    return True


def _is_ratio_to(reading: Reading, before: list[str]) -> bool:
    is_ratio = reading.shape.aggregate is not None and reading.shape.aggregate.startswith("ratio")
    return is_ratio and bool({"to", "and", "between"} & set(before))


def _check_order(reading: Reading, vocabulary: Vocabulary, mention: Mention, draft: Draft) -> None:
    """Ask at "position by sessions": a number is no split, and there is no list to rank."""
    is_split = mention.start - 1 in reading.marks.splits
    is_ranked = bool(reading.shape.rankings) or reading.shape.sort_position is not None
    if not is_split or is_ranked or not draft.metrics:
        return
    first, second = draft.metrics[0], mention.of(MetricWord)[0].name
    says = [vocabulary.metrics[name].say for name in (first, second)]
    message = f"{says[1].capitalize()} is a number, not a split; shall I show both?"
    raise StopReadingError(clarify(message, (" and ".join(says), says[0])))


def _check_of_what(
    reading: Reading, vocabulary: Vocabulary, mention: Mention, draft: Draft
) -> None:
    """Ask at "leads by status for contacts created": a second number only says of what."""
    before = reading.tape.tokens[mention.start - 1].text if mention.start else ""
    name = mention.of(MetricWord)[0].name
    if COUNTED.search(reading.tape.text(max(0, mention.start - 4), mention.start)):
        # "Won amount and the number of wins" asks for both.
        return
    if before not in OF_WHAT or not draft.metrics or name in draft.metrics:
        return
    if _is_measured(reading, mention.start - 1):
        return
    if draft.metrics == ["revenue_usd"] and name in AMOUNTS:
        # "Revenue from deals won" is their amount.
        draft.metrics = [AMOUNTS[name]]
        reading.settled |= {"revenue_usd", name}
        return
    first, second = (vocabulary.metrics[item].say for item in (draft.metrics[0], name))
    dimensions = [
        vocabulary.dimensions[names[0]].say
        for item in reading.mentions_of(DimensionWord)
        if (names := dimension_words(item))
    ]
    tail = f" by {' and '.join(dict.fromkeys(dimensions))}" if dimensions else ""
    message = f"Shall I show {first}, {second}, or both?"
    ways = (f"{first}{tail}", f"{second}{tail}", f"{first} and {second}{tail}")
    raise StopReadingError(clarify(message, ways))


def _is_measured(reading: Reading, index: int) -> bool:
    """Tell the "of" of "number of leads", and of "… and of MQLs" behind it, from one of what."""
    tape = reading.tape
    if tape.owner(index) in {Owner.SHAPE, Owner.TERM}:
        return True
    is_joined = index > 0 and tape.tokens[index - 1].text in {"and", "plus", "+"}
    before = (tape.tokens[at].text for at in range(index - 1) if tape.owner(at) is Owner.SHAPE)
    return is_joined and "of" in before


def _settle_ambiguous(
    reading: Reading, vocabulary: Vocabulary, mention: Mention, draft: Draft
) -> None:
    word = mention.of(AmbiguousWord)[0]
    said = reading.tape.text(mention.start, mention.end)
    if _is_said_fully(reading, vocabulary, mention):
        return
    if word.default is not None and word.default in vocabulary.metrics:
        if word.default not in draft.metrics:
            draft.metrics.append(word.default)
        reading.notes.append(f"Read {said!r} as {vocabulary.metrics[word.default].label}.")
        return
    are_metrics = all(name in vocabulary.metrics for name in word.options)
    if are_metrics and draft.metrics and said not in _JUDGING:
        if (counted := _counted_too(reading, mention, draft)) is not None:
            draft.metrics.append(counted)
        return
    if draft.metrics and are_metrics:
        subject = vocabulary.metrics[draft.metrics[0]].say
        message = "I don't judge a number, but I can set it against the one before."
        raise StopReadingError(clarify(message, (f"{subject} vs previous period",)))
    if (meant := state_of_deals(reading, mention)) is not None:
        draft.metrics.append(meant)
        reading.notes.append(f"Read {said!r} as {vocabulary.metrics[meant].label}.")
        return
    raise StopReadingError(clarify(word.message, _instead(reading, vocabulary, mention, word)))


def _counted_too(reading: Reading, mention: Mention, draft: Draft) -> str | None:
    """Return the number of deals asked for beside their amount: "… and how many deals is that"."""
    before = reading.tape.text(max(0, mention.start - 4), mention.start)
    if _AND_HOW_MANY.search(before) is None:
        return None
    return next((name for name, amount in AMOUNTS.items() if amount in draft.metrics), None)


def _is_said_fully(reading: Reading, vocabulary: Vocabulary, mention: Mention) -> bool:
    """Return whether a number named elsewhere says which: "conversions, by first touch"."""
    said = set(map(singular, reading.tape.text(mention.start, mention.end).split()))
    for other in reading.metrics():
        words = set(
            map(singular, to_phrase(vocabulary.metrics[other.of(MetricWord)[0].name].label))
        )
        first, second = sorted((mention, other), key=lambda item: item.start)
        between = set(reading.tape.text(first.end, second.start).split())
        if said < words and not (between and between <= _JOINTS):
            return True
    return False


def _instead(
    reading: Reading, vocabulary: Vocabulary, mention: Mention, word: AmbiguousWord
) -> list[str]:
    """Reword the whole question, once for each meaning."""
    entries = [vocabulary.metrics.get(name) or vocabulary.dimensions[name] for name in word.options]
    dimensions = [
        vocabulary.dimensions[name].say
        for item in reading.mentions_of(DimensionWord)
        for name in dimension_words(item)[:1]
    ]
    span = (mention.start, mention.end)
    are_metrics = all(name in vocabulary.metrics for name in word.options)
    if reading.tape.text(*span) in _JUDGING and are_metrics:
        dimensions = dimensions or ["channel"]
        return [f"{entry.say} by {' and '.join(dimensions)}" for entry in entries]
    ways = [retold(reading.tape, {span: entry.say}) for entry in entries]
    if dimensions and are_metrics:
        ways += [f"{entry.say} by {' and '.join(dimensions)}" for entry in entries]
    return ways


def add_dimension(draft: Draft, names: tuple[str, ...]) -> None:
    """Add a split, unless one of its dimensions is split by already."""
    if not any(set(names) & set(known) for known in draft.dimensions):
        draft.dimensions.append(names)
