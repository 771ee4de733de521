"""Charts in a terminal: bars, sparklines and points out of a ChartSpec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gtm.charts.spec import Axis, ChartSpec, Series, Stat
from gtm.cli.text import cell_text, plain
from gtm.insights.wording import number_text
from gtm.semantics.result import Format, Value

_LEVELS = "▁▂▃▄▅▆▇█"
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_MAX_BARS = 20
_MAX_LABEL = 32
_GRID_ROWS = 10
_COLORS = ("cyan", "magenta", "green", "yellow", "blue", "red")


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    value: float
    form: Format
    style: str


def draw(spec: ChartSpec, *, width: int) -> RenderableType:
    """Return the chart as text that fits the width."""
    if spec.stat is not None:
        return _stat(spec.stat)
    if not spec.data:
        return Text("Nothing to draw.", style="dim")
    if spec.type in {"line", "area"}:
        return _lines(spec, width)
    if spec.type == "scatter":
        return _points(spec, width)
    return _bars(spec, width)


def sparkline(values: Sequence[float | None], *, width: int) -> str:
    """Return one line of blocks; gaps stay gaps, more values than room are averaged."""
    buckets = _resampled(values, width)
    known = [value for value in buckets if value is not None]
    if not known:
        return ""
    low, high = min(*known, 0.0) if min(known) < 0 else 0.0, max(known)
    span = (high - low) or 1.0
    top = len(_LEVELS) - 1
    return "".join(
        " " if value is None else _LEVELS[round((value - low) / span * top)] for value in buckets
    )


def _stat(stat: Stat) -> RenderableType:
    text = Text()
    shown = "no data" if stat.value is None else number_text(stat.value, stat.format)
    text.append(shown, style="bold cyan").append(f"  {plain(stat.label)}")
    if stat.previous is not None:
        text.append(f"  (before: {number_text(stat.previous, stat.format)})", style="dim")
    return text


def _lines(spec: ChartSpec, width: int) -> RenderableType:
    labels = [cell_text(row.get(spec.config.x_axis.data_key)) for row in spec.data]
    table = Table.grid(padding=(0, 1))
    room = max(width - _MAX_LABEL - 24, 10)
    for index, series in enumerate(spec.config.series):
        values = [_number(row.get(series.data_key)) for row in spec.data]
        known = [value for value in values if value is not None] or [0.0]
        form = _format(series, spec.config.y_axis)
        table.add_row(
            Text(_label(series.name), style="bold"),
            Text(sparkline(values, width=room), style=_COLORS[index % len(_COLORS)]),
            Text(f"{number_text(min(known), form)} to {number_text(max(known), form)}"),
        )
    span = Text(f"{labels[0]} to {labels[-1]}, {len(labels)} points", style="dim")
    return Group(table, span)


def _bars(spec: ChartSpec, width: int) -> RenderableType:
    category, measure = _axes(spec)
    many = len(spec.config.series) > 1
    bars = [
        _Bar(
            label=_label(
                f"{cell_text(row.get(category.data_key))} · {series.name}"
                if many
                else cell_text(row.get(category.data_key))
            ),
            value=value,
            form=_format(series, measure),
            style=_COLORS[index % len(_COLORS)],
        )
        for row in spec.data
        for index, series in enumerate(spec.config.series)
        if (value := _number(row.get(series.data_key))) is not None
    ]
    shown = bars[:_MAX_BARS]
    table = Table.grid(padding=(0, 1))
    widest = max((abs(bar.value) for bar in shown), default=0.0) or 1.0
    numbers = [number_text(bar.value, bar.form) for bar in shown]
    label_room = max((len(bar.label) for bar in shown), default=0)
    room = max(width - label_room - max(map(len, numbers), default=0) - 4, 8)
    for bar, number in zip(shown, numbers, strict=True):
        blocks = Text(_blocks(abs(bar.value) / widest * room), style=bar.style)
        table.add_row(Text(bar.label), blocks, Text(number, style="bold"))
    if len(shown) == len(bars):
        return table
    return Group(table, Text(f"and {len(bars) - len(shown)} more", style="dim"))


def _points(spec: ChartSpec, width: int) -> RenderableType:
    x_axis, series = spec.config.x_axis, spec.config.series[0]
    pairs = [
        (x, y)
        for row in spec.data
        if (x := _number(row.get(x_axis.data_key))) is not None
        and (y := _number(row.get(series.data_key))) is not None
    ]
    if not pairs:
        return Text("Nothing to draw.", style="dim")
    columns = min(max(width - 4, 20), 72)
    grid = [[" "] * columns for _ in range(_GRID_ROWS)]
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    for x, y in pairs:
        column = _place(x, min(xs), max(xs), columns)
        grid[_GRID_ROWS - 1 - _place(y, min(ys), max(ys), _GRID_ROWS)][column] = "•"
    lines = [Text("│" + "".join(row), style="cyan") for row in grid]
    x_form = x_axis.format or Format.DECIMAL
    y_form = _format(series, spec.config.y_axis)
    caption = (
        f"{plain(x_axis.label)}: {number_text(min(xs), x_form)} to {number_text(max(xs), x_form)}; "
        f"{plain(series.name)}: {number_text(min(ys), y_form)} to {number_text(max(ys), y_form)}"
    )
    return Group(*lines, Text("└" + "─" * columns, style="cyan"), Text(caption, style="dim"))


def _axes(spec: ChartSpec) -> tuple[Axis, Axis]:
    """Return the axis of categories and the axis of numbers, whichever way the bars lie."""
    config = spec.config
    if config.x_axis.type == "number" and config.y_axis.type != "number":
        return config.y_axis, config.x_axis
    return config.x_axis, config.y_axis


def _format(series: Series, axis: Axis) -> Format:
    return series.format or axis.format or Format.DECIMAL


def _number(value: Value) -> float | None:
    return None if value is None or isinstance(value, str | bool) else float(value)


def _label(text: str) -> str:
    text = plain(text)
    return text if len(text) <= _MAX_LABEL else text[: _MAX_LABEL - 1] + "…"


def _blocks(length: float) -> str:
    whole, rest = divmod(round(length * 8), 8)
    return "█" * whole + _EIGHTHS[rest]


def _place(value: float, low: float, high: float, room: int) -> int:
    return round((value - low) / ((high - low) or 1.0) * (room - 1))


def _resampled(values: Sequence[float | None], width: int) -> list[float | None]:
    if len(values) <= width:
        return list(values)
    buckets: list[float | None] = []
    for index in range(width):
        piece = values[index * len(values) // width : (index + 1) * len(values) // width]
        known = [value for value in piece if value is not None]
        buckets.append(sum(known) / len(known) if known else None)
    return buckets
