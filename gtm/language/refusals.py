"""What is understood but can't be answered, and the nearest question that can."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gtm.language.ask import clarify, options, refuse, retold, say
from gtm.language.leftover import explained, unknown_runs
from gtm.language.lexicon import (
    DimensionWord,
    MetricWord,
    UnsupportedWord,
    ValueWord,
    Vocabulary,
)
from gtm.language.names import HOME, NAMED_LIKE_IT, tells_of_people
from gtm.language.outcome import About, Clarify, Option, Refuse, ValueMatch
from gtm.language.reading import Reading
from gtm.language.reasons import unread_reasons
from gtm.language.spelling import Speller
from gtm.language.tokens import Owner, Tape
from gtm.semantics.query import Comparison, ComparisonKind, MetricQuery, RelativeRange, TimeRange

_BEFORE_TIME = frozenset({"in", "on", "for", "over", "during", "the", "of", "from", "at"})
# How many words around an unknown one are looked up with it: "Contract sent", "API add-on".
_AROUND = 3
_MOST_WINDOWS = 4
_MOST_SAID = 4
_MOST_WIDENED = 1
_MOST_COMPOUNDS = 2
_MOST_EXPLAINED = 3
_MOST_TERMS = 12
_PAPERS = frozenset(
    {"guide", "post", "article", "page", "tutorial", "story", "whitepaper", "checklist", "examples"}
)
_LONGEST_TITLE = 3
_COMPOUND = re.compile(r"(?<![\w/-])[A-Za-z]\w*(?:[-_]\w+)+(?![\w/-])")
# Of these people say the name first, and the kind behind it.
_NAMED_BEFORE = frozenset({"pipeline", "pipelines"})
# "Lead status NEW": a name whose word is known as something else.
_BESIDE_ITS_KIND = re.compile(r"(?:(?<=\bstatus )|(?<=\bstage ))[A-Z]\w+")
_CHARTS = ("bar", "line", "pie")


def out_of_reach(
    reading: Reading, vocabulary: Vocabulary, previous: MetricQuery | None
) -> Clarify | Refuse | None:
    """Return the refusal of a question about what is not in the data, or None."""
    subject = _subject(reading, vocabulary)
    if reasons := unread_reasons(reading):
        names = " or ".join(f'"{text}"' for text in reasons)
        return clarify(
            f"I don't know {names} as a reason.", (f"{subject} by lost reason",), reasons
        )
    for mention in reading.mentions_of(UnsupportedWord):
        if mention.of(ValueWord):
            continue
        word = mention.of(UnsupportedWord)[0]
        return refuse(word.reason, [_about(name, vocabulary) for name in word.nearest])
    if reading.intent.intent == "query" and reading.intent.ahead is not None:
        said = reading.intent.ahead.said
        message = f"{said[:1].upper()}{said[1:]} lies ahead: shall I forecast it?"
        return clarify(message, [f"forecast {subject} {said}", f"{subject} last 30 days"])
    if reading.shape.asks_why:
        message = "I can't tell causes, but I can show where the numbers changed."
        return refuse(message, [_change(reading, vocabulary, previous)])
    if reading.shape.asks_future:
        message = "I don't forecast; I can show how it has developed so far."
        return refuse(message, [f"{subject} trend last 90 days"])
    if reading.time.problem is not None:
        rest = _untimed(reading)
        ways = [f"{rest} {way}" for way in reading.time.problem.ways]
        ways += [f"{subject} {way}" for way in reading.time.problem.ways]
        return clarify(reading.time.problem.message, ways)
    if reading.unknown_chart is not None:
        message = f"I can't draw a {reading.unknown_chart}; I have line, bar, area, pie, scatter."
        return clarify(message, [f"{subject} by channel as a {kind} chart" for kind in _CHARTS])
    return None


def _untimed(reading: Reading) -> str:
    """Word the question without what it says about time."""
    tape = reading.tape
    timed = {Owner.TIME, Owner.COMPARISON}
    said = {index for index in range(len(tape)) if tape.owner(index) in timed}
    for index in sorted(said, reverse=True):
        if index > 0 and tape.tokens[index - 1].text in _BEFORE_TIME:
            said.add(index - 1)
    spans = [(index, index + 1) for index in sorted(said)]
    return retold(tape, dict.fromkeys(spans, ""))


def possible_names(reading: Reading) -> tuple[str, ...]:
    """Return words read as something else that may be names in the data: look them up.

    "The New business pipeline" names a pipeline, though new business is also a type of deal; the
    newsletter is a source where one is called so, and the channel of e-mails otherwise.
    """
    tape, found = reading.tape, []
    speaks_of_pipelines = any(token.text in _NAMED_BEFORE for token in tape.tokens)
    for item in reading.mentions_of(ValueWord):
        words, text = item.of(ValueWord), tape.text(item.start, item.end)
        is_before = tape.text(item.end, item.end + 1) in _NAMED_BEFORE
        is_other = is_before and not any(word.dimension == "pipeline" for word in words)
        # "Open deals and pipeline by stage, New business only": a pipeline may be called so.
        is_other |= speaks_of_pipelines and all(word.dimension == "deal_type" for word in words)
        if text in HOME and not any(word.is_data for word in words):
            found.append(tape.raw(item.start, item.end))
        if tells_of_people(tape) and any(word.dimension == "event_name" for word in words):
            found.append(tape.raw(item.start, item.end))
        if is_other or (text in NAMED_LIKE_IT and not any(word.is_data for word in words)):
            found.append(tape.raw(item.start, item.end))
    # A path is a page of its own where there is one, and else what lies under it.
    found += [token.text for token in tape.tokens if token.text.startswith("/")]
    for index in explained(tape):
        # "The Spring campaign, i.e. paid social": a name is not passed over.
        found.append(tape.raw(max(0, index - _MOST_EXPLAINED), index))
    for start, end in unknown_runs(tape):
        # "The monthly digest": what was read as a step may belong to a name.
        is_step = start > 0 and tape.owner(start - 1) is Owner.GRAIN
        found += [tape.raw(start - 1, end)] if is_step else []
    return tuple(found)


def compounds(question: str) -> tuple[str, ...]:
    """Return words written as one, which may be a name though their parts are known."""
    found = [*_COMPOUND.findall(question), *_BESIDE_ITS_KIND.findall(question)]
    return tuple(dict.fromkeys(found))[:_MOST_COMPOUNDS]


def with_ways(
    outcome: Clarify | Refuse | About,
    reading: Reading,
    vocabulary: Vocabulary,
    previous: MetricQuery | None,
) -> Clarify | Refuse | About:
    """Give a question back that offers nothing the nearest plain questions to click."""
    if outcome.options or not isinstance(outcome, Clarify):
        return outcome
    if previous is not None and not reading.metrics() and not _is_ahead(previous):
        return outcome.model_copy(update={"options": options([say(previous, vocabulary)])})
    subject = _subject(reading, vocabulary)
    ways = (f"{subject} last 30 days", f"{subject} last 30 days vs previous period")
    return outcome.model_copy(update={"options": options(ways)})


def _is_ahead(query: MetricQuery) -> bool:
    """Return whether a query was a forecast, whose words are no question for what has been."""
    return isinstance(query.time, TimeRange) and not query.time.label


def _subject(reading: Reading, vocabulary: Vocabulary) -> str:
    metrics = [mention.of(MetricWord)[0].name for mention in reading.metrics()]
    names = list(dict.fromkeys(metrics))[:2] or ["sessions"]
    return " and ".join(vocabulary.metrics[name].say for name in names)


def _about(name: str, vocabulary: Vocabulary) -> str:
    if name in vocabulary.metrics:
        return f"{vocabulary.metrics[name].say} last 30 days"
    dimension = vocabulary.dimensions[name]
    metric = vocabulary.metrics[dimension.default_metric or "sessions"].say
    return f"{metric} by {dimension.say}"


def _change(reading: Reading, vocabulary: Vocabulary, previous: MetricQuery | None) -> str:
    """Word the comparison that shows where a number changed."""
    metrics = [mention.of(MetricWord)[0].name for mention in reading.metrics()][:1]
    if not metrics and previous is not None:
        metrics = list(previous.metrics[:1])
    name = metrics[0] if metrics else "sessions"
    splits = ("channel", "device_category", "query")
    views = vocabulary.metrics[name].views
    split = next((item for item in splits if views & vocabulary.dimensions[item].views), None)
    time = reading.time.period.as_time() if reading.time.period else None
    if time is None and previous is not None:
        time = previous.time
    query = MetricQuery(
        metrics=(name,),
        dimensions=(split,) if split else (),
        time=time or RelativeRange.LAST_30_DAYS,
        compare=Comparison(kind=ComparisonKind.PREVIOUS_PERIOD),
    )
    return say(query, vocabulary)


def unknown_words(
    reading: Reading,
    runs: list[tuple[int, int]],
    speller: Speller,
    vocabulary: Vocabulary,
    values: tuple[ValueMatch, ...],
    guess: str | None,
) -> Clarify:
    """Return the question about words nobody accounts for, with the likeliest meanings."""
    tape = reading.tape
    phrases = [tape.raw(start, end).strip() for start, end in runs]
    near = [_near_value(reading, run, match, vocabulary) for run in runs for match in values]
    ways = [option for option in near if option is not None]
    for start, end in runs:
        for index in range(start, end):
            for word in speller.suggestions(tape.tokens[index].text):
                ways.extend(options([_with(reading, index, index + 1, word)]))
    names = " or ".join(f'"{phrase}"' for phrase in phrases)
    message = (
        f"I don't know {names}. Did you mean one of these?" if ways else f"I don't know {names}."
    )
    if guess is not None:
        ways.append(Option(label=f"Without {names}: {guess}", question=guess))
    return Clarify(
        message=message,
        options=tuple(ways[:5]),
        unknown=_terms(reading, runs),
        strange=tuple(dict.fromkeys(phrases)),
    )


def _terms(reading: Reading, runs: list[tuple[int, int]]) -> tuple[str, ...]:
    """Return what to look up: unknown words, and those around them, in which names are found."""
    tape = reading.tape
    said = [tape.raw(start, end).strip() for start, end in runs]
    windows = [tape.raw(*window) for window in _windows(reading, runs)]
    found = dict.fromkeys([*said[:_MOST_SAID], *_titles(tape), *_types_of_deals(reading)])
    # A name that is misspelt is offered where no more than its own words are looked up. Such words
    # stand before those of the windows, that the same name is not put together from both.
    for start, end in runs[:_MOST_WIDENED]:
        if any(token.is_quoted for token in tape.tokens[start:end]):
            continue
        if start > 0 and _is_beside(reading, start - 1, start):
            found.setdefault(tape.raw(start - 1, end).strip())
        if end < len(tape) and _is_beside(reading, end, start):
            found.setdefault(tape.raw(start, end + 1).strip())
    found.update(dict.fromkeys([*windows, *said[_MOST_SAID:]]))
    for start, end in runs:
        found.update((tape.raw(index, index + 1), None) for index in range(start, end))
    return tuple(found)[:_MOST_TERMS]


def _types_of_deals(reading: Reading) -> Iterator[str]:
    """Yield types of deals, which may be pipelines where another word is: "vs Expansion"."""
    for item in reading.mentions_of(ValueWord):
        if all(word.dimension == "deal_type" for word in item.of(ValueWord)):
            yield reading.tape.raw(item.start, item.end)


def _windows(reading: Reading, runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the stretches around unknown words; those that overlap are one."""
    tape, found = reading.tape, list[tuple[int, int]]()
    for start, end in runs:
        first, last = start, end
        if any(token.is_quoted for token in tape.tokens[start:end]):
            continue
        while first > max(0, start - _AROUND) and _is_beside(reading, first - 1, start):
            first -= 1
        while last < min(len(tape), end + _AROUND) and _is_beside(reading, last, start):
            last += 1
        if found and first <= found[-1][1]:
            first = found.pop()[0]
        found.append((first, last))
    return found[:_MOST_WINDOWS]


