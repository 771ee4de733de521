"""Dates and times: types that DuckDB widens, week starts, masks and time zones."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp

from gtm.errors import UnsupportedSqlError
from gtm.warehouse.duckdb_trees import Rule, call

_HINT = "Use %Y, %m, %d, %H, %M, %S, %b, %B, %a, %A, %j, %Q, %G, %V, or connect BigQuery."
_MASK = re.compile(r"%-?.")
_FLAGS = (*"aAwudbBmyYHIpMSfjUWVG%", "-d", "-m", "-H", "-I", "-M", "-S", "-j")
_MASKS = frozenset("%" + flag for flag in _FLAGS)
# Seconds with a fraction: DuckDB has masks for the thousandths and the millionths alone.
_FRACTIONS = {"%E3S": "%S.%g", "%E6S": "%S.%f"}
_SHORT = {"%E4Y": "%Y", "%h": "%b", "%R": "%H:%M", "%r": "%I:%M:%S %p"}
_OWN_PARTS = re.compile(r"%Q|%s|%E3S|%E6S")
_WEEK_MASKS = {"SUNDAY": "%U", "MONDAY": "%W"}
_CLOCK_UNITS = frozenset({"HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"})
# DuckDB counts these from the minute's start, BigQuery from the second's.
_SECOND_PARTS = {"MILLISECOND": 1_000, "MICROSECOND": 1_000_000}


def _as_date(node: exp.Expr) -> exp.Expr:
    """DuckDB turns a date into a timestamp when it truncates it or moves it by an interval."""
    return exp.cast(node, exp.DType.DATE)


def _as_timestamp(node: exp.Expr) -> exp.Expr:
    return exp.cast(node, exp.DType.TIMESTAMPTZ)


def _date_trunc(node: exp.Expr) -> exp.Expr:
    return node if _unit(node) in _CLOCK_UNITS else _as_date(node)


def _timestamp_trunc(node: exp.Expr) -> exp.Expr:
    # The translation of WEEK goes through DATE.
    return _as_timestamp(node) if isinstance(node.args.get("unit"), exp.WeekStart) else node


def _parsed(node: exp.Expr) -> exp.Expr:
    """Drop the year BigQuery assumes where the mask names one: the text is then parsed once."""
    mask = node.args.get("format")
    if not isinstance(mask, exp.Literal):
        raise UnsupportedSqlError("A date mask must be written out.", hint=_HINT)
    mask.set("this", _in_full(mask.name))
    _refuse_unknown_masks(mask.name.replace("%s", ""))
    if mask.name == "%s":
        return call("TO_TIMESTAMP", exp.cast(node.this, exp.DType.BIGINT))
    if "%Y" in mask.name or "%G" in mask.name or "%y" in mask.name:
        node.set("default_year", None)
    if node.args.get("zone") is not None:
        raise UnsupportedSqlError(
            "A time zone in PARSE_TIMESTAMP is not available in the embedded warehouse.",
            hint="Parse a DATETIME and convert it with TIMESTAMP(datetime, zone).",
        )
    return node


def _parsed_timestamp(node: exp.Expr) -> exp.Expr:
    return _as_timestamp(_parsed(node))


def _formatted(node: exp.Expr) -> exp.Expr:
    mask = node.args.get("format")
    if not isinstance(mask, exp.Literal):
        raise UnsupportedSqlError("A date mask must be written out.", hint=_HINT)
    zone = node.args.get("zone")
    if zone is not None:
        moment = exp.cast(node.this.this, exp.DType.TIMESTAMPTZ)
        node.set("this", exp.AtTimeZone(this=moment, zone=zone))
        node.set("zone", None)
    parts = [_formatted_part(node, part) for part in _split_mask(mask.name)]
    if len(parts) == 1:
        return parts[0]
    return exp.Paren(this=exp.Concat(expressions=parts, safe=True, coalesce=False))


def _in_full(mask: str) -> str:
    for short, full in _SHORT.items():
        mask = mask.replace(short, full)
    return mask


def _split_mask(mask: str) -> list[str]:
    """Cut out the parts DuckDB's STRFTIME lacks."""
    mask = _in_full(mask)
    _refuse_unknown_masks(_OWN_PARTS.sub("", mask))
    for ours, theirs in _FRACTIONS.items():
        mask = mask.replace(ours, theirs)
    return [part for part in re.split(r"(%Q|%-d|%s)", mask) if part] or [""]


