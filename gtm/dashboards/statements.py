"""The SQL of dashboards and charts. The policies apply besides what stands here."""

from __future__ import annotations

from typing import Final, LiteralString

_DASHBOARD: Final[LiteralString] = """
select dashboards.id, dashboards.name, dashboards.created_at, dashboards.updated_at,
  (select count(*) from app.charts where dashboard_id = dashboards.id) as chart_count
from app.dashboards where tenant_id = %(tenant)s
"""
DASHBOARD: Final[LiteralString] = _DASHBOARD + " and id = %(dashboard)s"
DASHBOARDS: Final[LiteralString] = (
    _DASHBOARD
    + """
  and (%(after_at)s::timestamptz is null or (created_at, id) > (%(after_at)s, %(after_id)s))
order by created_at, id limit %(limit)s
"""
)
CREATE: Final[LiteralString] = """
insert into app.dashboards (id, tenant_id, name, created_by, created_at, updated_at)
values (%(dashboard)s, %(tenant)s, %(name)s, %(user)s, %(now)s, %(now)s)
"""
RENAME: Final[LiteralString] = """
update app.dashboards set name = %(name)s where id = %(dashboard)s and tenant_id = %(tenant)s
"""
REMOVE: Final[LiteralString] = """
delete from app.dashboards where id = %(dashboard)s and tenant_id = %(tenant)s
"""
TOUCH: Final[LiteralString] = """
update app.dashboards set updated_at = %(now)s
where id = any(%(dashboards)s) and tenant_id = %(tenant)s
"""
# Keys stay as they are, so that others may still refer to the row.
LOCK: Final[LiteralString] = """
select id from app.dashboards
where id = any(%(dashboards)s) and tenant_id = %(tenant)s order by id for no key update
"""
# The same as the trigger's that counts them.
WAIT_FOR_DASHBOARDS: Final[LiteralString] = """
select pg_advisory_xact_lock(hashtextextended('dashboards of ' || %(tenant)s, 0))
"""
LAYOUTS: Final[LiteralString] = """
select x, y, w, h from app.charts where dashboard_id = %(dashboard)s and tenant_id = %(tenant)s
"""
PLACE: Final[LiteralString] = """
update app.charts set x = placed.x, y = placed.y, w = placed.w, h = placed.h
from unnest(%(charts)s::text[], %(x)s::smallint[], %(y)s::smallint[], %(w)s::smallint[],
  %(h)s::smallint[]) as placed (id, x, y, w, h)
where charts.id = placed.id and dashboard_id = %(dashboard)s and tenant_id = %(tenant)s
"""

# What is JSON comes as text: it is read into models at once, without the detour over dictionaries.
_CHARTS: Final[LiteralString] = """
select id, dashboard_id, title, question, query::text, sql, asked_on, draft::text,
  chart_spec::text, receipt::text, x, y, w, h, created_by::text, created_at, refreshed_at,
  error_code, error_detail
from app.charts where tenant_id = %(tenant)s
"""
CHART: Final[LiteralString] = _CHARTS + " and id = %(chart)s"
CHARTS_ON: Final[LiteralString] = (
    _CHARTS + " and dashboard_id = %(dashboard)s order by y, x, created_at, id"
)
CHARTS: Final[LiteralString] = (
    _CHARTS
    + """
  and (%(dashboard)s::text is null or dashboard_id = %(dashboard)s)
  and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
order by created_at desc, id desc limit %(limit)s
"""
)
ADD_CHART: Final[LiteralString] = """
insert into app.charts (id, tenant_id, dashboard_id, title, question, query, sql, asked_on, draft,
  chart_spec, receipt, x, y, w, h, created_by, created_at, refreshed_at)
values (%(id)s, %(tenant)s, %(dashboard)s, %(title)s, %(question)s, %(query)s, %(sql)s,
  %(asked_on)s, %(draft)s, %(chart_spec)s, %(receipt)s, %(x)s, %(y)s, %(w)s, %(h)s, %(user)s,
  %(now)s, %(at)s)
"""
# Only what is named is written: what somebody else changes meanwhile stays.
CHANGE_CHART: Final[LiteralString] = """
update app.charts set
  title = coalesce(%(title)s, title),
  dashboard_id = coalesce(%(dashboard)s, dashboard_id),
  x = coalesce(%(x)s, x), y = coalesce(%(y)s, y), w = coalesce(%(w)s, w), h = coalesce(%(h)s, h),
  draft = coalesce(%(draft)s, draft),
  chart_spec = coalesce(%(chart_spec)s, chart_spec),
  receipt = coalesce(%(receipt)s, receipt),
  refreshed_at = coalesce(%(at)s, refreshed_at),
  error_code = case when %(at)s::timestamptz is null then error_code end,
  error_detail = case when %(at)s::timestamptz is null then error_detail end
where id = %(chart)s and tenant_id = %(tenant)s
"""
KEEP_DRAWN: Final[LiteralString] = """
update app.charts set chart_spec = %(chart_spec)s, receipt = %(receipt)s, refreshed_at = %(at)s,
  error_code = null, error_detail = null
where id = %(chart)s and tenant_id = %(tenant)s and refreshed_at <= %(at)s and draft = %(draft)s
"""
KEEP_PROBLEM: Final[LiteralString] = """
update app.charts set error_code = %(code)s, error_detail = %(detail)s
where id = %(chart)s and tenant_id = %(tenant)s and refreshed_at <= %(at)s
"""
REMOVE_CHART: Final[LiteralString] = """
delete from app.charts where id = %(chart)s and tenant_id = %(tenant)s returning dashboard_id
"""
