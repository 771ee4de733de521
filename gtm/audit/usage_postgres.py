"""The usage counters in PostgreSQL, read as the member who asks."""

from __future__ import annotations

from datetime import date

from gtm.audit.usage import Use, month_of
from gtm.context import TenantContext
from gtm.store.database import Database

# Each connection counts in a slot of its own; together they are the figure.
_MONTHS = """
select period, metric, sum(used)::bigint from app.usage_counters
where tenant_id = %s and period >= %s group by period, metric order by period desc, metric
"""


class PostgresUsageMeter:
    """The policy shows nothing to who is no member."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def months(self, tenant: TenantContext, *, since: date) -> tuple[Use, ...]:
        """Return what was used in each month from the one of a day on; months with none lack."""
        async with self._database.as_user(tenant.user_id) as connection:
            rows = await connection.execute(_MONTHS, [tenant.tenant_id, month_of(since)])
            return tuple([Use(period, metric, used) async for period, metric, used in rows])
