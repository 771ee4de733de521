"""The findings of an explained change as a table like any other, and read back from one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from gtm.insights.explain.drivers import OTHERS, UNCOVERED, Driver, Split
from gtm.insights.reading import as_number
from gtm.semantics.catalog import Metric, MetricKind
from gtm.semantics.result import (
    ColumnRole,
    Format,
    ResolvedQuery,
    ResultColumn,
    ResultTable,
    Value,
)

_TEXTS = {"dimension": "Dimension", "value": "Value"}
_MEASURED = (
    ("before", "{metric} before", ColumnRole.PREVIOUS),
    ("after", "{metric}", ColumnRole.METRIC),
    ("change", "Change", ColumnRole.METRIC),
    ("contribution", "Added to the change", ColumnRole.METRIC),
)
_OF_RATES = (
    ("mix", "By its share", ColumnRole.OTHER),
    ("rate", "By its own rate", ColumnRole.OTHER),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One row: a group, what was measured of it, and what it added to the change of the whole."""

    dimension: str
    value: Value
    before: float | None
    after: float | None
    change: float
    contribution: float | None
    share: float | None
    mix: float = 0.0
    rate: float = 0.0
    base_before: float = 0.0
    base_after: float = 0.0

    @property
    def is_named(self) -> bool:
        """Whether it is one group and not a rest."""
        return self.value not in {OTHERS, UNCOVERED}


def explain_table(
    metric: Metric,
    splits: Sequence[Split],
    totals: dict[str, float | None],
    resolved: ResolvedQuery,
    *,
    base_label: str,
) -> ResultTable:
    """Return one row a group of each split, the most telling split and group first.

    No column is additive: each split holds the whole change once more.
    """
    columns = _columns(metric, base_label)
    is_rate = metric.kind is MetricKind.RATIO
    found = [_cells(s.label, driver, is_rate=is_rate) for s in splits for driver in s.drivers]
    rows = tuple(tuple(cells[column.name] for column in columns) for cells in found)
    return ResultTable(
        columns=columns, rows=rows, totals=totals, group_count=len(rows), resolved=resolved
    )


def figures_of(splits: Sequence[Split]) -> dict[str, float]:
    """Return what is known of splits besides their rows: how telling the first is, their sizes."""
    sizes = {count_key(split.label): float(split.count) for split in splits}
    return {"power": splits[0].power, **sizes} if splits else {}


def count_key(dimension: str) -> str:
    """Return the name of the number of groups of a split."""
    return f"groups by {dimension}"


def findings_of(table: ResultTable) -> list[list[Finding]]:
    """Return the findings of a table, those of each dimension together."""
    found = [_finding(table, row) for row in table.rows]
    return [list(group) for _, group in groupby(found, key=lambda finding: finding.dimension)]


def _columns(metric: Metric, base_label: str) -> tuple[ResultColumn, ...]:
    texts = [
        ResultColumn(name=name, label=label, role=ColumnRole.DIMENSION, format=Format.TEXT)
        for name, label in _TEXTS.items()
    ]
    is_rate = metric.kind is MetricKind.RATIO
    numbers = [
        ResultColumn(
            name=name,
            label=label.format(metric=metric.label),
            role=role,
            format=metric.format,
            metric="after" if name == "before" else None,
            is_lower_better=metric.is_lower_better,
        )
        for name, label, role in (_MEASURED + _OF_RATES if is_rate else _MEASURED)
    ]
    share = _number("share", "Share of the change", Format.PERCENT)
    if not is_rate:
        return (*texts, *numbers, share)
    before = _number("base_before", f"{base_label} before", Format.INTEGER)
    after = _number("base_after", base_label, Format.INTEGER)
    return (*texts, *numbers, share, before, after)


def _number(name: str, label: str, form: Format) -> ResultColumn:
    return ResultColumn(name=name, label=label, role=ColumnRole.OTHER, format=form)


def _cells(dimension: str, driver: Driver, *, is_rate: bool) -> dict[str, Value]:
    part, effect = driver.part, driver.effect
    # A rate changes between two rates; a sum that was not there changes from none.
    is_known = part.before is not None and part.after is not None
    return {
        "dimension": dimension,
        "value": part.name,
        "before": part.before,
        "after": part.after,
        "change": part.change if is_known or not is_rate else None,
        "contribution": effect.total if effect else None,
        "mix": effect.mix if effect else None,
        "rate": effect.rate if effect else None,
        "share": driver.share,
        "base_before": part.base_before,
        "base_after": part.base_after,
    }


def _finding(table: ResultTable, row: Sequence[Value]) -> Finding:
    cells = {column.name: cell for column, cell in zip(table.columns, row, strict=True)}
    numbers = {name: as_number(cell) for name, cell in cells.items() if name not in _TEXTS}
    return Finding(
        dimension=str(cells["dimension"]),
        value=cells["value"],
        before=numbers["before"],
        after=numbers["after"],
        change=numbers["change"] or 0.0,
        contribution=numbers["contribution"],
        share=numbers["share"],
        mix=numbers.get("mix") or 0.0,
        rate=numbers.get("rate") or 0.0,
        base_before=numbers.get("base_before") or 0.0,
        base_after=numbers.get("base_after") or 0.0,
    )
