"""What a word of the catalogue means: definitions, and how numbers are worked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gtm.language.ask import options
from gtm.language.lexicon import (
    AmbiguousWord,
    DimensionWord,
    FunnelWord,
    MetricWord,
    UnsupportedWord,
    ValueWord,
    Vocabulary,
    singular,
    to_phrase,
)
from gtm.language.match import Mention, claim_terms
from gtm.language.outcome import About
from gtm.language.tokens import Owner, Tape, Token
from gtm.language.wordings import Wordings, finds, takes
from gtm.language.words import LIGHT
from gtm.semantics.catalog import Catalog, Dimension, Funnel, Metric

_MOST = 3
_SAID = Wordings.read("about")
_MEANING = _SAID.compiled("meaning")
_REST = _SAID.compiled("meaning_rest")
_NUMBER = _SAID.compiled("number")


class Glossary:
    """Finds what the words of a text mean, over one catalogue."""

    def __init__(self, catalog: Catalog, vocabulary: Vocabulary) -> None:
        self._catalog = catalog
        self._vocabulary = vocabulary
        labels = {name: entry.label for name, entry in catalog.metrics.items()}
        labels |= {name: entry.label for name, entry in catalog.dimensions.items()}
        self._labels = {
            name: frozenset(map(singular, to_phrase(label))) for name, label in labels.items()
        }

    def explain(self, question: str, tokens: Sequence[Token]) -> About | None:
        """Return the definition of what a text asks the meaning of, or None."""
        tape = Tape(question, list(tokens))
        if not finds(tape, _MEANING):
            return None
        mentions = claim_terms(tape, self._vocabulary, fewest_words=2)
        asked = [tape.text(h.start, h.end) for c in _MEANING if (h := tape.take(c, Owner.SHAPE))]
        if not asked or any(item.of(UnsupportedWord) for item in mentions):
            return None
        takes(tape, _REST)
        mentions += claim_terms(tape, self._vocabulary)
        rest = [tape.tokens[i].text for i in tape.free() if tape.tokens[i].text not in LIGHT]
        if finds(tape, _NUMBER) or (_is_difference(asked) and not _are_names(mentions)):
            return None
        names = list(self._names(tape, mentions, rest))[:_MOST]
        return self._about(names) if names else None

    def _names(self, tape: Tape, mentions: Sequence[Mention], rest: Sequence[str]) -> Iterable[str]:
        """Return what is asked about: what is named whole, else what all the words make."""
        if not rest:
            return dict.fromkeys(name for item in mentions for name in self._named(item))
        said = [*rest, *(word for m in mentions for word in tape.text(m.start, m.end).split())]
        wanted = frozenset(map(singular, said))
        labelled = [name for name, words in self._labels.items() if wanted <= words]
        if labelled:
            return sorted(labelled, key=lambda name: len(self._labels[name]))[:1]
        options = dict.fromkeys(n for m in mentions for w in m.of(AmbiguousWord) for n in w.options)
        return [n for n in options if self._labels[n].intersection(map(singular, rest))][:1]

    def _named(self, mention: Mention) -> list[str]:
        """Return the entries a mention stands for; a value is told by its dimension."""
        metrics = [word.name for word in mention.of(MetricWord)][:1]
        funnels = [word.name for word in mention.of(FunnelWord)][:1]
        dimensions = [word.name for word in mention.of(DimensionWord)][:1]
        values = [word.dimension for word in mention.of(ValueWord)][:1]
        options = [name for word in mention.of(AmbiguousWord) for name in word.options]
        return metrics or funnels or dimensions or values or options

    def _about(self, names: Sequence[str]) -> About:
        entries = [self._entry(name) for name in names]
        message = "\n\n".join(f"**{entry.label}**: {entry.definition}" for entry in entries)
        return About(topic="definition", message=message, options=options(self._ways(names)))

    def _entry(self, name: str) -> Metric | Dimension | Funnel:
        catalog = self._catalog
        if name in catalog.metrics:
            return catalog.metrics[name]
        return catalog.dimensions.get(name) or catalog.funnels[name]

    def _ways(self, names: Sequence[str]) -> Iterable[str]:
        """Yield questions that show what was explained."""
        for name in names:
            if name in self._catalog.metrics:
                say = self._vocabulary.metrics[name].say
                yield say if self._catalog.is_state(name) else f"{say} last 30 days"
            elif name in self._catalog.dimensions:
                dimension = self._vocabulary.dimensions[name]
                metric = self._vocabulary.metrics[dimension.default_metric or "sessions"]
                yield f"{metric.say} by {dimension.say}"
            else:
                yield self._vocabulary.funnels[name].say


def _is_difference(asked: Sequence[str]) -> bool:
    return any("difference" in text or text.startswith("how ") for text in asked)


def _are_names(mentions: Sequence[Mention]) -> bool:
    """Return whether words of the catalogue are told apart, and not values or periods."""
    return bool(mentions) and not any(
        mention.of(ValueWord) and not mention.of(MetricWord) for mention in mentions
    )
