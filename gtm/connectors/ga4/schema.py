"""The tables of the GA4 export: events, and the people whose data changed on a day."""

from __future__ import annotations

import pyarrow as pa

from gtm.connectors.exports import Export, Source
from gtm.models.landing.ga4 import (
    EVENTS,
    LAST_CLICK,
    MORE_LAST_CLICK,
    PSEUDONYMOUS_USERS,
    PUBLISHER,
    USERS,
)
from gtm.warehouse.base import LandingTable


def events_with(fields: frozenset[str]) -> LandingTable:
    """Return the landing table of events with those of the newer columns that a file has.

    Landing all fifty of them empty would double the time of a load.
    """
    schema = EVENTS.schema
    more = [of for name, of in MORE_LAST_CLICK.items() if f"{LAST_CLICK}.{name}" in fields]
    if more:
        index = schema.get_field_index(LAST_CLICK)
        wider = pa.struct([*schema.field(index).type, *more])
        schema = schema.set(index, pa.field(LAST_CLICK, wider))
    if PUBLISHER.name in fields:
        schema = schema.append(PUBLISHER)
    return LandingTable(EVENTS.name, schema, is_sharded=True)


EXPORTS = (
    Export(
        source=Source.GA4,
        landing=EVENTS,
        title="a GA4 event export",
        date_column="event_date",
        required=("event_date", "event_timestamp", "event_name"),
        fit=events_with,
    ),
    Export(
        source=Source.GA4,
        landing=PSEUDONYMOUS_USERS,
        title="a GA4 export of pseudonymous users",
        date_column="last_updated_date",
        required=("pseudo_user_id", "last_updated_date"),
        is_day_of_file=True,
    ),
    Export(
        source=Source.GA4,
        landing=USERS,
        title="a GA4 export of users",
        date_column="last_updated_date",
        required=("user_id", "last_updated_date"),
        is_day_of_file=True,
    ),
)
