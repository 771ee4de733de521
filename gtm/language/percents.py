"""What "in percent" means beside the number it is said of: nothing new, or a share of the whole."""

from __future__ import annotations

from gtm.language.lexicon import MetricWord, Vocabulary
from gtm.language.reading import Draft, Reading


def settle_percents(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    """Read "in %" of a rate as the rate, of anything else as its share."""
    shape = reading.shape
    rates = [vocabulary.metrics[name].is_percent for name in draft.metrics]
    if shape.share_is_form and any(rates):
        shape.has_share = False
    if shape.percent_at is None:
        return
    for mention in reading.metrics():
        names = [word.name for word in mention.of(MetricWord)]
        if mention.end == shape.percent_at and not vocabulary.metrics[names[0]].is_percent:
            shape.has_share = True
