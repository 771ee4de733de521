"""The vocabulary: which words stand for which metric, dimension, value or funnel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gtm.language.concepts import (
    AmbiguousWord,
    Concept,
    DimensionEntry,
    DimensionWord,
    Filler,
    FunnelEntry,
    FunnelWord,
    MetricEntry,
    MetricWord,
    UnsupportedWord,
    ValueWord,
)
from gtm.language.outcome import ValueMatch, WordMatch
from gtm.language.tokens import tokenise
from gtm.language.words import (
    DIMENSION_WORDS,
    FILLERS,
    METRIC_WORDS,
    SHORT_VALUES,
    STAGE_RATES,
    TYPED_ON_SITE,
)
from gtm.semantics.catalog import Catalog

__all__ = [
    "AmbiguousWord",
    "Concept",
    "DimensionEntry",
    "DimensionWord",
    "Filler",
    "FunnelEntry",
    "FunnelWord",
    "MetricEntry",
    "MetricWord",
    "Phrase",
    "UnsupportedWord",
    "ValueWord",
    "Vocabulary",
    "build_vocabulary",
    "singular",
    "to_phrase",
]


Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The catalogue as words."""

    phrases: Mapping[Phrase, tuple[Concept, ...]]
    singulars: Mapping[Phrase, Phrase]
    metrics: Mapping[str, MetricEntry]
    dimensions: Mapping[str, DimensionEntry]
    funnels: Mapping[str, FunnelEntry]
    views: tuple[str, ...]
    longest: int
    # How long the longest phrase is that begins with a word, or with its plural.
    reach: Mapping[str, int]
    value_phrases: frozenset[Phrase]

    def lookup(self, words: Sequence[str]) -> tuple[Concept, ...]:
        """Return what a phrase may stand for; a plural nobody listed is read as its singular."""
        phrase = tuple(words)
        if found := self.phrases.get(phrase):
            return found
        known = self.singulars.get(tuple(map(singular, phrase)))
        return self.phrases[known] if known else ()

    def words(self) -> Iterator[str]:
        """Yield every single word that occurs in some phrase."""
        for phrase in self.phrases:
            yield from phrase

    def twins(self, word: ValueWord) -> tuple[ValueWord, ...]:
        """Return the same values in other dimensions, such as a country in the other source."""
        found: dict[ValueWord, None] = {}
        for phrase in self.value_phrases:
            concepts = [item for item in self.phrases[phrase] if isinstance(item, ValueWord)]
            if word in concepts:
                found.update(dict.fromkeys(item for item in concepts if item != word))
        return tuple(found)

    def with_values(self, matches: Sequence[ValueMatch]) -> Vocabulary:
        """Return the vocabulary with words of the question that are values in the data."""
        exact = [match for match in matches if match.is_exact and to_phrase(match.term)]
        if not exact:
            return self
        phrases = dict(self.phrases)
        for phrase, words in _data_words(exact).items():
            phrases[phrase] = _with_data(phrase, phrases.get(phrase, ()), words)
        return replace(
            self,
            phrases=phrases,
            longest=max(map(len, phrases)),
            reach=_reach({to_phrase(match.term) for match in exact}, self.reach),
            value_phrases=self.value_phrases | {to_phrase(match.term) for match in exact},
        )

    def with_words(self, matches: Sequence[WordMatch]) -> Vocabulary:
        """Return the vocabulary with words of the workspace's own; known words stay as they are."""
        phrases, singulars = dict(self.phrases), dict(self.singulars)
        for match in matches:
            phrase, is_metric = to_phrase(match.term), match.kind == "metric"
            word: Concept = MetricWord(match.name) if is_metric else DimensionWord(match.name)
            if match.kind == "value":
                word = ValueWord(match.name, (match.value or "",))
            if phrase and match.name in (self.metrics if is_metric else self.dimensions):
                phrases.setdefault(phrase, (word,))
                singulars.setdefault(tuple(map(singular, phrase)), phrase)
        values = {to_phrase(match.term) for match in matches if match.kind == "value"}
        return replace(
            self,
            phrases=phrases,
            singulars=singulars,
            longest=max(map(len, phrases)),
            reach=_reach({to_phrase(match.term) for match in matches}, self.reach),
            value_phrases=self.value_phrases | (values & phrases.keys()),
        )


