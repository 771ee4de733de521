"""Greetings, help, definitions and freshness are told from questions for numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from gtm.language.analyst import Analyst
from gtm.language.outcome import About
from gtm.semantics.catalog import Catalog

FIXTURES = Path(__file__).parents[2] / "fixtures" / "language"
TABLE: dict[str, list[str]] = yaml.safe_load((FIXTURES / "about.yml").read_text(encoding="utf-8"))
CASES = [(text, topic) for topic, texts in TABLE.items() for text in texts]


@pytest.mark.parametrize(("text", "topic"), CASES)
def test_a_text_is_about_its_topic(text: str, topic: str, analyst: Analyst, today: date) -> None:
    outcome = analyst.understand(text, today=today)
    if topic == "not_about":
        assert not isinstance(outcome, About), outcome
        return
    assert isinstance(outcome, About), outcome
    assert outcome.topic == topic
    assert outcome.message


def test_every_metric_is_defined_in_the_catalogues_words(
    analyst: Analyst, catalog: Catalog, today: date
) -> None:
    for metric in catalog.metrics.values():
        outcome = analyst.understand(f"what does {metric.label} mean?", today=today)
        assert isinstance(outcome, About), metric.name
        assert metric.definition in outcome.message, metric.name
