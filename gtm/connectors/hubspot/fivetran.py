"""Fivetran's tables of HubSpot, as CSV files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gtm.connectors.hubspot.layout import (
    BadValueError,
    LandedRow,
    Layout,
    ObjectType,
    Row,
    Values,
    flag_of,
    history,
    link,
    moment,
    object_type,
    record,
    text_of,
)
from gtm.models.landing.hubspot import (
    ASSOCIATIONS,
    MERGES,
    OWNERS,
    PIPELINES,
    PROPERTY_HISTORY,
    STAGES,
)

_DELETED = ("is_deleted", "_fivetran_deleted")
_PREFIX = "property_"
_OF_FIVETRAN = ("_fivetran_synced", "portal_id", "type")
# Fivetran's tables keep some properties in columns of their own.
_RENAMED: Mapping[str, Mapping[str, str]] = {
    "deals": {
        "deal_pipeline_id": "pipeline",
        "deal_pipeline_stage_id": "dealstage",
        "owner_id": "hubspot_owner_id",
    },
    "meetings": {
        "start_time": "hs_timestamp",
        "end_time": "hs_meeting_end_time",
        "title": "hs_meeting_title",
        "meeting_outcome": "hs_meeting_outcome",
    },
}


@dataclass(frozen=True, slots=True)
class _Fields:
    """A row of Fivetran's by column, in lower case."""

    texts: Mapping[str, str | None]

    @classmethod
    def of(cls, row: Row) -> _Fields:
        return cls({name.lower(): text_of(value) for name, value in row.items()})

    def text(self, name: str) -> str | None:
        return self.texts.get(name)

    def needed(self, name: str) -> str:
        found = self.texts.get(name)
        if not found:
            raise BadValueError(name, "is missing")
        return found

    def moment(self, name: str) -> datetime | None:
        return moment(self.texts.get(name), name)

    def integer(self, name: str) -> int | None:
        text = self.texts.get(name)
        try:
            return None if text is None else int(float(text))
        except ValueError:
            raise BadValueError(name, f"{text!r} is not an integer") from None

    def number(self, name: str) -> float | None:
        text = self.texts.get(name)
        try:
            return None if text is None else float(text)
        except ValueError:
            raise BadValueError(name, f"{text!r} is not a number") from None

    def flag(self, name: str) -> bool:
        return flag_of(self.texts.get(name), name)

    def is_deleted(self) -> bool:
        return any(self.flag(name) for name in _DELETED)


def records(of: ObjectType, id_column: str) -> Layout:
    """Return the layout of a table of records: `property_x` is the property x."""
    renamed = _RENAMED.get(of.name, {})
    known = {id_column, *_DELETED, *_OF_FIVETRAN}

    def read(row: Row) -> Sequence[LandedRow]:
        fields = _Fields.of(row)
        properties = {
            renamed.get(name) or name.removeprefix(_PREFIX): value
            for name, value in fields.texts.items()
            if name in renamed or name.startswith(_PREFIX)
        }
        return [record(of, properties, id_=fields.needed(id_column), archived=fields.is_deleted())]

    def ignores(column: str) -> bool:
        return not (column in renamed or column.startswith(_PREFIX) or column in known)

    return Layout(f"Fivetran's table of {of.name}", of.table, read, ignores)


def merges(of: str, survivor: str, merged: str) -> Layout:
    """Return the layout of a table of records that went into others."""

    def read(row: Row) -> Sequence[LandedRow]:
        fields = _Fields.of(row)
        values = {
            "object_type": of,
            "merged_id": fields.needed(merged),
            "survivor_id": fields.needed(survivor),
            "merged_at": fields.moment("timestamp"),
        }
        return [LandedRow(MERGES, values)]

    return Layout(f"Fivetran's table of merged {of}", MERGES, read)


def property_history(of: ObjectType) -> Layout:
    """Return the layout of a table of the values that properties had."""

    def read(row: Row) -> Sequence[LandedRow]:
        fields = _Fields.of(row)
        return [
            history(
                of.name,
                fields.needed(of.singular + "_id"),
                fields.needed("name"),
                fields.text("value"),
                at=fields.moment("timestamp"),
                source=fields.text("source"),
            )
        ]

    return Layout(f"Fivetran's property history of {of.name}", PROPERTY_HISTORY, read)


def deal_stages() -> Layout:
    """Return the layout of the stages that deals have entered."""

    def read(row: Row) -> Sequence[LandedRow]:
        fields = _Fields.of(row)
        at = fields.moment("date_entered") or fields.moment("_fivetran_start")
        id_, value = fields.needed("deal_id"), fields.text("value")
        return [history("deals", id_, "dealstage", value, at=at, source=fields.text("source"))]

    return Layout("Fivetran's stages of deals", PROPERTY_HISTORY, read)


def links(origin: ObjectType | None, target: ObjectType) -> Layout:
    """Return the layout of a table of pairs; engagements say themselves of which type they are."""
    from_column = "engagement_id" if origin is None else origin.singular + "_id"

    def read(row: Row) -> Sequence[LandedRow]:
        fields = _Fields.of(row)
        if origin is None:
            word = fields.needed("engagement_type")
            of = object_type(word)
            from_type = of.name if of else word.lower()
        else:
            from_type = origin.name
        to_id = fields.needed(target.singular + "_id")
        return [link(from_type, fields.needed(from_column), target.name, to_id)]

    origin_name = "engagements" if origin is None else origin.name
    return Layout(f"Fivetran's links of {origin_name} to {target.name}", ASSOCIATIONS, read)


def owners() -> Layout:
    """Return the layout of owners."""

    def read(row: Row) -> Sequence[LandedRow]:
        fields = _Fields.of(row)
        values: Values = {
            "id": fields.needed("owner_id"),
            "user_id": fields.text("active_user_id") or fields.text("user_id"),
            "email": fields.text("email"),
            "first_name": fields.text("first_name"),
            "last_name": fields.text("last_name"),
            "archived": fields.is_deleted(),
            "created_at": fields.moment("created_at"),
            "updated_at": fields.moment("updated_at"),
            "teams": [],
        }
        return [LandedRow(OWNERS, values)]

    return Layout("Fivetran's table of owners", OWNERS, read)


def pipelines(of: str) -> Layout:
    """Return the layout of pipelines."""

    def read(row: Row) -> Sequence[LandedRow]:
        fields = _Fields.of(row)
        values = {"object_type": of, "id": fields.needed("pipeline_id"), **_labelled(fields)}
        return [LandedRow(PIPELINES, values)]

    return Layout(f"Fivetran's pipelines of {of}", PIPELINES, read)


def stages(of: str) -> Layout:
    """Return the layout of the stages of pipelines."""

    def read(row: Row) -> Sequence[LandedRow]:
        fields = _Fields.of(row)
        values = {
            "object_type": of,
            "pipeline_id": fields.needed("pipeline_id"),
            "id": fields.needed("stage_id"),
            **_labelled(fields),
            "is_closed": fields.flag("is_closed") or fields.flag("closed_won"),
            "probability": fields.number("probability"),
        }
        return [LandedRow(STAGES, values)]

    return Layout(f"Fivetran's pipeline stages of {of}", STAGES, read)


def _labelled(fields: _Fields) -> dict[str, object]:
    is_inactive = fields.text("active") is not None and not fields.flag("active")
    return {
        "label": fields.text("label"),
        "display_order": fields.integer("display_order"),
        "archived": fields.is_deleted() or is_inactive,
    }
