"""The marks of a chart: what each series is drawn as, and in which colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from gtm.charts import palette
from gtm.charts.frame import Point, as_number
from gtm.charts.spec import ChartSpec
from gtm.semantics.result import Format

Kind = Literal["line", "bar", "area"]
_PREVIOUS: Final = "_previous"
_PLAIN: Final = (None, Format.INTEGER, Format.DECIMAL)
_PALER: Final = 0.45


@dataclass(frozen=True, slots=True)
class Mark:
    """A series with everything settled; one in another unit hangs on the second axis."""

    key: str
    name: str
    color: str
    format: Format | None
    kind: Kind
    is_previous: bool
    opacity: float
    axis: Literal[0, 1]

    def value(self, point: Point) -> float | None:
        """Return the series' number at a point."""
        return as_number(point.get(self.key))


def marks_of(spec: ChartSpec) -> tuple[Mark, ...]:
    """Return the marks of a chart."""
    base: Kind = spec.type if spec.type in {"bar", "area"} else "line"
    series, fallback = spec.config.series, spec.config.y_axis.format
    first = series[0].format or fallback
    current = [one.data_key for one in series if not one.data_key.endswith(_PREVIOUS)]
    marks = []
    for at, one in enumerate(series):
        is_previous = one.data_key.endswith(_PREVIOUS)
        key = one.data_key.removesuffix(_PREVIOUS)
        found = one.format or fallback
        marks.append(
            Mark(
                key=one.data_key,
                name=one.name,
                color=one.color or palette.color(current.index(key) if key in current else at),
                format=found,
                kind=one.type or base,
                is_previous=is_previous,
                opacity=_PALER if is_previous and not one.color else 1.0,
                axis=0 if _unit(found) == _unit(first) else 1,
            )
        )
    return tuple(marks)


def _unit(format_: Format | None) -> str:
    return "number" if format_ in _PLAIN else str(format_)
