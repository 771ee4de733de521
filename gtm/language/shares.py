"""Shares: what part of a number each group has, or one value among the others."""

from __future__ import annotations

from itertools import pairwise

from gtm.language.ask import clarify
from gtm.language.lexicon import MetricWord, ValueWord, Vocabulary
from gtm.language.reading import Draft, FilterDraft, Reading, StopReadingError
from gtm.semantics.query import MetricQuery

_BEING = frozenset({"are", "were", "is", "was"})


def read_share(
    reading: Reading, vocabulary: Vocabulary, draft: Draft, former: MetricQuery | None
) -> None:
    """Give a share its split, or the former one. Raises StopReadingError where it has none."""
    if reading.shape.has_rest:
        _set_against_rest(reading, draft)
    if not reading.shape.has_share and not _is_of_whole(reading, vocabulary, draft):
        return
    percents = [name for name in draft.metrics if vocabulary.metrics[name].is_percent]
    if percents:
        if reading.shape.share_is_form:
            # "Visits, bounces in % and time on site": only how one of them is written.
            return
        # "What share of the leads became customers": the rate is that share, the leads its base.
        reading.settled.update(draft.metrics)
        draft.metrics = percents
        return
    _check_part(reading)
    if _is_of_one(reading, draft):
        message = "The share within each group, or over the groups? I can show the numbers."
        raise StopReadingError(clarify(message))
    _split(reading, vocabulary, draft, former)
    metrics = draft.metrics or list(former.metrics if former else ())
    splits = len(draft.dimensions or (former.dimensions if former else ()))
    _check_adds_up(reading, vocabulary, metrics or _default_metrics(vocabulary, draft))
    is_additive = all(vocabulary.metrics[name].is_additive for name in metrics)
    is_series = draft.grain or (former is not None and former.grain)
    if is_additive and draft.chart is None and not is_series and splits == 1:
        draft.chart = "pie"
        reading.notes.append("Drawn as a pie to show shares.")


def _set_against_rest(reading: Reading, draft: Draft) -> None:
    """Show a value beside all others: "brand clicks versus the rest"."""
    shown = [item for item in draft.filters if not item.is_negated and not item.is_part]
    if len(shown) == 1 and not draft.dimensions:
        draft.filters.remove(shown[0])
        draft.dimensions = [shown[0].dimensions]
        reading.notes.append(f"All others are shown beside {shown[0].text}.")
    elif not any(set(draft.dimensions) & {item.dimensions} for item in shown) or len(shown) > 1:
        raise StopReadingError(clarify("The rest of what? I can show all groups side by side."))


def _is_of_whole(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> bool:
    """Return whether "how much of the clicks were branded" asks for the share of one value."""
    if not reading.shape.may_share or draft.dimensions or draft.grain is not None:
        return False
    shown = [item for item in draft.filters if not item.is_part]
    # "How much of the pipeline is Rosa's" may just as well ask for the amount.
    entries = [vocabulary.metrics[name] for name in draft.metrics]
    is_counted = all(entry.is_additive and entry.is_whole for entry in entries)
    is_plain = len(draft.metrics) == 1 and draft.compare is None and not draft.having
    is_one = len(shown) == 1 and not shown[0].is_negated and _is_single(shown[0])
    return is_plain and is_counted and is_one


def _is_single(shown: FilterDraft) -> bool:
    return all(len(word.values) == 1 for word in shown.alternatives)


def _check_part(reading: Reading) -> None:
    """Stop at "what share of orders that are renewals": of two numbers one is no group."""
    counted = [item for item in reading.metrics() if item.of(MetricWord)]
    for first, second in pairwise(counted):
        between = reading.tape.text(first.end, second.start).split()
        if between[:1] and between[0] in {"that", "which", "who"} and between[-1] in _BEING:
            said = reading.tape.raw(first.start, second.end)
            raise StopReadingError(clarify(f"There is no defined share {said!r}."))


def _split(
    reading: Reading, vocabulary: Vocabulary, draft: Draft, former: MetricQuery | None
) -> None:
    """Show the share of one value beside the others."""
    if draft.dimensions or (former is not None and former.dimensions and not draft.filters):
        return
    shown = [item for item in draft.filters if not item.is_negated and not item.is_part]
    if len(shown) != 1:
        names = draft.metrics
        subject = vocabulary.metrics[names[0]].say if names else "sessions"
        ways = (f"share of {subject} by channel", f"share of {subject} by device")
        raise StopReadingError(clarify("The share of what? I need a split.", ways))
    draft.filters.remove(shown[0])
    draft.dimensions = [shown[0].dimensions]
    label = vocabulary.dimensions[shown[0].dimensions[0]].say
    reading.notes.append(f"Split by {label} to show the share of {shown[0].text}.")


def _check_adds_up(reading: Reading, vocabulary: Vocabulary, names: list[str]) -> None:
    entries = [vocabulary.metrics[name] for name in names]
    if not entries or not all(entry.is_countable for entry in entries):
        label = entries[0].label if entries else "That"
        message = f"{label} does not add up over groups, so it has no shares."
        raise StopReadingError(clarify(message, ("share of sessions by channel",)))
    if not all(entry.is_additive for entry in entries):
        reading.notes.append("One can be in several groups, so the parts may exceed the whole.")


def _is_of_one(reading: Reading, draft: Draft) -> bool:
    """Return whether the share of a value is asked for beside another split."""
    share = reading.shape.share
    if share is None or not draft.dimensions:
        return False
    said = reading.tape.text(share[1], len(reading.tape)).split()
    is_told = bool({"is", "are", "was", "were", "made"} & set(said))
    values = [
        item
        for item in reading.mentions_of(ValueWord)
        if item.start == share[1] or (is_told and item.start > share[1])
    ]
    own = {word.dimension for item in values for word in item.of(ValueWord)}
    return bool(values) and not any(own & set(names) for names in draft.dimensions)


def _default_metrics(vocabulary: Vocabulary, draft: Draft) -> list[str]:
    found = [vocabulary.dimensions[names[0]].default_metric for names in draft.dimensions]
    return [name for name in found if name is not None]
