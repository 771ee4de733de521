"""Everything one question says, stage by stage, before it becomes a query."""

from __future__ import annotations

from dataclasses import dataclass, field

from gtm.language.intents import IntentReading
from gtm.language.lexicon import Concept, DimensionWord, FunnelWord, MetricWord, ValueWord
from gtm.language.marks import Marks
from gtm.language.mention import Mention
from gtm.language.outcome import Clarify, Refuse
from gtm.language.shape import Ranking, Shape
from gtm.language.spans import TimeReading
from gtm.language.thresholds import Threshold
from gtm.language.tokens import Tape
from gtm.language.turns import Turn
from gtm.semantics.query import (
    ChartWish,
    Comparison,
    Grain,
    MetricFilter,
    OrderBy,
    RelativeRange,
    TimeRange,
)


@dataclass(frozen=True, slots=True)
class TextPart:
    """A wish for texts that hold a part, as it was typed."""

    start: int
    end: int
    text: str
    is_negated: bool


class StopReadingError(Exception):
    """Reading ends here, with a question back or a refusal."""

    def __init__(self, outcome: Clarify | Refuse) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


@dataclass(slots=True)
class Reading:
    """The stages' findings over one tape."""

    tape: Tape
    mentions: list[Mention]
    thresholds: list[Threshold]
    chart: ChartWish | None
    unknown_chart: str | None
    look: str | None
    time: TimeReading
    shape: Shape
    marks: Marks
    cues: frozenset[str]
    parts: list[TextPart] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    intent: IntentReading = field(default_factory=IntentReading)
    turn: Turn = field(default_factory=Turn)
    pointed: tuple[str, ...] = ()
    # Words of a message's context that may be names in the data.
    names: tuple[str, ...] = ()
    # Numbers that were said and have landed in another one, such as both parts of a ratio.
    settled: set[str] = field(default_factory=set)

    def mentions_of(self, kind: type[Concept]) -> list[Mention]:
        """Return the mentions that may stand for a kind of thing, in order."""
        return [mention for mention in self.mentions if mention.of(kind)]

    def metrics(self) -> list[Mention]:
        """Return the mentions of metrics; weak ones only where nothing else names one."""
        found = self.mentions_of(MetricWord)
        strong = [item for item in found if not all(word.is_weak for word in item.of(MetricWord))]
        return strong or found

    @property
    def names_something(self) -> bool:
        """Return whether the question names a metric or a funnel of its own."""
        return bool(self.mentions_of(MetricWord) or self.mentions_of(FunnelWord))

    @property
    def has_content(self) -> bool:
        """Return whether anything at all was understood in the question."""
        shape = self.shape
        return bool(
            self.mentions
            or self.thresholds
            or self.parts
            or self.chart
            or self.time.says_something
            or not self.intent.is_plain
            or self.turn.says_something
            or (self.turn.is_added and self.pointed)
            or shape.sort_position is not None
            or shape.rankings
            or shape.has_trend
            or shape.has_share
            or shape.has_change
            or shape.limit
            or shape.has_compare
        )


@dataclass(slots=True)
class FilterDraft:
    """A filter whose dimension may still be one of several; words were said together."""

    alternatives: tuple[ValueWord, ...]
    is_negated: bool = False
    text: str = ""
    is_part: bool = False

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Return the dimensions it may be on."""
        return tuple(dict.fromkeys(word.dimension for word in self.alternatives))


@dataclass(slots=True)
class Draft:
    """A query in which a dimension may still be one of several."""

    metrics: list[str] = field(default_factory=list)
    funnel: str | None = None
    dimensions: list[tuple[str, ...]] = field(default_factory=list)
    filters: list[FilterDraft] = field(default_factory=list)
    having: list[MetricFilter] = field(default_factory=list)
    time: TimeRange | RelativeRange | None = None
    compare: Comparison | None = None
    grain: Grain | None = None
    ranking: Ranking | None = None
    ranking_metric: str | None = None
    order: OrderBy | None = None
    # "Biggest first" before it is settled which number is shown.
    is_descending: bool | None = None
    limit: int | None = None
    chart: ChartWish | None = None
    has_trend: bool = False
    is_judged: bool = False
    notes: list[str] = field(default_factory=list)


def dimension_words(mention: Mention) -> tuple[str, ...]:
    """Return the dimensions a mention may stand for."""
    return tuple(word.name for word in mention.of(DimensionWord))
