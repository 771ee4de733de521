"""What a file of HubSpot holds, told from its content, its name, or whoever loads it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gtm.connectors.diagnosis import Problem, Row
from gtm.connectors.formats import Format, column_names
from gtm.connectors.hubspot import api, fivetran
from gtm.connectors.hubspot.columns import ID_COLUMNS, named_columns
from gtm.connectors.hubspot.layout import OBJECT_TYPES, LandedRow, Layout, ObjectType, object_type
from gtm.connectors.hubspot.rows import records_of
from gtm.errors import InvalidInputError, LoadRejectedError
from gtm.models.landing.hubspot import HUBSPOT_TABLES

_SAMPLED = 50
_HINT = "Say what it holds with --object: "
_FIVETRAN_KEYS = frozenset(
    {
        *("contact_id", "company_id", "deal_id", "engagement_id", "owner_id"),
        *("ticket_id", "portal_id", "pipeline_id", "team_id"),
    }
)
_CHOICES = (*OBJECT_TYPES, "owners", "pipelines", "ticket_pipelines", "deals_to_contacts")


@dataclass(frozen=True, slots=True)
class Named:
    """What whoever loads a file says that it holds: an object, a pair of them, or neither."""

    word: str
    objects: tuple[ObjectType, ...]

    @classmethod
    def of(cls, word: str | None) -> Named | None:
        """Read the word. Raises InvalidInputError for one that names nothing."""
        if word is None:
            return None
        found = tuple(object_type(part) for part in word.lower().split("_to_"))
        objects = tuple(of for of in found if of is not None)
        if len(objects) == len(found) <= 2 or word.lower() in _CHOICES:
            return cls(word.lower(), objects)
        raise InvalidInputError(
            f"There is no HubSpot object {word!r}.", hint=f"Use one of: {', '.join(_CHOICES)}."
        )


@dataclass(frozen=True, slots=True)
class _Sample:
    """The beginning of a file."""

    name: str
    rows: tuple[Row, ...]
    named: Named | None

    @property
    def keys(self) -> frozenset[str]:
        """The fields of its first record."""
        return frozenset(self.rows[0]) if self.rows else frozenset()

    @property
    def words(self) -> list[str]:
        """The words of its name."""
        return re.findall(r"[a-z]+", self.name.lower())

    @property
    def objects(self) -> tuple[ObjectType, ...]:
        """The objects that its name, or whoever loads it, mentions; each once, in that order."""
        if self.named is not None:
            return self.named.objects
        found = (object_type(word) for word in self.words)
        return tuple(dict.fromkeys(of for of in found if of is not None))


def recognise(path: Path, kind: Format, *, named: str | None) -> Layout | None:
    """Return the layout of a file, None for one that is not of HubSpot.

    Raises LoadRejectedError when it is, but does not tell which of its objects it holds.
    """
    given = Named.of(named)
    if kind is Format.PARQUET:
        return _of_parquet(path)
    try:
        first = list(islice(records_of(path, kind), _SAMPLED))
    except (UnicodeDecodeError, OSError):
        return None
    rows = [row for _, row in first if not isinstance(row, Problem)]
    sample = _Sample(path.name, tuple(rows), given)
    return _of_api(sample) if kind is Format.JSON else _of_csv(sample)


def _of_parquet(path: Path) -> Layout | None:
    """Recognise rows in the layout of a landing table, by which such a file is named."""
    found = [table for table in HUBSPOT_TABLES if path.name.startswith(table.name)]
    if not found:
        return None
    table = max(found, key=lambda table: len(table.name))
    present = set(column_names(path, Format.PARQUET))
    missing = [name for name in table.schema.names if name not in present]
    if missing:
        raise LoadRejectedError(
            f"{path.name!r} is not laid out as {table.name}: it lacks {', '.join(missing)}."
        )
    return Layout(f"rows of {table.name}", table, lambda row: [LandedRow(table, row)])


def _of_api(sample: _Sample) -> Layout | None:
    keys = sample.keys
    if isinstance(sample.rows[0].get("properties") if sample.rows else None, dict):
        properties = [row.get("properties") for row in sample.rows]
        names = frozenset(name for one in properties if isinstance(one, dict) for name in one)
        return api.records(_object(sample, names))
    if {"from", "to"} <= keys:
        return api.associations(*_pair(sample))
    if {"stages", "label"} <= keys:
        is_ticket = sample.named is not None and sample.named.word == "ticket_pipelines"
        return api.pipelines("tickets" if is_ticket else None)
    if {"id", "email"} <= keys and keys & {"firstName", "userId", "teams"}:
        return api.owners()
    return None


def _of_csv(sample: _Sample) -> Layout | None:
    columns = frozenset(name.lower() for name in sample.keys)
    is_fivetrans = _is_fivetrans(columns)
    found = _of_fivetran(sample, columns)
    if found is not None:
        return found
    if is_fivetrans:
        raise LoadRejectedError(
            f"{sample.name!r} is a table of Fivetran's that no view needs.",
            hint="Needed are contacts, companies, deals, owners, pipelines with stages, "
            "engagements of each type, their links, property histories and merges.",
        )
    if not columns & frozenset(ID_COLUMNS):
        return None
    is_marked = any(of.is_marked(columns) for of in OBJECT_TYPES.values())
    is_own = bool(columns & {"hs_object_id", "record id"}) or sample.named is not None
    if not is_marked and not is_own and not sample.objects:
        return None
    return named_columns(_object(sample, columns))


def _is_fivetrans(columns: frozenset[str]) -> bool:
    """Whether columns are named as in Fivetran's tables of HubSpot, needed ones or not."""
    has_mark = any(name.startswith(("_fivetran_", "property_")) for name in columns) or (
        {"type_id", "category"} <= columns
    )
    return has_mark and bool(columns & _FIVETRAN_KEYS)


