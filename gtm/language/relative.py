"""Stretches that are named against today: "last week", "the past 30 days", "3 months ago"."""

from __future__ import annotations

from datetime import date, timedelta

from gtm.language.dates import (
    DAY,
    MONTH,
    NUMBER,
    UNITS,
    WEEKDAYS,
    DateProblemError,
    Period,
    last_days,
    month_start,
    number_of,
    one_day,
    relative,
    say_day,
    say_days,
    unit_shift,
    unit_start,
    week_start,
    whole,
)
from gtm.language.named import WEEKDAY, YEAR, Groups, Named, Reader
from gtm.semantics.query import RelativeRange

_ROLLING = {"week": 7, "fortnight": 14, "month": 30, "quarter": 90, "year": 365}
_MOST = {"day": 3_650, "week": 520, "fortnight": 260, "month": 120, "quarter": 40, "year": 10}
_PREVIOUS = frozenset({"previous", "prior", "preceding", "prev"})
_CURRENT = frozenset({"this", "current", "present", "running", "ongoing"})
_SPELLED = {"w": "week", "q": "quarter", "y": "year", "m": "month", "d": "day", "f": "fortnight"}
_TO_DATE = {"y": "year", "q": "quarter", "m": "month", "w": "week"}


def unit_of(text: str) -> str:
    """Return the unit that "weeks", "wk" or "w" says."""
    return text.rstrip("s") if text.rstrip("s") in UNITS else _SPELLED[text[0]]


def _said(groups: Groups, today: date) -> Named:
    name = RelativeRange(groups["said"].rstrip("s"))
    return Named(relative(name, today, "day"), "day")


def _eve(_groups: Groups, today: date) -> Named:
    return Named(one_day(today - 2 * DAY), "day")


def this(unit: str, today: date) -> Period:
    """Return the running unit up to today."""
    name = RelativeRange.TODAY if unit == "day" else RelativeRange(f"this_{unit}")
    return relative(name, today, unit)


def last(unit: str, today: date) -> Period:
    """Return the last full unit."""
    name = RelativeRange.YESTERDAY if unit == "day" else RelativeRange(f"last_{unit}")
    return relative(name, today, unit)


def _unit(groups: Groups, today: date) -> Named:
    unit, which = groups["unit"].rstrip("s"), groups["which"]
    if unit == "fortnight":
        return Named(last_days(14, today, "last 14 days"), "rolling")
    if which in _CURRENT:
        return Named(this(unit, today), unit)
    if which == "past" and unit != "day" and "full" not in groups:
        return Named(last_days(_ROLLING[unit], today, f"past {unit}"), "rolling")
    return Named(last(unit, today), unit, length=(1, unit), is_before=which in _PREVIOUS)


def _to_date(groups: Groups, today: date) -> Named:
    unit = groups.get("long") or _TO_DATE[groups["short"][0]]
    if "last" in groups:
        return Named(to_date_of(last(unit, today), unit, today), "todate")
    if (year := groups.get("year")) and int(year) != today.year:
        start = date(int(year), 1, 1)
        return Named(to_date_of(whole(start, "year", year), "year", today), "todate")
    return Named(this(unit, today), "todate")


def to_date_of(period: Period, unit: str, today: date) -> Period:
    """Return as much of a former unit as the present one has had."""
    end = period.start + (today - unit_start(today, unit))
    if unit in {"quarter", "year"}:
        months = (today.year - unit_start(today, unit).year) * 12
        months += today.month - unit_start(today, unit).month
        first = month_start(period.start, months)
        end = min(first + timedelta(days=today.day - 1), month_start(first, 1) - DAY)
    end = min(end, period.end)
    return Period(period.start, end, say_days(period.start, end))


def _count(groups: Groups) -> int:
    text = groups["count"]
    return 1 if text in {"a", "an"} else number_of(text)


def _checked(count: int, unit: str, say: str) -> None:
    if not 1 <= count <= _MOST[unit]:
        raise DateProblemError(f"{say} is not a period I can use.", "last 30 days")


def last_n(count: int, unit: str, today: date) -> Period:
    """Return the last full days, weeks, months, quarters or years."""
    label = f"last {count} {unit}s"
    _checked(count, unit, label)
    days = {"day": 1, "week": 7, "fortnight": 14}
    if unit in days:
        return last_days(count * days[unit], today, label)
    if count == 1:
        return last(unit, today)
    this_start = unit_start(today, unit)
    start = unit_shift(this_start, unit, -count)
    return Period(start, this_start - DAY, label, unit=f"{count} {unit}")


