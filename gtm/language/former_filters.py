"""Filters of the question before, and what a new one makes of them."""

from __future__ import annotations

from dataclasses import replace

from gtm.language.ask import clarify
from gtm.language.lexicon import DimensionWord, ValueWord, Vocabulary
from gtm.language.mention import Mention
from gtm.language.reading import Draft, FilterDraft, Reading, StopReadingError
from gtm.semantics.query import Filter


def former_filter(item: Filter, vocabulary: Vocabulary) -> FilterDraft:
    """Return a filter of a query as one whose dimension may still change to its twin."""
    word = ValueWord(item.dimension, item.values)
    twins = vocabulary.twins(word)
    return FilterDraft(
        (word, *twins),
        item.op.startswith("not"),
        ", ".join(item.values),
        is_part=item.op.endswith("contains"),
    )


def merge_filters(merged: Draft, draft: Draft, *, is_added: bool, is_anew: bool) -> None:
    """Change the former filters by the new ones. Raises StopReadingError where nothing changes."""
    for item in draft.filters:
        same = [old for old in merged.filters if set(old.dimensions) & set(item.dimensions)]
        if is_added and not item.is_negated and (widened := _with(same, item)):
            old, new = widened
            merged.filters[merged.filters.index(old)] = new
            continue
        if item.is_negated and not is_anew and (narrowed := _without(same, item)):
            old, new = narrowed
            merged.filters[merged.filters.index(old)] = new
            continue
        replaced = [old for old in same if is_anew or old.is_negated == item.is_negated]
        merged.filters = [old for old in merged.filters if old not in replaced]
        if item.is_negated and replaced and not is_anew:
            item = replace(item, alternatives=_joined(replaced[0], item))
        merged.filters.append(item)


def _with(same: list[FilterDraft], item: FilterDraft) -> tuple[FilterDraft, FilterDraft] | None:
    """Put values beside those a filter names already: "plus referral"."""
    for old in same:
        if not old.is_negated and not old.is_part and not item.is_part:
            return old, replace(old, alternatives=_joined(old, item))
    return None


def _without(same: list[FilterDraft], item: FilterDraft) -> tuple[FilterDraft, FilterDraft] | None:
    """Take values out of a list that names them."""
    dropped = {value for word in item.alternatives for value in word.values}
    for old in same:
        if old.is_negated or old.is_part:
            continue
        kept = tuple(
            ValueWord(word.dimension, tuple(v for v in word.values if v not in dropped))
            for word in old.alternatives
        )
        if kept == old.alternatives:
            message = f"{item.text} is left out already: {old.text} is all that is shown."
            raise StopReadingError(clarify(message))
        if all(word.values for word in kept):
            return old, replace(old, alternatives=kept)
    return None


def _joined(old: FilterDraft, new: FilterDraft) -> tuple[ValueWord, ...]:
    return tuple(
        ValueWord(word.dimension, tuple(dict.fromkeys((*former.values, *word.values))))
        for word in new.alternatives
        for former in old.alternatives
        if former.dimension == word.dimension
    )


def lift_filters(reading: Reading, merged: Draft, draft: Draft, vocabulary: Vocabulary) -> None:
    """Read "all devices" as: no filter on the device any more."""
    ends = {end for _, end in reading.marks.everies}
    for mention in reading.mentions_of(DimensionWord):
        names = _family(mention, vocabulary)
        kept = [item for item in merged.filters if not names & set(item.dimensions)]
        if mention.start in ends and len(kept) < len(merged.filters):
            merged.filters = kept
            draft.dimensions = [item for item in draft.dimensions if not names & set(item)]


def _family(mention: Mention, vocabulary: Vocabulary) -> set[str]:
    names = {word.name for word in mention.of(DimensionWord)}
    return names | {
        counterpart
        for name in names
        if (counterpart := vocabulary.dimensions[name].counterpart) is not None
    }
