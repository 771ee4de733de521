"""Changing how a chart looks in words: every word is accounted for, or it is said that it isn't."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gtm.charts.spec import ChartDraft
from gtm.charts.unmet import UnmetWish
from gtm.language import chart_words as words
from gtm.language.chart_colors import read_colors
from gtm.language.chart_texts import BREAK, read_axis_names, read_title, with_breaks
from gtm.language.dates import NUMBERS
from gtm.language.tokens import Owner, Tape, Token, tokenise

MAX_LENGTH: Final = 400
_MOST_GROUPS: Final = 50
_MOST_UNREAD: Final = 5
_LONGEST_UNREAD: Final = 80
# Beside a wish that can only be for a chart, so many words may stay unread, and are said.
_MOST_LEFT: Final = 4
# How many groups stay beside the rest where nobody has said it; the chart says it then.
_TOP: Final = 5
_DEMONSTRATIVES: Final = frozenset({"this", "that", "these", "those"})
_MAKING: Final = frozenset({"make", "makes", "look", "looks", "turn", "more"})
_HEX: Final = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\s*\([^)]*\)", re.I)


@dataclass(slots=True)
class _Wishes:
    """What has been read so far; `is_sure` once something can only be meant for a chart."""

    tape: Tape
    fields: dict[str, Any] = field(default_factory=dict)
    unmet: list[UnmetWish] = field(default_factory=list)
    is_look: bool = False
    is_sure: bool = False
    unread: list[str] = field(default_factory=list)

    def take(self, name: str) -> dict[str, str] | None:
        """Claim the first place where a phrase of the list is found; return its groups."""
        hit = self.tape.take(words.PHRASES[name], Owner.CHART)
        return None if hit is None else hit.groups

    def wish(self, name: str, value: object, *, is_sure: bool = False) -> None:
        """Keep a wish; what is said later holds."""
        self.fields[name] = value
        self.is_look = True
        self.is_sure = self.is_sure or is_sure


def read_chart_edit(text: str, tokens: Sequence[Token] | None = None) -> ChartDraft | None:
    """Return what a text changes in the look of a chart; None when it is about something else.

    Whoever has the words of the text already hands them over.
    """
    if len(text) > MAX_LENGTH:
        return None
    found = tokenise(text) if tokens is None else tokens
    wishes = _Wishes(Tape(text, with_breaks(text, found)))
    for read in _STAGES:
        read(wishes)
    if not wishes.is_look or (left := _left(wishes)) is None:
        return None
    parts = [*wishes.unread, *left]
    unread = tuple(part[:_LONGEST_UNREAD] for part in parts[:_MOST_UNREAD])
    unmet = tuple(dict.fromkeys(wishes.unmet))[:10]
    return ChartDraft(**wishes.fields, unmet=unmet, unread=unread)


def _read_texts(wishes: _Wishes) -> None:
    for name, text in read_axis_names(wishes.tape).items():
        wishes.wish(name, text, is_sure=True)
    if title := read_title(wishes.tape):
        wishes.wish("title", title, is_sure=True)


def _read_palette(wishes: _Wishes) -> None:
    if wishes.take("color_blind") is not None:
        wishes.wish("palette", "color_blind_safe", is_sure=True)
    elif wishes.take("standard_colors") is not None:
        wishes.wish("palette", "standard", is_sure=True)


def _read_base(wishes: _Wishes) -> None:
    if wishes.take("original") is not None:
        wishes.wish("base", "original")
    elif wishes.take("previous") is not None:
        wishes.wish("base", "previous")


def _read_exact_colors(wishes: _Wishes) -> None:
    tape = wishes.tape
    for match in _HEX.finditer(tape.question):
        for at, token in enumerate(tape.tokens):
            if match.start() <= token.start and token.end <= match.end():
                tape.claim_rest(at, at + 1, Owner.CHART)
        _refuse(wishes, "exact_color")


def _read_labels(wishes: _Wishes) -> None:
    if wishes.take("labels_off") is not None:
        wishes.wish("labels", "off", is_sure=True)
    elif wishes.take("labels_on") is not None:
        wishes.wish("labels", "on", is_sure=True)


def _read_unmet(wishes: _Wishes) -> None:
    for wish, compiled in words.UNMET.items():
        if wishes.tape.take(compiled, Owner.CHART) is not None:
            _refuse(wishes, wish)


def _refuse(wishes: _Wishes, wish: UnmetWish) -> None:
    wishes.unmet.append(wish)
    wishes.is_look = wishes.is_sure = True


def _read_stacking(wishes: _Wishes) -> None:
    if wishes.take("grouped") is not None:
        wishes.wish("stacking", "grouped")
    elif wishes.take("stacked") is not None:
        wishes.wish("stacking", "stacked", is_sure=True)


def _read_direction(wishes: _Wishes) -> None:
    if wishes.take("horizontal") is not None:
        wishes.wish("direction", "horizontal", is_sure=True)
    elif wishes.take("vertical") is not None:
        wishes.wish("direction", "vertical", is_sure=True)


def _read_groups(wishes: _Wishes) -> None:
    """Read how many groups are to stay, and what becomes of the rest."""
    if wishes.take("other_hidden") is not None:
        wishes.fields["other"] = "hidden"
    elif wishes.take("other_shown") is not None:
        wishes.fields |= {"other": "shown", "top": _TOP}
        wishes.is_look = True
    if (found := wishes.take("top")) is not None:
        said = found.get("n") or found.get("m") or ""
        count = NUMBERS.get(said) or int(said)
        if 1 <= count <= _MOST_GROUPS:
            wishes.fields["top"] = count
        else:
            wishes.unread.append(f"top {said}")
    if wishes.take("bottom") is not None:
        wishes.unmet.append("lowest")


def _read_sort(wishes: _Wishes) -> None:
    is_of_marks = wishes.tape.find(words.PHRASES["sorts_marks"]) is not None
    if (found := wishes.take("a_to_z")) is not None:
        way = (found.get("way") or found.get("how") or found.get("alone") or "").split()
        is_back = "back" in found or any(word.startswith(("desc", "rev", "z")) for word in way[:2])
        wishes.wish("sort", "name_z_to_a" if is_back else "name_a_to_z")
    elif wishes.take("z_to_a") is not None:
        wishes.wish("sort", "name_z_to_a")
    elif (found := wishes.take("by_value")) is not None:
        is_up = any(word.startswith(("asc", "rev")) for word in found.get("way", "").split())
        wishes.wish("sort", "smallest_first" if is_up else "largest_first")
    elif wishes.take("reversed") is not None:
        wishes.wish("sort", "reversed")
    else:
        _read_ranked_sort(wishes)
    if is_of_marks and "sort" in wishes.fields:
        wishes.take("sorts_marks")
        wishes.is_look = True


def _read_ranked_sort(wishes: _Wishes) -> None:
    """Read an order that may be meant for the rows as well as for the chart."""
    for sort in ("largest_first", "smallest_first"):
        if wishes.take(sort) is not None:
            wishes.fields["sort"] = sort
            return


def _read_colors(wishes: _Wishes) -> None:
    found = read_colors(wishes.tape)
    wishes.unmet += found.unmet
    if found.wishes:
        wishes.wish("colors", tuple(found.wishes[:8]), is_sure=True)


def _read_kind(wishes: _Wishes) -> None:
    while wishes.take("former_kind") is not None:
        pass
    while wishes.take("marks") is not None:
        pass
    the_kind = wishes.take("the_kind")
    found = wishes.take("kind")
    while (later := wishes.take("kind")) is not None:
        found = later
    if found is None and the_kind is not None and not wishes.is_look:
        # "The pie chart, please" wishes for it; "the pie chart in blue" speaks of the one there is.
        found = the_kind
    if found is None:
        return
    wishes.wish("type", words.KINDS[found["kind"]])
    is_column = found["kind"].startswith("column") and "direction" not in wishes.fields
    if is_column:
        wishes.fields["direction"] = "vertical"


def _read_praise(wishes: _Wishes) -> None:
    """Read what only says that the chart is to be better, and not how."""
    tape = wishes.tape
    wishes.tape.take_all(words.PHRASES["filler"], Owner.LIGHT)
    if not _MAKING & {token.text for token in tape.tokens}:
        return
    if tape.take_all(words.PHRASES["vague"], Owner.LIGHT) and (wishes.is_look or _points(tape)):
        wishes.unmet.append("unclear")
        wishes.is_look = True


_STAGES: Final[tuple[Callable[[_Wishes], None], ...]] = (
    _read_texts,
    _read_palette,
    _read_base,
    _read_exact_colors,
    _read_labels,
    _read_unmet,
    _read_stacking,
    _read_direction,
    _read_groups,
    _read_sort,
    _read_colors,
    _read_kind,
    _read_praise,
)


def _left(wishes: _Wishes) -> list[str] | None:
    """Return the words nobody accounted for; None when they make it a question about numbers."""
    tape = wishes.tape
    light = words.LIGHT | {BREAK}
    free = [at for at in tape.free() if tape.tokens[at].text not in light]
    if not free:
        return []
    texts = {tape.tokens[at].text for at in free}
    # After a title "by month" is more likely the rest of it than a question.
    asking = words.ASKING - {"by", "per"} if "title" in wishes.fields else words.ASKING
    may_stay = wishes.is_sure and ("title" in wishes.fields or _points(tape)) and not texts & asking
    if not may_stay or len(free) > _MOST_LEFT:
        return None
    runs: list[list[int]] = []
    for at in free:
        if runs and at == runs[-1][-1] + 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    return [tape.raw(run[0], run[-1] + 1) for run in runs]


def _points(tape: Tape) -> bool:
    """Return whether a text speaks of the chart that is there."""
    texts = [token.text for token in tape.tokens]
    if texts and texts[0] in words.EDIT_VERBS:
        return True
    return any(_is_pointer(tape, at) for at in range(len(texts)))


def _is_pointer(tape: Tape, at: int) -> bool:
    """Tell "make this blue" and "the bars" from "this quarter" and "as bars"."""
    text = tape.tokens[at].text
    after = tape.tokens[at + 1].text if at + 1 < len(tape) else ""
    if text == "the" or text in _DEMONSTRATIVES:
        if after in words.POINTERS:
            return True
        is_alone = not after or tape.owner(at + 1) is not None or after in words.LIGHT
        return text != "the" and is_alone
    return text in {"it", "them"}