def _is_beside(reading: Reading, index: int, other: int) -> bool:
    token = reading.tape.tokens[index]
    is_same = token.sentence == reading.tape.tokens[other].sentence
    return is_same and not token.is_aside and not token.is_quoted


def _titles(tape: Tape) -> Iterator[str]:
    """Yield what a page may be called by, with the noun for it: "the lead scoring guide"."""
    for index, token in enumerate(tape.tokens):
        if token.text in _PAPERS and index >= _LONGEST_TITLE and not token.is_aside:
            yield tape.raw(index - _LONGEST_TITLE, index + 1)


def _with(reading: Reading, start: int, end: int, words: str) -> str:
    tape = reading.tape
    return f"{tape.text(0, start)} {words} {tape.text(end, len(tape))}".strip()


def _near_value(
    reading: Reading, run: tuple[int, int], match: ValueMatch, vocabulary: Vocabulary
) -> Option | None:
    """Offer a value that resembles unknown words; it is never taken without being asked."""
    start, end = run
    said = reading.tape.raw(start, end).strip().casefold()
    dimension = vocabulary.dimensions.get(match.dimension)
    if match.is_exact or dimension is None or match.term.strip().casefold() not in said:
        return None
    before = {word.name for m in reading.mentions_of(DimensionWord) for word in m.of(DimensionWord)}
    quoted = f'"{match.value}"' if match.dimension in before else f'{dimension.say} "{match.value}"'
    return Option(
        label=f"{dimension.label}: {match.value}", question=_with(reading, start, end, quoted)
    )