def _of_fivetran(sample: _Sample, columns: frozenset[str]) -> Layout | None:
    return (
        _fivetran_relation(columns)
        or _fivetran_pipeline(sample, columns)
        or (_fivetran_records(sample, columns))
    )


def _fivetran_relation(columns: frozenset[str]) -> Layout | None:
    """Recognise merges, histories and links by the columns that make them."""
    if {"deal_id", "merged_deal_id"} <= columns:
        return fivetran.merges("deals", "deal_id", "merged_deal_id")
    if {"canonical_vid", "vid_to_merge"} <= columns:
        return fivetran.merges("contacts", "canonical_vid", "vid_to_merge")
    if {"deal_id", "value", "date_entered"} <= columns:
        return fivetran.deal_stages()
    of_columns = [of for of in _records() if of.singular + "_id" in columns]
    if len(of_columns) == 1 and {"timestamp", "name", "value"} <= columns:
        return fivetran.property_history(of_columns[0])
    if len(of_columns) == 1 and {"engagement_id", "engagement_type"} <= columns:
        return fivetran.links(None, of_columns[0])
    if [of.name for of in of_columns][-1:] == ["deals"] and len(of_columns) > 1:
        return fivetran.links(of_columns[-1], of_columns[0])
    return None


def _fivetran_pipeline(sample: _Sample, columns: frozenset[str]) -> Layout | None:
    if not {"pipeline_id", "label", "_fivetran_synced"} <= columns:
        return None
    is_ticket = bool({"ticket_state", "object_type_id"} & columns) or "ticket" in sample.words
    of = "tickets" if is_ticket else "deals"
    return fivetran.stages(of) if "stage_id" in columns else fivetran.pipelines(of)


def _fivetran_records(sample: _Sample, columns: frozenset[str]) -> Layout | None:
    if {"owner_id", "email", "first_name"} <= columns:
        return fivetran.owners()
    if "ticket_id" in columns:
        return None
    properties = frozenset(name.removeprefix("property_") for name in columns)
    if {"engagement_id", "_fivetran_synced"} <= columns:
        return fivetran.records(_object(sample, properties), "engagement_id")
    if properties == columns:
        return None
    if "deal_id" in columns:
        return fivetran.records(OBJECT_TYPES["deals"], "deal_id")
    if "id" in columns and not sample.keys.isdisjoint({"is_deleted", "_fivetran_deleted"}):
        if "ticket" in sample.words:
            return None
        return fivetran.records(_object(sample, properties), "id")
    return None


def _records() -> Sequence[ObjectType]:
    """The objects that others are linked to, in the order in which links name them."""
    return tuple(OBJECT_TYPES[name] for name in ("companies", "contacts", "deals"))


def _object(sample: _Sample, properties: frozenset[str]) -> ObjectType:
    """Return the one object that the properties tell and the name does not contradict."""
    mentioned = sample.objects
    if sample.named is not None and len(mentioned) == 1:
        return mentioned[0]
    marked = [of for of in OBJECT_TYPES.values() if of.is_marked(properties)]
    agreed = (
        [of for of in marked if of in mentioned]
        if marked and mentioned
        else (marked or list(mentioned))
    )
    if len(agreed) == 1:
        return agreed[0]
    told = ", ".join(of.name for of in marked) or "nothing"
    name = ", ".join(of.name for of in mentioned) or "nothing"
    raise LoadRejectedError(
        f"{sample.name!r} does not tell which HubSpot object it holds: "
        f"its properties say {told}, its name says {name}.",
        hint=_HINT + ", ".join(OBJECT_TYPES) + ".",
    )


def _pair(sample: _Sample) -> tuple[str, str]:
    objects = sample.objects
    if len(objects) != 2:
        raise LoadRejectedError(
            f"{sample.name!r} holds associations, but not between which objects.",
            hint=_HINT + "for example deals_to_contacts. Or name the file so.",
        )
    return objects[0].name, objects[1].name
