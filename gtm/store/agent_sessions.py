"""What the agents remember of a workspace, in ADK's own tables: reached by the worker's login."""

from __future__ import annotations

from gtm.context import TenantId
from gtm.store.database import Database

# ADK makes its tables when it first needs them.
_HAS_TABLES = """
select to_regclass('agents.sessions') is not null and to_regclass('agents.user_states') is not null
"""
# The events of a session go with it. Its owner is named `workspace:user`.
_FORGET = """
with states as (delete from agents.user_states where starts_with(user_id, %(owner)s)),
  gone as (delete from agents.sessions where starts_with(user_id, %(owner)s) returning 1)
select count(*) from gone
"""


async def forget_sessions(database: Database, tenant_id: TenantId) -> None:
    """Delete all the agents remember of a workspace; harmless to repeat."""
    row = await database.call(_HAS_TABLES, {})
    if row is not None and row[0]:
        await database.call(_FORGET, {"owner": f"{tenant_id}:"})
