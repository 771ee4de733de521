"""The catalogue: what can be asked, what each name means, and where each number comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field
from rapidfuzz import fuzz, process

from gtm.errors import ConfigurationError, InvalidQueryError
from gtm.models.docs import load_view_docs
from gtm.semantics.checks import check_catalog
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import Format

_E = TypeVar("_E", bound=BaseModel)

_FOLDER = Path(__file__).parent / "catalog"
# Stands for a date column where a metric is a state of now.
NOW = "now"
_SOURCES = ("ga4", "gsc", "hubspot", "cross")


class MetricKind(StrEnum):
    """How a metric behaves when rows are put together."""

    ADDITIVE = "additive"
    RATIO = "ratio"
    DISTINCT = "distinct"
    SNAPSHOT = "snapshot"


class Entry(BaseModel):
    """Frozen, and refuses fields it does not know: a misspelt key in a file must not vanish."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CatalogView(Entry):
    """A view that questions may be bound to; its own documentation tells what it holds."""

    source: Literal["GA4", "GSC", "HubSpot", "cross"]
    time: str | None = Field(description="Name of the date column, if its rows have one.")
    columns: dict[str, str] = Field(description="Column name to BigQuery type.")
    grain: Literal["day", "month"] = Field(
        "day", description="Width of a row in time; a month can't be cut into days."
    )
    note: str | None = Field(None, description="Said whenever this view answers.")


class Metric(Entry):
    """A number with one definition."""

    name: str
    label: str
    definition: str
    source: Literal["GA4", "GSC", "HubSpot", "cross"]
    format: Format
    kind: MetricKind
    is_lower_better: bool = False
    synonyms: tuple[str, ...] = ()
    counterpart: str | None = Field(
        None, description="The same idea in another source, for what this one can't be split by."
    )
    expressions: dict[str, str] = Field(min_length=1, description="View name to SQL aggregate.")
    times: dict[str, str] = Field(
        default_factory=dict,
        description="View name to the date column that counts for this metric, where it is not the "
        "view's own; `now` for the state at the last sync, which has no period.",
    )

    @property
    def is_count(self) -> bool:
        """Whether nothing measured means zero, and not unknown."""
        return self.kind in {MetricKind.ADDITIVE, MetricKind.DISTINCT}


class Dimension(Entry):
    """A way to split or filter numbers; its values are text."""

    name: str
    label: str
    definition: str
    synonyms: tuple[str, ...] = ()
    default_metric: str
    alternatives: tuple[str, ...] = Field(default=(), description="Worth offering beside this.")
    counterpart: str | None = Field(None, description="The same idea in another source.")
    expressions: dict[str, str] = Field(min_length=1, description="View name to SQL of text.")
    values: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Known value to other words for it."
    )
    groups: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="A word to the values it stands for."
    )

    def meaning(self, text: str) -> tuple[str, ...]:
        """Return the values a word stands for; a word that is not known stands for itself."""
        wanted = text.strip().casefold()
        for value in self.values:
            if value.casefold() == wanted:
                return (value,)
        for value, words in self.values.items():
            if any(word.casefold() == wanted for word in words):
                return (value,)
        for word, values in self.groups.items():
            if word.casefold() == wanted:
                return values
        return (text,)


class Funnel(Entry):
    """Ordered steps and the view that counts them."""

    name: str
    label: str
    definition: str
    view: str
    metric: str = Field("sessions", description="The metric whose name and format the counts have.")
    counts: str = Field("SUM(sessions)", description="SQL aggregate of what reached a step.")
    step: str = Field("step_name", description="Name of the column that holds the step.")
    synonyms: tuple[str, ...] = ()
    steps: dict[str, str] = Field(min_length=2, description="Value of a step to label, in order.")
    told_by: tuple[str, ...] = Field(
        (), description="Metrics whose names tell its way: 'from lead to customer' is no more."
    )
    is_closed: bool = Field(
        default=True,
        description="A step holds only what took the steps before it; else it holds whatever "
        "entered it in the period, and no rate between steps means anything.",
    )


class Ambiguous(Entry):
    """Words with several meanings; `default` may be taken and said, without one it is asked."""

    terms: tuple[str, ...] = Field(min_length=1)
    message: str
    options: tuple[str, ...] = Field(min_length=1, description="Names of metrics or dimensions.")
    default: str | None = None


class Unsupported(Entry):
    """Words for what can't be answered, why, and what comes nearest."""

    name: str
    terms: tuple[str, ...] = Field(min_length=1)
    reason: str = Field(min_length=10)
    nearest: tuple[str, ...] = Field(min_length=1, description="Names of metrics or dimensions.")


class GoldenQuestion(Entry):
    """A question and the one query it must become."""

    question: str
    query: MetricQuery
    note: str | None = None