# Rarely meant by a word that has another meaning: "organic" is the channel before the medium, or
# the campaign "(organic)" that stands for none.
_LATE = frozenset({"medium", "source_medium", "source_detail"})


# Words that people write together with the one before.
_WRITTEN_TO = frozenset({"rate", "rates", "views", "count", "users", "size", "cycle", "position"})


def _data_words(matches: Sequence[ValueMatch]) -> dict[Phrase, list[ValueWord]]:
    """Put together what a term names in each dimension: linkedin is linkedin and linkedin.com."""
    found: defaultdict[Phrase, dict[str, dict[str, None]]] = defaultdict(dict)
    for match in matches:
        values = found[to_phrase(match.term)].setdefault(match.dimension, {})
        values[match.value] = None
    return {
        phrase: [ValueWord(name, tuple(values), is_data=True) for name, values in named.items()]
        for phrase, named in found.items()
    }


def _with_data(
    phrase: Phrase, known: tuple[Concept, ...], words: list[ValueWord]
) -> tuple[Concept, ...]:
    """Add names in the data: before other words for a value, and behind its own name."""
    fresh = [word for word in words if word not in known]
    late = [word for word in fresh if word.dimension in _LATE or word.values[0].startswith("(")]
    own = [item for item in known if _is_own_name(item, phrase)]
    others = [item for item in known if item not in own]
    return (*own, *(word for word in fresh if word not in late), *others, *late)


def _is_own_name(concept: Concept, phrase: Phrase) -> bool:
    if not isinstance(concept, ValueWord) or len(concept.values) != 1:
        return False
    return to_phrase(concept.values[0]) == phrase


def _reach(phrases: Iterable[Phrase], known: Mapping[str, int]) -> dict[str, int]:
    found = dict(known)
    for phrase in phrases:
        for word in {phrase[0], singular(phrase[0])} if phrase else ():
            found[word] = max(found.get(word, 0), len(phrase))
    return found


