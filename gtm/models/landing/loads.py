"""The record of every load: what came in, what did not, and how far it got."""

from __future__ import annotations

import pyarrow as pa

from gtm.models.landing.fields import DATE, INTEGER, STRING, TIMESTAMP, fields
from gtm.warehouse.base import LandingTable

_PART = pa.struct([*fields(STRING, "name"), *fields(INTEGER, "rows")])
_REJECTION = pa.struct([*fields(STRING, "reason field"), *fields(INTEGER, "line rows")])
_OUTLIER = pa.struct([*fields(DATE, "date"), *fields(INTEGER, "rows typical_rows")])

# `state`: landing (begun), landed (rows are in, models not yet), built, rejected (nothing changed),
# failed. What is landing or landed after a crash is built again. `source` is that of the views, and
# is missing like `table_name` when a refused file was not recognised.
LOAD_REPORTS = LandingTable(
    "load_reports",
    pa.schema(
        [
            *fields(STRING, "load_id source table_name file_name user_id state"),
            *fields(TIMESTAMP, "started_at finished_at"),
            *fields(INTEGER, "rows_in rows_loaded rows_rejected"),
            *fields(DATE, "first_day last_day"),
            pa.field("parts", pa.list_(_PART)),
            pa.field("missing_days", pa.list_(DATE)),
            pa.field("outliers", pa.list_(_OUTLIER)),
            pa.field("rejections", pa.list_(_REJECTION)),
            pa.field("warnings", pa.list_(STRING)),
        ]
    ),
    key=("load_id",),
)