def _formatted_part(node: exp.Expr, part: str) -> exp.Expr:
    if part == "%Q":
        quarter = exp.Extract(this=exp.var("QUARTER"), expression=node.this.copy())
        return exp.cast(quarter, exp.DType.TEXT)
    if part == "%s":
        return exp.cast(_unix_seconds(exp.UnixSeconds(this=node.this.copy())), exp.DType.TEXT)
    piece = node.copy()
    piece.set("format", exp.Literal.string(part))
    if part == "%-d":
        # sqlglot's reading of %e, which BigQuery pads with a blank.
        return call("LPAD", piece, exp.Literal.number(2), exp.Literal.string(" "))
    return piece


def _refuse_unknown_masks(mask: str) -> None:
    for found in _MASK.findall(mask):
        if found not in _MASKS:
            raise UnsupportedSqlError(
                f"The date mask {found} is not available in the embedded warehouse.", hint=_HINT
            )


def _extract(node: exp.Expr) -> exp.Expr:
    part, moment = node.this, node.expression
    if isinstance(part, exp.WeekStart) or part.name.upper() == "WEEK":
        return _week_number(part.this.name if isinstance(part, exp.WeekStart) else "SUNDAY", moment)
    name = part.name.upper()
    if name == "DATE":
        return _as_date(moment)
    if name == "TIME":
        return exp.cast(exp.cast(moment, exp.DType.TIMESTAMP), exp.DType.TIME)
    if name == "DAYOFWEEK":
        return exp.Paren(this=exp.Add(this=node, expression=exp.Literal.number(1)))
    if name == "ISOWEEK":
        node.set("this", exp.var("WEEK"))
    if name in _SECOND_PARTS:
        return exp.Paren(
            this=exp.Mod(this=node, expression=exp.Literal.number(_SECOND_PARTS[name]))
        )
    return node


def _week_number(first_day: str, moment: exp.Expr) -> exp.Expr:
    mask = _WEEK_MASKS.get(first_day.upper())
    if mask is None:
        raise UnsupportedSqlError(
            f"Weeks that start on {first_day} are not available in the embedded warehouse.",
            hint="Use WEEK, WEEK(MONDAY) or ISOWEEK.",
        )
    return exp.cast(call("STRFTIME", moment, exp.Literal.string(mask)), exp.DType.BIGINT)


def _elapsed(node: exp.Expr) -> exp.Expr:
    """TIMESTAMP_DIFF counts whole units that passed; DuckDB's DATE_DIFF counts boundaries."""
    unit = exp.Literal.string(_unit(node).lower() or "day")
    return call("DATE_SUB", unit, node.expression, node.this)


def _time_trunc(node: exp.Expr) -> exp.Expr:
    """DuckDB truncates moments only: the clock is truncated on some day."""
    some_day = exp.cast(exp.Literal.string("1970-01-01"), exp.DType.DATE)
    moment = exp.Add(this=some_day, expression=exp.cast(node.this, exp.DType.TIME))
    unit = exp.Literal.string(_unit(node).lower())
    return exp.cast(call("DATE_TRUNC", unit, moment), exp.DType.TIME)


def _current_datetime(node: exp.Expr) -> exp.Expr:
    zone = node.this or exp.Literal.string("UTC")
    return exp.AtTimeZone(this=exp.CurrentTimestamp(), zone=zone)


def _unix_seconds(node: exp.Expr) -> exp.Expr:
    """BigQuery cuts fractions off downwards, a cast from DuckDB's EPOCH would round them."""
    seconds = exp.Div(this=call("EPOCH_US", node.this), expression=exp.Literal.number(1_000_000))
    return exp.cast(exp.Floor(this=seconds), exp.DType.BIGINT)


def _timestamp(node: exp.Expr) -> exp.Expr:
    zone = node.args.get("zone")
    if zone is None:
        return node
    return exp.AtTimeZone(this=exp.cast(node.this, exp.DType.TIMESTAMP), zone=zone)


def _unit(node: exp.Expr) -> str:
    unit = node.args.get("unit")
    return unit.name.upper() if isinstance(unit, exp.Expr) else ""


DATE_RULES: Mapping[type[exp.Expr], Rule] = {
    exp.DateTrunc: _date_trunc,
    exp.TimestampTrunc: _timestamp_trunc,
    exp.DateAdd: _as_date,
    exp.DateSub: _as_date,
    exp.DateFromUnixDate: _as_date,
    exp.UnixToTime: _as_timestamp,
    exp.StrToDate: _parsed,
    exp.ParseDatetime: _parsed,
    exp.StrToTime: _parsed_timestamp,
    exp.TimeToStr: _formatted,
    exp.Extract: _extract,
    exp.TimestampDiff: _elapsed,
    exp.UnixSeconds: _unix_seconds,
    exp.Timestamp: _timestamp,
    exp.TimeTrunc: _time_trunc,
    exp.CurrentDatetime: _current_datetime,
}
