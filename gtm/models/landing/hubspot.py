"""The landing tables of HubSpot: records as its API gives them, every property kept as text.

An object's properties differ from portal to portal (a date for each stage, custom ones), so they
land as name and value and not as columns; staging picks what the models read.
"""

from __future__ import annotations

import pyarrow as pa

from gtm.models.landing.fields import BOOLEAN, FLOAT, INTEGER, STRING, TIMESTAMP, fields
from gtm.warehouse.base import LandingTable

_PROPERTIES = pa.list_(pa.struct(fields(STRING, "name value")))
_RECORD = [
    *fields(STRING, "id"),
    *fields(TIMESTAMP, "created_at updated_at"),
    *fields(BOOLEAN, "archived"),
    *fields(TIMESTAMP, "archived_at"),
    pa.field("properties", _PROPERTIES),
]

CONTACTS = LandingTable("hubspot_contacts", pa.schema(_RECORD), key=("id",))
COMPANIES = LandingTable("hubspot_companies", pa.schema(_RECORD), key=("id",))
DEALS = LandingTable("hubspot_deals", pa.schema(_RECORD), key=("id",))
# Calls, emails, meetings, notes, tasks and communications; `type` is that word in the singular.
ENGAGEMENTS = LandingTable(
    "hubspot_engagements", pa.schema([*_RECORD, *fields(STRING, "type")]), key=("id",)
)
OWNERS = LandingTable(
    "hubspot_owners",
    pa.schema(
        [
            *fields(STRING, "id user_id email first_name last_name"),
            *fields(BOOLEAN, "archived"),
            *fields(TIMESTAMP, "created_at updated_at"),
            pa.field("teams", pa.list_(pa.struct(fields(STRING, "id name")))),
        ]
    ),
    key=("id",),
)
PIPELINES = LandingTable(
    "hubspot_pipelines",
    pa.schema(
        [
            *fields(STRING, "object_type id label"),
            *fields(INTEGER, "display_order"),
            *fields(BOOLEAN, "archived"),
        ]
    ),
    key=("object_type", "id"),
)
STAGES = LandingTable(
    "hubspot_pipeline_stages",
    pa.schema(
        [
            *fields(STRING, "object_type pipeline_id id label"),
            *fields(INTEGER, "display_order"),
            *fields(BOOLEAN, "is_closed"),
            *fields(FLOAT, "probability"),
            *fields(BOOLEAN, "archived"),
        ]
    ),
    key=("object_type", "pipeline_id", "id"),
)
# All links of a record to one type of object are replaced together: one that is gone must go.
ASSOCIATIONS = LandingTable(
    "hubspot_associations",
    pa.schema(
        [*fields(STRING, "from_type from_id to_type to_id label"), *fields(BOOLEAN, "is_primary")]
    ),
    key=("from_type", "from_id", "to_type"),
)
# The values a property had, dealstage first of all; a record's history of it is replaced whole.
PROPERTY_HISTORY = LandingTable(
    "hubspot_property_history",
    pa.schema(
        [
            *fields(STRING, "object_type object_id property value"),
            *fields(TIMESTAMP, "changed_at"),
            *fields(STRING, "source"),
        ]
    ),
    key=("object_type", "object_id", "property"),
)
# Where merges are exported apart; the API tells them on the survivor (hs_merged_object_ids).
MERGES = LandingTable(
    "hubspot_merges",
    pa.schema(
        [*fields(STRING, "object_type merged_id survivor_id"), *fields(TIMESTAMP, "merged_at")]
    ),
    key=("object_type", "merged_id"),
)
HUBSPOT_TABLES = (
    CONTACTS,
    COMPANIES,
    DEALS,
    ENGAGEMENTS,
    OWNERS,
    PIPELINES,
    STAGES,
    ASSOCIATIONS,
    PROPERTY_HISTORY,
    MERGES,
)
