"""Puts a reading together: metrics, splits, filters, limits and order become a draft."""

from __future__ import annotations

import re

from gtm.language.ask import clarify
from gtm.language.lexicon import AmbiguousWord, DimensionWord, ValueWord, Vocabulary
from gtm.language.limits import is_in_money, read_having
from gtm.language.mention import Mention
from gtm.language.origins import check_origins
from gtm.language.parts import part_filters
from gtm.language.ranks import check_length, read_ranking
from gtm.language.reading import Draft, FilterDraft, Reading, StopReadingError, dimension_words
from gtm.language.shares import read_share
from gtm.language.subjects import OF_WHAT, add_dimension, read_subjects
from gtm.language.things import check_money, list_named, list_things
from gtm.language.values import is_split_marked, read_values
from gtm.semantics.query import Comparison, ComparisonKind, MetricQuery

_ARTICLES = frozenset({"the", "just", "only", "those", "these", "our", "my", "all", "exactly"})
_EARNED = frozenset(
    {"make", "makes", "made", "making", "earn", "earns", "earned", "bring", "brings", "brought"}
    | {"generate", "generates", "generated", "take", "took", "pull", "pulled", "grossed", "yielded"}
)
_COUNTED = re.compile(
    r"\b(?:how many|(?:number|count|amount) of)(?: (?:different|various|of|the|our|my|these))*$"
)

# What a change of a way to an order is told by; "lost" and "dropped" are what the way counts.
_CHANGED = re.compile(
    r"\b(?:chang|gr[eo]w|improv|increas|decreas|better|worse|develop|evolv|differ|up\b|down\b)"
)


def compose(reading: Reading, vocabulary: Vocabulary, former: MetricQuery | None = None) -> Draft:
    """Return the draft of a query. Raises StopReadingError where words contradict or dangle.

    What hangs on a number that is not named, such as "only above 30 %", is about one of the former.
    """
    draft = Draft(chart=reading.chart, grain=reading.time.grain, limit=reading.shape.limit)
    draft.has_trend = reading.shape.has_trend
    draft.is_judged = reading.shape.is_judged
    read_subjects(reading, vocabulary, draft)
    _dimensions(reading, vocabulary, draft, former)
    _limits(reading, vocabulary, draft, former)
    _time(reading, draft)
    read_ranking(reading, vocabulary, draft, former)
    if former is None:
        list_things(reading, draft)
        check_origins(reading, vocabulary, draft)
        check_length(draft)
    check_money(reading, vocabulary, draft)
    _settle_aggregate(reading, vocabulary, draft)
    read_share(reading, vocabulary, draft, former)
    draft.notes = list(reading.notes)
    return draft


def _limits(
    reading: Reading, vocabulary: Vocabulary, draft: Draft, former: MetricQuery | None
) -> None:
    meant = _limited(reading, vocabulary, former) if former is not None else None
    if meant is None and reading.thresholds and not draft.metrics:
        draft.metrics = _counted(vocabulary, draft) or _earned(reading)
    if draft.metrics or meant is None:
        read_having(reading, vocabulary, draft)
        return
    draft.metrics = [meant]
    read_having(reading, vocabulary, draft)
    draft.metrics.remove(meant)


def _counted(vocabulary: Vocabulary, draft: Draft) -> list[str]:
    """Return what "sign_up by source, at least 10" counts: what its own values are usually of."""
    names = [item.dimensions[0] for item in draft.filters if not item.is_negated]
    found = [vocabulary.dimensions[name].default_metric for name in names]
    own = [name for name in found if name is not None and name != "sessions"]
    if own:
        draft.notes.append(f"No number was named, so {vocabulary.metrics[own[0]].label} is shown.")
    return own[:1]


def _earned(reading: Reading) -> list[str]:
    """Return what "days on which we made more than 5,000 dollars" counts: nothing else is named."""
    said = {token.text for token in reading.tape.tokens if not token.is_aside}
    is_earned = bool(said & _EARNED) and not reading.metrics()
    is_earned &= not reading.mentions_of(AmbiguousWord)
    limits = reading.thresholds
    return ["revenue_usd"] if is_earned and all(is_in_money(reading, x) for x in limits) else []


def _limited(reading: Reading, vocabulary: Vocabulary, former: MetricQuery) -> str | None:
    """Return which of the former numbers a limit is about: a rate where it is said in percent."""
    is_percent = any(limit.is_percent for limit in reading.thresholds)
    fitting = [name for name in former.metrics if vocabulary.metrics[name].is_percent is is_percent]
    ordered = former.order.field if former.order is not None else None
    return ordered if ordered in fitting else next(iter(fitting), None)