def _last_n(groups: Groups, today: date) -> Named:
    count, unit = _count(groups), unit_of(groups["unit"])
    # "1y" is what it is in charts of prices: the twelve months behind us.
    is_trailing = groups["unit"] in {"y", "yr"} and count == 1
    period = last_n(12, "month", today) if is_trailing else last_n(count, unit, today)
    return Named(
        period, "rolling", length=(count, unit), is_before=groups.get("which") in _PREVIOUS
    )


def _year_of_months(_groups: Groups, today: date) -> Named:
    return Named(last_n(12, "month", today), "rolling")


def _ago(groups: Groups, today: date) -> Named:
    count, unit = _count(groups), groups["unit"].rstrip("s")
    _checked(count, unit, f"{count} {unit}s ago")
    if unit == "fortnight":
        unit, count = "week", 2 * count
    if unit == "day":
        return Named(one_day(today - timedelta(days=count)), "day", ago=(count, unit))
    if count == 1 and unit != "year":
        return Named(last(unit, today), unit, length=(1, unit), ago=(1, unit))
    start = unit_shift(unit_start(today, unit), unit, -count)
    label = week_label(start) if unit == "week" else f"{count} {unit}s ago"
    if unit == "year":
        label = str(start.year)
    kind = "yearago" if (count, unit) == (1, "year") else unit
    return Named(whole(start, unit, label), kind, ago=(count, unit))


def week_label(start: date) -> str:
    """Word a week so that it is read as the same one again."""
    return f"week of {say_day(start)}"


def week_of(day: date) -> Period:
    """Return the week, Monday to Sunday, a day falls in."""
    start = week_start(day)
    return whole(start, "week", week_label(start))


def _before_last(groups: Groups, today: date) -> Named:
    return _ago({"count": "2", "unit": groups["unit"]}, today)


def _before_this(groups: Groups, today: date) -> Named:
    return Named(last(groups["unit"], today), groups["unit"])


def _weekday(groups: Groups, today: date) -> Named:
    """Read "last Monday" as the latest one before today, "this Monday" as that of this week."""
    number, which = WEEKDAYS[groups["weekday"]], groups.get("which", "last")
    if (of_week := groups.get("week")) is not None:
        start = week_start(today) - timedelta(days=0 if of_week in _CURRENT else 7)
        return Named(one_day(start + timedelta(days=number)), "day")
    if which == "this":
        return Named(one_day(week_start(today) + timedelta(days=number)), "day")
    gap = (today.weekday() - number) % 7
    is_start = which == "since"
    return Named(one_day(today - timedelta(days=gap if gap or is_start else 7)), "day")


def weekday_before(weekday: str, today: date) -> date:
    """Return the latest such day before today."""
    return _weekday({"weekday": weekday}, today).period.start


def _week_to(groups: Groups, today: date) -> Named:
    """Read "the week that ended Sunday" as the seven days up to the last one."""
    end = weekday_before(groups["weekday"], today)
    start = end - timedelta(days=6)
    return Named(Period(start, end, say_days(start, end), unit="week"), "week")


def _weekend(groups: Groups, today: date) -> Named:
    start = week_start(today) + timedelta(days=5)
    if groups["which"] != "this":
        start -= timedelta(days=7)
    end = start + DAY
    return Named(Period(start, end, say_days(start, end)), "weekend")


_UNIT = r"(?:day|week|fortnight|month|quarter|year)s?"
_GLUED = r"d|days?|w|wks?|weeks?|mo|mos|mths?|months?|q|qtrs?|quarters?|y|yrs?|years"
_LAST = r"last|final|latest|past|previous|prior|preceding|prev|trailing|rolling|recent|most recent"
_FULL = r"(?:(?P<full>full|complete|completed|whole|entire|calendar|closed|finished) )?"
_ONE = "this|current|present|running|ongoing|last|previous|prior|preceding|prev|past"
# "30 days" alone means the last 30, but "within 3 days" and "2 weeks after" do not.
_NOT_BEFORE = "".join(
    f"(?<!{word} )"
    for word in (
        *("within", "every", "than", "least", "most", "after", "next", "first", "under", "below"),
        *(
            "exceed",
            "exceeds",
            "exceeding",
            "exactly",
            "about",
            "around",
            "top",
            ">",
            "<",
            ">=",
            "<=",
        ),
        *(
            "coming",
            "upcoming",
            "following",
            "takes",
            "take",
            "took",
            "initial",
            "per",
            "same",
            "or",
            "old",
        ),
    )
)
_NOT_AFTER = (
    r"(?! (?:after|before|later|old|or|and up|since|prior|earlier|from|into"
    r"|(?:(?:directly|immediately|right|just|that|which) )*preced(?:ing|ed?|es))(?!\S))"
)

