"""CSV exports of HubSpot records, with internal property names as columns."""

from __future__ import annotations

from collections.abc import Sequence

from gtm.connectors.hubspot.layout import (
    LandedRow,
    Layout,
    ObjectType,
    Row,
    flag_of,
    record,
    text_of,
)

# HubSpot's own export calls it "Record ID".
ID_COLUMNS = ("id", "hs_object_id", "record id")


def named_columns(of: ObjectType) -> Layout:
    """Return the layout of a CSV export of records with internal property names as columns."""

    def read(row: Row) -> Sequence[LandedRow]:
        texts = {name.lower(): text_of(value) for name, value in row.items()}
        id_ = next((texts[name] for name in ID_COLUMNS if texts.get(name)), None)
        archived = flag_of(texts.pop("archived", None), "archived")
        properties = {name: value for name, value in texts.items() if name not in ID_COLUMNS}
        return [record(of, properties, id_=id_, archived=archived)]

    return Layout(f"HubSpot {of.name}", of.table, read)
