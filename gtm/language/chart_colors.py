"""Colours in words: which, and of what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, get_args

from gtm.charts.spec import ColorName, ColorWish
from gtm.charts.unmet import UnmetWish
from gtm.language import chart_words as words
from gtm.language.chart_texts import clauses
from gtm.language.tokens import Owner, Tape

_NAMES: Final[dict[str, ColorName]] = {name: name for name in get_args(ColorName)}
_LONGEST_NAME: Final = 5


@dataclass(slots=True)
class Colors:
    """The colours that were read, and what of them can't be met."""

    wishes: list[ColorWish] = field(default_factory=list)
    unmet: list[UnmetWish] = field(default_factory=list)


def read_colors(tape: Tape) -> Colors:
    """Claim colours and what they are for."""
    found = Colors()
    has_verb = False
    for clause in clauses(tape):
        free = [index for index in clause if tape.owner(index) is None]
        texts = {tape.tokens[index].text for index in free}
        has_verb = has_verb or bool(texts & words.COLOR_VERBS)
        hits = _hits(tape, free, found)
        if hits:
            _claim_verbs(tape, free)
        if not hits and texts & words.HIGHLIGHTS:
            _claim_highlight(tape, free, found)
        elif len(hits) == 1:
            _claim_one(tape, free, hits[0], found, has_verb=has_verb)
        else:
            found.wishes += [ColorWish(color=color) for _, _, color in hits]
    return found


def _claim_verbs(tape: Tape, free: Sequence[int]) -> None:
    for at in free:
        if tape.tokens[at].text in words.COLOR_VERBS | {"for", "on"}:
            tape.claim_rest(at, at + 1, Owner.LIGHT)


def _hits(tape: Tape, free: Sequence[int], found: Colors) -> list[tuple[int, int, ColorName]]:
    """Claim the colours of a clause; return where they stand and which they are."""
    hits: list[tuple[int, int, ColorName]] = []
    if not free:
        return hits
    while hit := tape.find(words.COLOR):
        if hit.start < free[0] or hit.end > free[-1] + 1:
            break
        tape.claim(hit.start, hit.end, Owner.CHART)
        base, shade = (
            words.COLORS[hit.groups["base"]],
            words.SHADES.get(hit.groups.get("shade", ""), ""),
        )
        named = _NAMES.get(f"{shade}_{base}")
        if shade and named is None and not base.startswith(shade):
            found.unmet.append("exact_color")
        hits.append((hit.start, hit.end, named or base))
    return hits


def _claim_one(
    tape: Tape,
    free: Sequence[int],
    hit: tuple[int, int, ColorName],
    found: Colors,
    *,
    has_verb: bool,
) -> None:
    """Read what a colour is for: "make google red", "red for google"; else the whole chart."""
    start, end, color = hit
    before = [index for index in free if index < start]
    after = [index for index in free if index >= end]
    is_after = bool(after) and tape.tokens[after[0]].text in {"for", "on"}
    name = _name(tape, after[1:]) if is_after else None
    if name is None and has_verb:
        name = _name(tape, before)
    if name is None:
        found.wishes.append(ColorWish(color=color))
        return
    # With the name what lies between it and its colour: "the other slice in grey".
    tape.claim_rest(name[0], max(name[1], start), Owner.CHART)
    if is_after:
        tape.claim_rest(after[0], after[0] + 1, Owner.CHART)
    found.wishes.append(ColorWish(color=color, series=tape.raw(*name)[:200]))


def _claim_highlight(tape: Tape, free: Sequence[int], found: Colors) -> None:
    """Let one bar or series stand out that nobody gave a colour for."""
    if (name := _name(tape, free)) is not None:
        tape.claim_rest(free[0], name[1], Owner.CHART)
        found.wishes.append(ColorWish(color="orange", series=tape.raw(*name)[:200]))


def _name(tape: Tape, places: Sequence[int]) -> tuple[int, int] | None:
    """Return where a name stands among words; none where they speak of the chart as a whole."""
    found = [at for at in places if tape.owner(at) is None]
    while found and _is_generic(tape, found[0]):
        found.pop(0)
    while found and _is_generic(tape, found[-1]):
        found.pop()
    texts = {tape.tokens[at].text for at in found if not tape.tokens[at].is_quoted}
    if not found or len(found) > _LONGEST_NAME or texts & words.NOT_IN_A_NAME:
        return None
    return found[0], found[-1] + 1


def _is_generic(tape: Tape, at: int) -> bool:
    token = tape.tokens[at]
    return not token.is_quoted and token.text in words.WHOLE
