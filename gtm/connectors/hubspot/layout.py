"""How a HubSpot file is laid out: what one record of it becomes in the landing tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gtm.models.landing.hubspot import (
    ASSOCIATIONS,
    COMPANIES,
    CONTACTS,
    DEALS,
    ENGAGEMENTS,
    PROPERTY_HISTORY,
)
from gtm.warehouse.base import LandingTable

Row = Mapping[str, object]
Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class LandedRow:
    """A row of a landing table."""

    table: LandingTable
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Layout:
    """`read` turns a record into rows, that of `table` first; it raises BadValueError.

    Columns of a file for which `ignores` holds are named in a warning.
    """

    title: str
    table: LandingTable
    read: Callable[[Row], Sequence[LandedRow]]
    ignores: Callable[[str], bool] = lambda _column: False


class BadValueError(ValueError):
    """A value of a record is not what it should be."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ObjectType:
    """A kind of CRM record; `marks` are properties that no other kind has."""

    name: str
    singular: str
    table: LandingTable
    marks: frozenset[str]
    mark_prefix: str | None = None

    def is_marked(self, properties: frozenset[str]) -> bool:
        """Whether the properties of a record tell that it is one of these."""
        prefix = self.mark_prefix
        return bool(self.marks & properties) or (
            prefix is not None and any(name.startswith(prefix) for name in properties)
        )


def _engagement(name: str) -> ObjectType:
    singular = name.removesuffix("s")
    return ObjectType(name, singular, ENGAGEMENTS, frozenset(), "hs_" + singular + "_")


OBJECT_TYPES: Mapping[str, ObjectType] = {
    of.name: of
    for of in (
        ObjectType("contacts", "contact", CONTACTS, frozenset({"email", "firstname", "lastname"})),
        ObjectType("companies", "company", COMPANIES, frozenset({"domain", "numberofemployees"})),
        ObjectType("deals", "deal", DEALS, frozenset({"dealname", "dealstage"})),
        *map(_engagement, ("calls", "emails", "meetings", "notes", "tasks", "communications")),
    )
}


def object_type(word: str) -> ObjectType | None:
    """Return the object type that a word names, in singular or plural."""
    lower = word.lower()
    for of in OBJECT_TYPES.values():
        if lower in {of.name, of.singular}:
            return of
    return None


def record(
    of: ObjectType,
    properties: Mapping[str, str | None],
    *,
    id_: str | None = None,
    created_at: datetime | None = None,
    updated_at: datetime | None = None,
    archived: bool = False,
    archived_at: datetime | None = None,
) -> LandedRow:
    """Return a CRM record's row; what the record does not say itself its properties do."""
    found = id_ or properties.get("hs_object_id")
    if not found:
        raise BadValueError("id", "is missing")
    values: Values = {
        "id": found,
        "created_at": created_at or _first_moment(properties, "createdate", "hs_createdate"),
        "updated_at": updated_at
        or _first_moment(properties, "hs_lastmodifieddate", "lastmodifieddate"),
        "archived": archived,
        "archived_at": archived_at,
        "properties": [
            {"name": name, "value": value} for name, value in properties.items() if value
        ],
    }
    if of.table is ENGAGEMENTS:
        values["type"] = of.singular
    return LandedRow(of.table, values)


def link(
    from_type: str,
    from_id: str,
    to_type: str,
    to_id: str | None,
    *,
    label: str | None = None,
    is_primary: bool | None = None,
) -> LandedRow:
    """Return the row of an association; one to nothing says that there is none any more."""
    values: Values = {
        "from_type": from_type,
        "from_id": from_id,
        "to_type": to_type,
        "to_id": to_id,
        "label": label,
        "is_primary": is_primary,
    }
    return LandedRow(ASSOCIATIONS, values)


def history(
    of: str, id_: str, name: str, value: str | None, *, at: datetime | None, source: str | None
) -> LandedRow:
    """Return the row of a value that a property had."""
    values: Values = {
        "object_type": of,
        "object_id": id_,
        "property": name,
        "value": value or None,
        "changed_at": at,
        "source": source,
    }
    return LandedRow(PROPERTY_HISTORY, values)


def moment(value: object, field: str) -> datetime | None:
    """Read a time: ISO text, or milliseconds since 1970 as a number or text. Empty is none."""
    if value is None or value == "":
        return None
    text = str(value).strip()
    try:
        if text.lstrip("-").isdigit():
            return datetime.fromtimestamp(int(text) / 1000, tz=UTC)
        found = datetime.fromisoformat(_padded(text.removesuffix(" UTC")))
    except (ValueError, OverflowError, OSError):
        raise BadValueError(field, repr(value)[:40] + " is not a time") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _padded(text: str) -> str:
    """Write a single-digit hour with two, as the ISO form wants it."""
    day, space, time = text.partition(" ")
    return day + space + time.zfill(len(time) + 1) if time[1:2] == ":" else text


def _first_moment(properties: Mapping[str, str | None], *names: str) -> datetime | None:
    for name in names:
        found = moment(properties.get(name), name)
        if found is not None:
            return found
    return None


def text_of(value: object) -> str | None:
    """Read a CSV cell: an empty one holds nothing."""
    return None if value is None or value == "" else str(value)


def flag_of(value: str | None, field: str) -> bool:
    """Read true or false; nothing is false."""
    if value is None:
        return False
    if value.lower() in {"true", "t", "1"}:
        return True
    if value.lower() in {"false", "f", "0"}:
        return False
    raise BadValueError(field, f"{value!r} is not true or false")
