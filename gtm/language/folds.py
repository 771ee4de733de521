"""Rules that put stretches together: a month of last year, the week of a day, a year so far."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from gtm.language.dates import (
    DAY,
    NUMBER,
    DateProblemError,
    Period,
    clipped,
    number_of,
    one_day,
    say_days,
    unit_shift,
)
from gtm.language.named import (
    ORDINAL_DAY,
    WEEKDAY,
    Named,
    day_number,
    half_of_month,
    make_day,
    whole_half,
    whole_quarter,
)
from gtm.language.ranges import TO, since
from gtm.language.relative import this, to_date_of, week_of, weekday_before
from gtm.language.timeline import Found, P, Rules, Timeline, sign
from gtm.language.tokens import pattern

_OPEN = r"@\d+:(?:day|month|quarter|half):\S*:open:\S*"
_YEAR = rf"{sign('year')}|{sign('yearago')}"
_NOW = r"(?:now|date|today|present|the present|this day|this date|@\d+:day:today:\S*)"


def _of_year(line: Timeline, found: Found, today: date) -> Named | None:
    """Read "last year in October", which stands in one sentence."""
    return None if line.has_end(found) else _in_year(line, found, today)


def _in_year(_line: Timeline, found: Found, _today: date) -> Named | None:
    opened, year = found.named["a"], found.named["y"].period.start.year
    return Named(opened.in_year(year), opened.kind) if opened.in_year else None


def _year_before(_line: Timeline, found: Found, _today: date) -> Named | None:
    """Read "October a year before"."""
    opened = found.named["a"]
    if opened.in_year is None:
        return None
    return Named(opened.in_year(opened.period.start.year - 1), opened.kind)


def _years_ago(_line: Timeline, found: Found, today: date) -> Named | None:
    """Read "October two years ago"."""
    opened, count = found.named["a"], number_of(found.words["count"])
    return Named(opened.in_year(today.year - count), opened.kind) if opened.in_year else None


def _to_date(line: Timeline, found: Found, today: date) -> Named | None:
    """Read "ytd last year" and "month to date last month"."""
    former, present = found.named["p"].period, found.named["t"].period
    if present.unit != former.unit or former.end > today or line.has_break(found):
        return None
    return Named(to_date_of(former, former.unit, today), "todate")


def _week_of(_line: Timeline, found: Found, _today: date) -> Named:
    day = found.named["d"].period.end
    return Named(week_of(day), "week")


def _week_ending(_line: Timeline, found: Found, _today: date) -> Named:
    end = found.named["d"].period.end
    start = end - timedelta(days=6)
    return Named(Period(start, end, say_days(start, end), unit="week"), "week")


def _part(_line: Timeline, found: Found, _today: date) -> Named | None:
    """Read "first 10 days of October" and "first nine months of 2026"."""
    whole, unit = found.named["p"].period, found.words["unit"].rstrip("s")
    count = number_of(found.words["count"])
    if found.words["which"] == "first":
        end = min(unit_shift(whole.start, unit, count) - DAY, whole.end)
        start = whole.start
    else:
        end = whole.end
        after = end + DAY
        start = max(unit_shift(after, unit, -count), whole.start)
    return Named(Period(start, end, say_days(start, end)), "range")


def _beginning(_line: Timeline, found: Found, today: date) -> Named:
    """Read "the first nine months", which are those of the year."""
    year, count = this("year", today), number_of(found.words["count"])
    end = unit_shift(year.start, found.words["unit"].rstrip("s"), count) - DAY
    start = year.start if end <= today else year.start.replace(year=today.year - 1)
    end = end if end <= today else end.replace(year=today.year - 1)
    return Named(Period(start, end, say_days(start, end)), "range")


def _up_to(line: Timeline, found: Found, today: date) -> Named | None:
    """Read "this year up to the end of October", "until yesterday this month"."""
    if found.start and line.word(found.start - 1).startswith("@"):
        # "January to June this year" has its own start.
        return None
    whole, last = found.named["p"].period, found.named["e"]
    end = last.in_year(whole.start.year).end if last.in_year else last.period.end
    if not whole.start <= end <= max(whole.end, today):
        return None
    end = min(end, today)
    return Named(Period(whole.start, end, say_days(whole.start, end)), "range")


def _to_weekday(_line: Timeline, found: Found, today: date) -> Named | None:
    """Read "the six weeks to Sunday"."""
    length = found.named["r"].length
    if length is None or length[1] not in {"day", "week", "fortnight"}:
        return None
    days = length[0] * {"day": 1, "week": 7, "fortnight": 14}[length[1]]
    end = weekday_before(found.words["weekday"], today)
    start = end - timedelta(days=days - 1)
    return Named(Period(start, end, say_days(start, end)), "range")


def _end_of(_line: Timeline, found: Found, _today: date) -> Named | None:
    """Read "last 10 days of October"."""
    whole, length = found.named["p"].period, found.named["r"].length
    if length is None or found.named["r"].period.relative is whole.relative is not None:
        return None
    start = max(unit_shift(whole.end + DAY, length[1], -length[0]), whole.start)
    return Named(Period(start, whole.end, say_days(start, whole.end)), "range")


def _half_of(_line: Timeline, found: Found, _today: date) -> Named:
    year, said = found.named["y"].period.start.year, found.words["half"]
    return Named(whole_half(year, 1 if said in {"first", "1st"} else 2), "half")


def _half_of_month(_line: Timeline, found: Found, _today: date) -> Named:
    """Read "the first half of October"."""
    number = 1 if found.words["half"] in {"first", "1st"} else 2
    return Named(half_of_month(found.named["p"].period.start, number), "half")


def _last_quarter_of(_line: Timeline, found: Found, _today: date) -> Named:
    return Named(whole_quarter(found.named["y"].period.start.year, 4), "quarter")


def _day_of(_line: Timeline, found: Found, _today: date) -> Named:
    """Read "the 15th of last month"."""
    start = found.named["p"].period.start
    return Named(one_day(make_day(start.year, start.month, day_number(found.words["day"]))), "day")


def _end_day(_line: Timeline, found: Found, _today: date) -> Named:
    """Read "the last day of last month"."""
    whole = found.named["p"].period
    return Named(one_day(whole.start if found.words["which"] == "first" else whole.end), "day")


def _so_far(_line: Timeline, found: Found, today: date) -> Named | None:
    """Read "2026 to date", "January 2025 until now", "November so far"."""
    named = found.named["p"]
    period = named.period
    if named.kind == "rolling":
        return Named(period, "rolling")
    if named.length == (1, period.unit) and found.words.get("how") in {"to date", "till date"}:
        message = f"Since the start of {period.label}, or as many days of it as there are now?"
        raise DateProblemError(message, f"since {period.label}", f"this {period.unit}")
    if period.end >= today or found.words.get("how", "so far") == "so far":
        return (
            replace(named, period=_run(period, today), in_year=None)
            if _ran(period, today)
            else None
        )
    return Named(since(period, today), "range")


def _ran(period: Period, today: date) -> bool:
    return period.start <= today and period.end >= today - DAY


def _run(period: Period, today: date) -> Period:
    """Return a period that runs up to today, by its name against today where it has one."""
    for unit in ("week", "month", "quarter", "year"):
        running = this(unit, today)
        if period.unit == unit and period.start == running.start:
            return running
    return clipped(period, today)


def _same(_line: Timeline, found: Found, today: date) -> Named | None:
    """Read a period that is said twice: "last quarter (Q3)", "2026 ytd"."""
    one, other = found.named["a"], found.named["b"]
    if one.period.start != other.period.start:
        return None
    ends = {min(named.period.end, today) for named in (one, other)}
    return None if len(ends) > 1 else (one if one.period.relative else other)


def _bare_so_far(_line: Timeline, found: Found, today: date) -> Named:
    return Named(this(found.words["unit"], today), found.words["unit"])


_UNIT = r"(?:day|week|month|quarter|year)s?"
_LONG_UNIT = r"(?P<unit>week|month|quarter|year)"
_RUNNING = r"@\d+:(?:month|quarter|year):this_\S*"
_UNTIL = r"(?:up )?(?:to|until|till|through) (?:and including )?(?:the end of )?(?:the )?"
# Behind "the first nine months" nothing may stand that says of what they are.
_ENDS = r"(?=$|\n| (?:and|vs|versus|against|compared|than|by|per|with|split|was|were|did|@)(?!\S))"

# In this order, each as often as it fits.
FOLDS: Rules = tuple(
    (pattern(source), rule)
    for source, rule in (
        (rf"(?P<p>{_RUNNING}) {_UNTIL}(?P<e>{P})", _up_to),
        (rf"{_UNTIL}(?P<e>{P}) (?:of )?(?P<p>{_RUNNING})", _up_to),
        (rf"(?P<a>{_OPEN}) (?:of |in |from |for )?(?:the )?(?P<y>{_YEAR})", _in_year),
        (rf"(?P<y>{_YEAR}) (?:in |for )?(?:the )?(?P<a>{_OPEN})", _of_year),
        (
            r"(?:the )?(?P<half>first|second|1st|2nd|last|latter) half (?:of )?(?:the )?"
            rf"(?P<y>{_YEAR})",
            _half_of,
        ),
        (
            r"(?:the )?(?P<half>first|second|1st|2nd|last|latter) half (?:of |in )(?:the )?"
            rf"(?P<p>{sign('month')})",
            _half_of_month,
        ),
        (rf"(?:the )?(?:last|final) quarter of (?:the )?(?P<y>{_YEAR})", _last_quarter_of),
        (
            rf"(?P<r>{sign('rolling')}) (?:of|in) (?P<p>@\d+:(?:month|quarter|half|year):\S*)",
            _end_of,
        ),
        (
            rf"(?:on )?(?:the )?(?P<day>{ORDINAL_DAY}) (?:day )?of (?:the )?"
            rf"(?P<p>@\d+:month:\S*)",
            _day_of,
        ),
        (rf"(?:the )?(?P<which>first|last|final) day of (?:the )?(?P<p>{P})", _end_day),
        (rf"(?P<a>{_OPEN}) (?P<count>{NUMBER}) years (?:ago|back)", _years_ago),
        (rf"(?P<a>{_OPEN}) (?:a|one|1|the) year (?:before|earlier|prior)", _year_before),
        (rf"(?P<a>{_OPEN}) of the (?:year before|previous year|prior year)", _year_before),
        (rf"(?P<t>{sign('todate')}) (?:of |in )?(?:the )?(?P<p>{P})", _to_date),
        (rf"(?P<p>@\d+:(?:year|quarter|month):\S*) (?P<t>{sign('todate')})", _to_date),
        (
            r"(?:the )?week (?:that )?(?:of|starting|beginning|commencing|starts|begins|from)"
            rf"(?: on)?(?: the)? (?P<d>{sign('day')})",
            _week_of,
        ),
        (
            r"(?:the )?week (?:that )?(?:ending|ended|ends|to|until|through)(?: on)?"
            rf"(?: the)? (?P<d>{sign('day')})",
            _week_ending,
        ),
        (
            rf"(?:the )?(?P<which>first|last|final) (?P<count>{NUMBER}) (?P<unit>{_UNIT}) (?:of|in)"
            rf" (?P<p>@\d+:(?:month|quarter|half|year):\S*)",
            _part,
        ),
        (
            rf"(?<!in )(?:in )?the (?:very )?first (?P<count>{NUMBER}) (?P<unit>months|quarters)"
            rf"(?: (?:of|in) (?:the|this|our) (?:calendar )?year)?{_ENDS}",
            _beginning,
        ),
        (
            rf"(?P<r>{sign('rolling')}) (?:to|up to|until|ending(?: on)?|ended(?: on)?|through)"
            rf" (?:last )?(?P<weekday>{WEEKDAY})",
            _to_weekday,
        ),
        (rf"(?:the )?{_LONG_UNIT} (?:so far|to date|till date|until now|till now)", _bare_so_far),
        (rf"so far (?:in |into )?(?:the )?{_LONG_UNIT}", _bare_so_far),
        (rf"(?:from |since )?(?P<p>{P}) (?P<how>so far|to date|till date|{TO} {_NOW})", _so_far),
        (rf"so far (?:in |for |during |into )?(?P<p>{P})", _so_far),
        (rf"(?P<a>{P}) (?:of )?(?P<b>{P})", _same),
    )
)