class Catalog(Entry):
    """Everything a question can be made of."""

    views: dict[str, CatalogView]
    metrics: dict[str, Metric]
    dimensions: dict[str, Dimension]
    funnels: dict[str, Funnel]
    ambiguous: tuple[Ambiguous, ...]
    unsupported: tuple[Unsupported, ...]
    golden: tuple[GoldenQuestion, ...]

    def metric(self, name: str) -> Metric:
        """Return a metric. Raises InvalidQueryError with the nearest names."""
        return _pick("Metric", name, self.metrics)

    def dimension(self, name: str) -> Dimension:
        """Return a dimension. Raises InvalidQueryError with the nearest names."""
        return _pick("Dimension", name, self.dimensions)

    def funnel(self, name: str) -> Funnel:
        """Return a funnel. Raises InvalidQueryError with the nearest names."""
        return _pick("Funnel", name, self.funnels)

    def time_of(self, metric: Metric, view: str) -> str | None:
        """Return the date column by which a metric is counted; None for a state of now."""
        own = metric.times.get(view, self.views[view].time)
        return None if own == NOW else own

    def is_state(self, metric: str) -> bool:
        """Say whether a metric is known as of now only, so that no period applies to it."""
        found = self.metric(metric)
        return all(self.time_of(found, view) is None for view in found.expressions)

    def dimensions_of(self, metric: str) -> tuple[str, ...]:
        """Return the dimensions a metric can be split by."""
        views = self.metric(metric).expressions
        return tuple(
            name
            for name, dimension in self.dimensions.items()
            if any(view in dimension.expressions for view in views)
        )

    def funnel_dimensions(self, funnel: str) -> tuple[str, ...]:
        """Return the dimensions a funnel can be split by."""
        view = self.funnel(funnel).view
        return tuple(name for name, item in self.dimensions.items() if view in item.expressions)


def nearest_names(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return up to five known names, the most alike first."""
    wanted = name.casefold().replace(" ", "_")
    matches = process.extract(wanted, list(names), scorer=fuzz.WRatio, limit=5, score_cutoff=60)
    return tuple(match for match, _, _ in matches)


def _pick(kind: str, name: str, known: Mapping[str, _E]) -> _E:
    found = known.get(name)
    if found is None:
        nearest = nearest_names(name, known) or tuple(known)[:12]
        raise InvalidQueryError(
            f"{kind} {name!r} is not known.",
            hint=f"Use one of: {', '.join(nearest)}.",
            nearest=nearest,
        )
    return found


@cache
def load_catalog() -> Catalog:
    """Read and check the catalogue's files once. Raises ConfigurationError when they disagree."""
    terms = _read("terms")
    catalog = Catalog.model_validate(
        {
            "views": _views(),
            "metrics": _named(_read_folder("metrics")),
            "dimensions": _named(_with_values(_read_folder("dimensions"), _read("countries"))),
            "funnels": _named(_read("funnels")),
            "ambiguous": terms["ambiguous"],
            "unsupported": terms["unsupported"],
            "golden": [entry for source in _SOURCES for entry in _load(f"golden/{source}")],
        }
    )
    check_catalog(catalog)
    return catalog


def _views() -> dict[str, Any]:
    """Join what the catalogue says of its views with their documentation."""
    docs, listed = load_view_docs(), _read("views")
    if unknown := listed.keys() - docs.keys():
        raise ConfigurationError(
            f"The catalogue has views that no model builds: {', '.join(sorted(unknown))}.",
            hint="Correct gtm/semantics/catalog/views.yml.",
        )
    return {
        name: {
            "source": docs[name].source,
            "time": docs[name].time_column,
            "columns": {column.name: column.type for column in docs[name].columns},
            **(entry or {}),
        }
        for name, entry in listed.items()
    }


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = _load(name)
    return content


def _read_folder(name: str) -> dict[str, Any]:
    """Join the files of a folder, one a source; a name given twice is a mistake."""
    found: dict[str, Any] = {}
    for source in _SOURCES:
        entries = _read(f"{name}/{source}")
        if twice := found.keys() & entries.keys():
            raise ConfigurationError(
                f"The catalogue has {', '.join(sorted(twice))} twice.",
                hint=f"Correct the files in gtm/semantics/catalog/{name}.",
            )
        found |= entries
    return found


def _load(name: str) -> Any:
    # The parser in C: the one in Python takes a second for all of these files.
    return yaml.load((_FOLDER / f"{name}.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)


def _named(entries: dict[str, Any]) -> dict[str, Any]:
    return {name: {"name": name, **entry} for name, entry in entries.items()}


def _with_values(
    dimensions: dict[str, Any], countries: dict[str, list[str]]
) -> dict[str, dict[str, Any]]:
    """Fill `values_from`: the list of countries, or another dimension's values and groups."""
    lists: dict[str, dict[str, list[str]]] = {
        "country_names": {words[0]: [code, *words[1:]] for code, words in countries.items()},
        "country_codes": countries,
    }
    filled: dict[str, dict[str, Any]] = {}
    for name, entry in dimensions.items():
        wanted = entry.get("values_from")
        own = {key: value for key, value in entry.items() if key != "values_from"}
        if wanted in lists:
            own["values"] = lists[wanted]
        elif wanted is not None:
            own["values"] = dimensions[wanted]["values"]
            own["groups"] = dimensions[wanted].get("groups", {})
        filled[name] = own
    return filled