def _dimensions(
    reading: Reading, vocabulary: Vocabulary, draft: Draft, former: MetricQuery | None
) -> None:
    mentions = reading.mentions_of(DimensionWord)
    _check_not_counted(reading, vocabulary, mentions)
    has_split = draft.grain is not None or draft.has_trend
    has_split |= any(is_split_marked(reading, mention.start) for mention in mentions)
    of_parts = _qualifying_parts(reading, mentions)
    values = read_values(reading, vocabulary, has_split=has_split)
    for index, mention in enumerate(reading.mentions):
        if mention.start in of_parts:
            continue
        if mention.of(DimensionWord) and index not in values.qualifiers:
            add_dimension(draft, dimension_words(mention))
    for names in values.splits:
        add_dimension(draft, names)
    if not draft.dimensions:
        qualifying = [item for item in mentions if item.start in of_parts]
        qualifying += [reading.mentions[index] for index in sorted(values.qualifiers)]
        list_named(reading, draft, qualifying)
    draft.filters = [*values.filters, *_parts(reading, mentions, former)]
    _check_one_question(reading, draft)


def _parts(
    reading: Reading, mentions: list[Mention], former: MetricQuery | None
) -> list[FilterDraft]:
    """Return the filters on a part of a text; in a follow-up that of the former list."""
    if mentions or former is None or not former.dimensions:
        return part_filters(reading)
    name = former.dimensions[-1]
    return [
        FilterDraft((ValueWord(name, (part.text,)),), part.is_negated, part.text, is_part=True)
        for part in reading.parts
    ]


def _qualifying_parts(reading: Reading, mentions: list[Mention]) -> set[int]:
    """Return where a dimension only says what holds a text: "pages … from queries containing x"."""
    starts = {part.start for part in reading.parts}
    found = set()
    for mention in mentions:
        before = _before_article(reading, mention)
        is_other = any(item is not mention and item.start not in found for item in mentions)
        is_other |= reading.shape.has_trend or reading.time.grain is not None
        noun = reading.tape.tokens[mention.end - 1].text
        is_any = before == "any" and not noun.endswith("s") and bool(reading.metrics())
        if mention.end in starts and ((before in OF_WHAT and is_other) or is_any):
            found.add(mention.start)
    return found


def _before_article(reading: Reading, mention: Mention) -> str:
    """Return the word before a noun, past "just the", "only those" and the like."""
    tape, index = reading.tape, mention.start - 1
    while index > 0 and tape.tokens[index].text in _ARTICLES:
        index -= 1
    return tape.tokens[index].text if index >= 0 else ""


def _check_not_counted(reading: Reading, vocabulary: Vocabulary, mentions: list[Mention]) -> None:
    """Stop at "how many channels do we have": the list can be shown, but not its length."""
    tape = reading.tape
    for mention in mentions:
        before = tape.text(max(0, mention.start - 4), mention.start)
        if _COUNTED.search(before):
            entry = vocabulary.dimensions[dimension_words(mention)[0]]
            said = tape.raw(mention.start, mention.end)
            metric = vocabulary.metrics[entry.default_metric or "sessions"].say
            message = f"I can't count the {said}, but I can list them."
            raise StopReadingError(clarify(message, (f"{metric} by {entry.say}",)))


def _check_one_question(reading: Reading, draft: Draft) -> None:
    """Stop at "sessions by channel and bounce rate by device": these are two questions."""
    metric_starts = [mention.start for mention in reading.metrics()]
    splits = [
        mention.start
        for mention in reading.mentions_of(DimensionWord)
        if mention.start - 1 in reading.marks.splits
    ]
    if len(metric_starts) < 2 or len(splits) < 2:
        return
    if any(splits[0] < start < splits[-1] for start in metric_starts):
        tape, cut = reading.tape, max(s for s in metric_starts if s < splits[-1])
        ways = (tape.text(0, cut).removesuffix(" and"), tape.text(cut, len(tape)))
        raise StopReadingError(clarify("That is two questions; which one first?", ways))


def _time(reading: Reading, draft: Draft) -> None:
    time = reading.time
    draft.time = time.period.as_time() if time.period else None
    draft.compare = time.comparison
    reading.notes.extend(time.notes)
    if draft.funnel is not None and _only_loses(reading):
        reading.shape.has_change = False
    if not reading.shape.has_change:
        return
    if draft.dimensions and reading.shape.rankings:
        message = "I can't rank by how much something changed, but I can show both periods."
        subject = draft.metrics[0].replace("_", " ") if draft.metrics else "sessions"
        by = draft.dimensions[0][0].replace("_", " ")
        raise StopReadingError(clarify(message, (f"{subject} by {by} vs previous period",)))
    if draft.compare is None:
        draft.compare = Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)
        reading.notes.append("Compared with the period before to show the change.")


def _only_loses(reading: Reading) -> bool:
    """Return whether a change is no more than what is lost on a way: "people dropped per step"."""
    tape = reading.tape
    return not _CHANGED.search(tape.text(0, len(tape)))


def _settle_aggregate(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    word = reading.shape.aggregate
    if word is None:
        return
    ratios = [name for name in draft.metrics if not vocabulary.metrics[name].is_countable]
    if word.split()[-1] in {"average", "avg", "mean", "of"} and ratios == draft.metrics and ratios:
        reading.notes.append("A rate is worked out over the whole period, not as a mean of means.")
        return
    subject = vocabulary.metrics[draft.metrics[0]].say if draft.metrics else "sessions"
    message = f"I can't work out {word!r} of that; I can show the numbers it would be made of."
    ways = (f"{subject} by day", f"{subject} by channel")
    raise StopReadingError(clarify(message, ways))
