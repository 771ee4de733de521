"""The word lists hold together: no list takes a word from another."""

from __future__ import annotations

from gtm.language.context import RULES
from gtm.language.lexicon import Filler, MetricWord, build_vocabulary, to_phrase
from gtm.language.words import (
    DIMENSION_WORDS,
    ENGLISH,
    FILLERS,
    GRAMMAR,
    LIGHT,
    METRIC_WORDS,
    SHORTENED,
    SPOKEN,
    STRUCTURE,
)
from gtm.semantics.catalog import load_catalog

CATALOG = load_catalog()
VOCABULARY = build_vocabulary(CATALOG)
# Read where they stand: a pronoun, a verb at the start, weak words for people and for impressions.
TWO_SIDED = {"us", "display", "shown", "somebody", "handy", "seen"}


def test_light_words_name_nothing_in_the_catalogue() -> None:
    named = {word for word in LIGHT if VOCABULARY.lookup([word])}
    assert named <= TWO_SIDED


def test_no_light_word_counts_compares_ranks_negates_or_dates() -> None:
    meant = {"not", "no", "without", "only", "than", "vs", "per", "top", "last", "first", "before"}
    meant |= {"after", "more", "less", "average", "total", "share", "up", "down", "while", "new"}
    meant |= {"unique", "distinct", "twice", "half", "double", "again", "other", "similar", "name"}
    assert not meant & LIGHT


def test_english_words_are_no_words_of_the_catalogue() -> None:
    known = set(VOCABULARY.words()) | LIGHT | set(STRUCTURE)
    assert not ENGLISH & known


def test_words_of_grammar_are_light_or_structure() -> None:
    rest = {word for word in GRAMMAR if word not in LIGHT and word not in STRUCTURE}
    assert rest <= {"just", "some", "also"}


def test_fillers_are_read_as_such() -> None:
    assert all(isinstance(VOCABULARY.lookup(to_phrase(text))[0], Filler) for text in FILLERS)


def test_every_metric_and_dimension_named_in_a_list_exists() -> None:
    for rule in RULES:
        named = {*rule.adds_nothing_to, *rule.turns, *rule.turns.values(), *rule.joins}
        named |= {*rule.joins.values(), *rule.dimension_of, *filter(None, [rule.metric])}
        assert named <= CATALOG.metrics.keys(), named - CATALOG.metrics.keys()
        assert rule.dimension is None or rule.dimension in CATALOG.dimensions
    assert METRIC_WORDS.keys() <= CATALOG.metrics.keys()
    assert DIMENSION_WORDS.keys() <= CATALOG.dimensions.keys()


def test_a_weak_word_gives_way_to_a_metric() -> None:
    words = [word for word in VOCABULARY.lookup(["people"]) if isinstance(word, MetricWord)]
    assert words[0].is_weak


def test_what_is_written_out_is_written_out_once() -> None:
    assert all(word not in SHORTENED for words in SHORTENED.values() for word in words)
    assert not any(tuple(text.split()) in SPOKEN for text in SPOKEN.values())