def singular(word: str) -> str:
    """Return a word without its plural ending."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def to_phrase(text: str) -> Phrase:
    """Return a text as the words a question would be read into."""
    return tuple(token.text for token in tokenise(text.replace("_", " ")))


def build_vocabulary(catalog: Catalog) -> Vocabulary:
    """Turn the catalogue into words."""
    phrases: defaultdict[Phrase, list[Concept]] = defaultdict(list)
    for text, concept in _entries(catalog):
        phrase = to_phrase(text)
        if isinstance(concept, ValueWord) and not _is_safe_value(phrase):
            continue
        # "top queries" is a ranking of queries, and must be read as one.
        if isinstance(concept, DimensionWord | MetricWord) and phrase[0] == "top":
            continue
        if phrase and concept not in phrases[phrase]:
            phrases[phrase].append(concept)
    known = {
        phrase: tuple(concepts)
        for phrase, concepts in phrases.items()
        if concepts and not _is_a_list(phrase, phrases)
    }
    known = _written_as_one(known) | known
    return Vocabulary(
        phrases=known,
        singulars=_singulars(known),
        metrics=_metrics(catalog),
        dimensions=_dimensions(catalog),
        funnels={
            name: FunnelEntry(name, funnel.label.lower(), funnel.view, frozenset(funnel.told_by))
            for name, funnel in catalog.funnels.items()
        },
        views=tuple(catalog.views),
        longest=max(map(len, known)),
        reach=_reach(known, {}),
        value_phrases=frozenset(
            phrase
            for phrase, concepts in known.items()
            if any(isinstance(concept, ValueWord) for concept in concepts)
        ),
    )


def _written_as_one(
    phrases: Mapping[Phrase, tuple[Concept, ...]],
) -> dict[Phrase, tuple[Concept, ...]]:
    """Return the names of numbers that are two words as one: "winrate", "bouncerate"."""
    return {
        ("".join(phrase),): concepts
        for phrase, concepts in phrases.items()
        if len(phrase) == 2
        and phrase[1] in _WRITTEN_TO
        and all(isinstance(item, MetricWord) and not item.is_weak for item in concepts)
    }


def _is_a_list(phrase: Phrase, phrases: Mapping[Phrase, Sequence[Concept]]) -> bool:
    """Tell "source and medium", which names two dimensions, from a name that holds an "and"."""
    if "and" not in phrase:
        return False
    cut = phrase.index("and")
    parts = (phrases.get(phrase[:cut], ()), phrases.get(phrase[cut + 1 :], ()))
    return all(any(isinstance(word, DimensionWord) for word in part) for part in parts)


def _is_safe_value(phrase: Phrase) -> bool:
    if not any(letter.isalpha() for letter in "".join(phrase)):
        return False
    return len(phrase) > 1 or len("".join(phrase)) > 3 or phrase[0] in SHORT_VALUES


def _singulars(phrases: Mapping[Phrase, tuple[Concept, ...]]) -> dict[Phrase, Phrase]:
    """Index metric and dimension words by their singular; other words are taken as listed."""
    return {
        tuple(map(singular, phrase)): phrase
        for phrase, concepts in phrases.items()
        if all(isinstance(concept, MetricWord | DimensionWord) for concept in concepts)
    }


def _entries(catalog: Catalog) -> Iterator[tuple[str, Concept]]:
    for name, metric in catalog.metrics.items():
        yield from _said(MetricWord(name), (name, metric.label, *metric.synonyms))
        yield from _said(MetricWord(name, is_weak=True), METRIC_WORDS.get(name, ()))
    for name, dimension in catalog.dimensions.items():
        yield from _said(DimensionWord(name), (name, dimension.label, *dimension.synonyms))
        yield from _said(DimensionWord(name), DIMENSION_WORDS.get(name, ()))
        for value, others in dimension.values.items():
            yield from _said(ValueWord(name, (value,)), (value, *others))
        for group, values in dimension.groups.items():
            yield group, ValueWord(name, tuple(values))
    for name, funnel in catalog.funnels.items():
        yield from _said(FunnelWord(name), (funnel.label, *funnel.synonyms))
    yield from _terms(catalog)
    yield from _said(Filler(), FILLERS)
    yield from _said(MetricWord("site_searches"), TYPED_ON_SITE)
    yield from _said(DimensionWord("site_search_term"), TYPED_ON_SITE)
    for stage, texts in STAGE_RATES.items():
        yield from _said(MetricWord("stage_conversion_rate"), texts)
        yield from _said(ValueWord("lifecycle_stage", (stage,)), texts)


def _terms(catalog: Catalog) -> Iterator[tuple[str, Concept]]:
    for ambiguous in catalog.ambiguous:
        word = AmbiguousWord(ambiguous.message, tuple(ambiguous.options), ambiguous.default)
        yield from _said(word, ambiguous.terms)
    for unsupported in catalog.unsupported:
        yield from _said(
            UnsupportedWord(unsupported.reason, tuple(unsupported.nearest)), unsupported.terms
        )


def _said(concept: Concept, texts: Iterable[str]) -> Iterator[tuple[str, Concept]]:
    for text in texts:
        yield text, concept


def _metrics(catalog: Catalog) -> dict[str, MetricEntry]:
    return {
        name: MetricEntry(
            name=name,
            label=metric.label,
            say=metric.label.lower().replace("(", "").replace(")", ""),
            definition=metric.definition,
            views=frozenset(metric.expressions),
            is_additive=metric.kind == "additive",
            is_percent=metric.format == "percent",
            is_lower_better=metric.is_lower_better,
            is_countable=metric.kind in {"additive", "distinct"},
        )
        for name, metric in catalog.metrics.items()
    }


def _dimensions(catalog: Catalog) -> dict[str, DimensionEntry]:
    return {
        name: DimensionEntry(
            name=name,
            label=dimension.label,
            say=dimension.label.lower(),
            views=frozenset(dimension.expressions),
            default_metric=dimension.default_metric,
            counterpart=dimension.counterpart,
        )
        for name, dimension in catalog.dimensions.items()
    }