# Behind these a unit is a step, or one of several.
_NO_STEP = "".join(
    f"(?<!{word} )"
    for word in ("per", "by", "each", "every", "which", "what", "a", "an", "one", "best", "on")
)

RELATIVE: tuple[tuple[str, Reader], ...] = (
    (r"(?P<said>todays?|yesterdays?)(?: so far)?", _said),
    (r"(?:the )?day before yesterday", _eve),
    (
        r"(?:the )?week (?:(?:that|which) )?(?:ending|ended|ends)(?: on)?(?: the| last| this)?"
        rf" (?P<weekday>{WEEKDAY})(?! (?:the )?(?:{MONTH}|\d))",
        _week_to,
    ),
    (
        r"(?:the )?(?P<unit>week|month|quarter|year) before (?:the )?last(?: one)?(?! [wmqyd])",
        _before_last,
    ),
    (
        r"(?:the )?(?P<unit>week|month|quarter|year) before this"
        r"(?: (?:one|week|month|quarter|year))?",
        _before_this,
    ),
    (rf"(?P<count>a|an|{NUMBER}) (?P<unit>{_UNIT}) (?:ago|back)", _ago),
    (
        rf"(?:the |these |those |our )?(?P<which>{_LAST}) (?P<count>{NUMBER}) "
        rf"{_FULL}(?P<unit>{_UNIT})",
        _last_n,
    ),
    (rf"(?:the )?(?P<count>{NUMBER}) (?P<which>last|past|previous) (?P<unit>{_UNIT})", _last_n),
    (rf"(?:the )?(?:(?P<which>{_LAST}) )?(?P<count>\d{{1,3}})(?P<unit>{_GLUED})", _last_n),
    (r"[ltp](?P<count>\d{1,3})(?P<unit>d|w|m)", _last_n),
    (r"ttm|ltm|(?:trailing|rolling) year", _year_of_months),
    (
        rf"(?P<weekday>{WEEKDAY}) (?:of |in )?(?:the )?"
        r"(?P<week>last|this|previous|past|current) week",
        _weekday,
    ),
    (
        r"(?P<week>last|this|previous|past|current) week (?:on )?"
        rf"(?P<weekday>{WEEKDAY})(?<!days)(?! (?:to|and|or)(?!\S))",
        _weekday,
    ),
    (rf"(?:the |this )?(?P<which>last|past|previous|this) (?P<weekday>{WEEKDAY})", _weekday),
    (
        rf"(?<=since )(?P<weekday>{WEEKDAY})",
        lambda groups, today: _weekday({**groups, "which": "since"}, today),
    ),
    (r"(?:the |this )?(?P<which>last|past|previous|this) weekend", _weekend),
    (
        r"(?P<last>last|previous|prior) "
        r"(?:(?P<long>year) to date|(?P<short>ytd|qtd|mtd|wtd))",
        _to_date,
    ),
    (
        rf"(?:(?:the|this) )?(?P<long>year|quarter|month|week) to date(?: (?P<year>{YEAR}))?"
        rf"|(?P<short>ytd|qtd|mtd|wtd)(?: (?:of )?(?P<year2>{YEAR}))?",
        lambda groups, today: _to_date(
            {**groups, **({"year": groups["year2"]} if "year2" in groups else {})}, today
        ),
    ),
    (
        rf"(?:the |our |this )?(?P<which>{_ONE}) (?:very )?{_FULL}"
        r"(?P<unit>week|fortnight|month|quarter|year|day(?! of(?!\S)))",
        _unit,
    ),
    (
        rf"(?:the )?{_NO_STEP}(?P<unit>week|month|quarter|year) (?P<behind>last|past|previous)"
        rf"(?! (?:year|month|week|quarter|day|{_UNIT}|half|few|\d+|one|before|to|{MONTH}|q[1-4])"
        r"(?!\S))",
        lambda groups, today: _unit({**groups, "which": "last"}, today),
    ),
    (
        r"(?:the )?(?P<unit>week|month|quarter|year)"
        r" (?:(?:that|which) (?:has |have )?(?:just )?|just )"
        r"(?:ended|finished|closed|passed|gone(?: by)?|completed|concluded|elapsed|went by)",
        lambda groups, today: _unit({**groups, "which": "last"}, today),
    ),
    (
        r"(?:the )?(?:(?:most )?recent|latest) (?P<full>full|completed?|whole|closed|finished) "
        r"(?P<unit>week|month|quarter|year)",
        lambda groups, today: _unit({**groups, "which": "last"}, today),
    ),
    (
        rf"{_NOT_BEFORE}(?P<count>{NUMBER}) (?P<unit>days|weeks|months|quarters|years){_NOT_AFTER}",
        _last_n,
    ),
)
