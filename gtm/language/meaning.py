"""What a word of the catalogue means: definitions, and how numbers are worked out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

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
from gtm.language.match import claim_terms
from gtm.language.mention import Mention
from gtm.language.outcome import About
from gtm.language.tokens import Tape, Token, tokenise
from gtm.language.wordings import Wordings, finds
from gtm.language.words import LIGHT
from gtm.semantics.catalog import Catalog, Dimension, Funnel, Metric

_MOST = 3
_TELLS_APART = re.compile(r"differ|same|identical|equal|distinct|another word")
_SAID = Wordings.read("about")
_MEANING = _SAID.compiled("meaning")
_NUMBER = _SAID.compiled("number")
_COUNTED = _SAID.compiled("counted")
_LEAD = re.compile(_SAID.filled(_SAID.patterns["lead"][0]))
# Looked for first, since hardly any question has one of these.
_CUE = re.compile(
    r"mean|stands? for|refers? to|represent|underst|defin|formula|explain|calculat|comput|deriv"
    r"|measur|count|qualif|consider|determin|work(?:ed)? out|arrive|differ|same|identical|equal"
    r"|call|includ|contain|cover|made up|put together|come (?:to|up)|get to|figure out|wtf|again"
    r"|what (?:\S+ ){0,3}an? |\bmakes |when (?:is|are) |becom|(?:net|gross) of|before or after"
    r"|plain|simple|layman|suppos|what \S+(?: \S+){0,4} (?:is|are)\b|(?:in|ex)clusive|tells"
    r"|consists|denot|signif|obtain|another word"
)


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

    def explain(self, tokens: Sequence[Token]) -> About | None:
        """Return the definition of what a text asks the meaning of, or None."""
        text = _marked(tokens)
        if _CUE.search(text) is None:
            return None
        for asked in (match for compiled in _MEANING for match in compiled.finditer(text)):
            names = self._asked_for(asked)
            if names and not self._asks_more(
                f"{text[: asked.start()]} {text[asked.end() :]}", names
            ):
                return self._about(names)
        return None

    def _asked_for(self, asked: re.Match[str]) -> list[str]:
        """Return what a wording asks the meaning of: one word, two that are told apart, or none."""
        found = asked.groupdict()
        x, y = found.get("x"), found.get("y")
        if x and y and not _TELLS_APART.search(asked.group()):
            # "When does a deal count as stale" names the number in two pieces.
            return self._meant(x) if self._is_number(x) else self._meant(f"{_bare(x)} {_bare(y)}")
        names = [self._meant(text) for text in (y, x) if text]
        return list(dict.fromkeys(chain(*names)))[:_MOST] if all(names) else []

    def _is_number(self, text: str) -> bool:
        return any(name in self._catalog.metrics for name in self._meant(text))

    def _meant(self, text: str) -> list[str]:
        """Return the entries that a few words name, if they name nothing else."""
        text = _bare(text)
        tape = Tape(text, tokenise(text))
        mentions = claim_terms(tape, self._vocabulary, fewest_words=2)
        mentions += claim_terms(tape, self._vocabulary)
        if any(item.of(UnsupportedWord) for item in mentions):
            return []
        rest = [tape.tokens[i].text for i in tape.free() if tape.tokens[i].text not in LIGHT]
        values = [item for item in mentions if item.of(ValueWord) and not item.of(MetricWord)]
        if values and len(mentions) > 1:
            # "Non-brand queries": what kind of thing it is may stand beside it.
            if any(item.of(MetricWord) and not item.of(DimensionWord) for item in mentions):
                return []
            mentions = values
        return list(self._names(tape, mentions, rest))[:_MOST]

    def _asks_more(self, around: str, names: Sequence[str]) -> bool:
        """Return whether the words around it ask for another number, or for this one."""
        tape = Tape(around, tokenise(around))
        if finds(tape, _COUNTED):
            return True
        mentions = claim_terms(tape, self._vocabulary)
        said = {word.name for mention in mentions for word in mention.of(MetricWord)}
        return not said.issubset(names)

    def _names(self, tape: Tape, mentions: Sequence[Mention], rest: Sequence[str]) -> Iterable[str]:
        """Return what is asked about: what is named whole, else what all the words make."""
        if not rest:
            is_number = finds(tape, _NUMBER)
            return {} if is_number else dict.fromkeys(n for m in mentions for n in self._named(m))
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


def _marked(tokens: Sequence[Token]) -> str:
    """Return the words of a text with the marks between them as words of their own."""
    words: list[str] = []
    for index, token in enumerate(tokens):
        words.append(token.text)
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if after is not None and after.sentence != token.sentence:
            words.append(".")
        elif token.is_before_comma:
            words.append(",")
    return " ".join(words)


def _bare(text: str) -> str:
    """Return a few words without what leads them in: "the term"."""
    return _LEAD.sub("", text)
