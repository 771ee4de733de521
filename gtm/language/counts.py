"""Claims that need the shape and the catalogue both: "which 3 countries", "best day"."""

from __future__ import annotations

from dataclasses import replace

from gtm.language.dates import NUMBERS
from gtm.language.lexicon import DimensionWord
from gtm.language.match import Mention
from gtm.language.shape import Shape
from gtm.language.spans import TimeReading
from gtm.language.tokens import Owner, Tape
from gtm.semantics.query import Grain

_UNITS = {word: grain for grain in Grain for word in (grain.value, f"{grain.value}s")}


def claim_counts(tape: Tape, mentions: list[Mention], shape: Shape) -> None:
    """Read the number in "which 3 countries … most" as how many to show."""
    if len(shape.rankings) != 1 or shape.rankings[0].limit is not None:
        return
    for mention in mentions:
        before = mention.start - 1
        if before < 0 or not mention.of(DimensionWord) or not tape.is_free(before, before + 1):
            continue
        text = tape.tokens[before].text
        if text in NUMBERS or text.isdecimal():
            tape.claim(before, before + 1, Owner.RANKING)
            limit = NUMBERS.get(text) or int(text)
            shape.rankings[0] = replace(shape.rankings[0], limit=limit)
            return


def claim_peak(tape: Tape, shape: Shape, time: TimeReading) -> None:
    """Read the unit in "best day" as the steps that are ranked."""
    for ranking in shape.rankings:
        index = ranking.end
        if index < len(tape) and tape.is_free(index, index + 1):
            grain = _UNITS.get(tape.tokens[index].text)
            if grain is not None and time.grain in {None, grain}:
                tape.claim(index, index + 1, Owner.GRAIN)
                time.grain = grain
