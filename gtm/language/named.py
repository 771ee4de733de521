"""Stretches that are named by the calendar: a day, a month, a quarter, a half, a year."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from gtm.language.dates import (
    MONTH,
    MONTHS,
    WEEKDAYS,
    DateProblemError,
    Period,
    month_end,
    month_start,
    one_day,
    say_days,
    whole,
)

Groups = dict[str, str]

_ORDINAL_WORDS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth"),
)
ORDINALS = {
    **{word: number for number, word in enumerate(_ORDINAL_WORDS, 1)},
    # "Twenty second" arrives with its number in digits.
    **{f"20 {word}": number for number, word in enumerate(_ORDINAL_WORDS[:9], 21)},
    "thirtieth": 30,
    "30 first": 31,
}
YEAR = r"(?:200[5-9]|20[1-3]\d)"
_WORDED_DAY = "|".join(sorted(ORDINALS, key=len, reverse=True))
# "October first" is a day, "October first half" and "first touch" are not.
_NO_DAY = r"(?! (?:half|week|weekend|quarter|touch|user|visit|session|time|conversion|place|party))"
# "October two years ago" names no day.
_NOT_AGO = r"(?! (?:days?|weeks?|months?|quarters?|years?) (?:ago|back|before|earlier|prior))"
DATE_DAY = rf"(?:{_WORDED_DAY}){_NO_DAY}|\d{{1,2}}(?:st|nd|rd|th)?{_NOT_AGO}"
ORDINAL_DAY = rf"\d{{1,2}}(?:st|nd|rd|th)|{_WORDED_DAY}"
WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_NTH = {
    "one": 1,
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
}
_NTHS = "|".join(name for name in _NTH if name != "one")


@dataclass(frozen=True, slots=True)
class Named:
    """A stretch as it was named: what it is, and how it reads in another year.

    `length` holds the count and unit it was said to have, and `is_before` says that it was called
    previous, which beside another period means the one before that; `ago` holds how long ago it
    was said to be. `month` is what "Oct 25" may mean besides the day. `is_day_first` marks
    "15 October", which may end "1 to 15 October".
    """

    period: Period
    kind: str
    in_year: Callable[[int], Period] | None = None
    length: tuple[int, str] | None = None
    is_before: bool = False
    ago: tuple[int, str] | None = None
    month: Period | None = None
    is_day_first: bool = False


Reader = Callable[[Groups, date], Named]

HALF_MONTH = "half month"


def day_number(text: str) -> int:
    """Return the day of the month that "5", "5th" or "fifth" says."""
    return ORDINALS.get(text) or int(re.sub(r"\D", "", text))


def make_day(year: int, month: int, day: int) -> date:
    """Return a date. Raises DateProblemError when there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        is_month = 1 <= month <= 12
        said = f"{date(2000, month, 1):%B} {day}, {year}" if is_month else f"{year}-{month:02}"
        message = f"{said} is not a date."
        raise DateProblemError(message, "last month", "last 30 days") from None


def _begun_year(month: int, day: int, today: date) -> int:
    """Return the year in which a day of the year came last."""
    return today.year - ((month, day) > (today.month, today.day))


def _iso_day(groups: Groups, _today: date) -> Named:
    year, month, *rest = map(int, groups["iso"].split("-"))
    if rest:
        return Named(one_day(make_day(year, month, rest[0])), "day")
    make_day(year, month, 1)
    return Named(_whole_month(year, month), "month")


def _named_day(groups: Groups, today: date) -> Named:
    month, number = MONTHS[groups["month"]], day_number(groups["day"])
    year = int(groups.get("year") or _begun_year(month, number, today))
    found = make_day(year, month, number)
    if (said := groups.get("weekday")) and WEEKDAYS[said] != found.weekday():
        raise DateProblemError(f"{found:%B} {found.day}, {year} is a {found:%A}.", f"on {found}")
    return Named(
        one_day(found),
        "day",
        None if "year" in groups else lambda year: one_day(make_day(year, month, number)),
        month=None if "dayfirst" in groups else _month_of_short_year(groups, month, today),
        is_day_first="dayfirst" in groups,
    )


def _month_of_short_year(groups: Groups, month: int, today: date) -> Period | None:
    """Return the month that "Oct 25" may mean when 25 is also this year or the last."""
    is_year = groups["day"] in {str(today.year)[-2:], str(today.year - 1)[-2:]}
    is_plain = "year" not in groups and "weekday" not in groups
    return _whole_month(_full_year(groups["day"]), month) if is_year and is_plain else None


def _day_of_month(groups: Groups, today: date) -> Named:
    """Read "the 15th" as the last one that has come."""
    number = day_number(groups["day"])
    start = month_start(today, 0 if number <= today.day else -1)
    return Named(one_day(make_day(start.year, start.month, number)), "day")


def _end_day(groups: Groups, today: date) -> Named:
    """Read "the last day of October"."""
    month = MONTHS[groups["month"]]
    year = int(groups.get("year") or today.year - (month > today.month))
    start = date(year, month, 1)
    return Named(one_day(start if groups["which"] == "first" else month_end(start)), "day")


def _whole_month(year: int, month: int) -> Period:
    start = date(year, month, 1)
    return whole(start, "month", f"{start:%B} {year}")


def _month(groups: Groups, today: date) -> Named:
    month = MONTHS[groups["month"]]
    if "year" in groups:
        return Named(_whole_month(int(groups["year"]), month), "month")
    year = today.year - (month > today.month)
    if groups.get("which") in {"last", "past", "previous"} and month == today.month:
        year -= 1
    if groups.get("which") == "this":
        year = today.year
    # "Last March" and "this March" already say which one.
    read = None if "which" in groups else lambda year: _whole_month(year, month)
    return Named(_whole_month(year, month), "month", read)


def whole_quarter(year: int, quarter: int) -> Period:
    """Return a quarter of a year."""
    return whole(date(year, 3 * quarter - 2, 1), "quarter", f"Q{quarter} {year}")


def _quarter(groups: Groups, today: date) -> Named:
    said = groups["quarter"]
    quarter = 4 if said in {"last", "final"} else _NTH.get(said) or int(said)
    if (said_year := groups.get("year")) is not None:
        return Named(whole_quarter(_full_year(said_year), quarter), "quarter")
    year = today.year - (date(today.year, 3 * quarter - 2, 1) > today)
    if groups.get("which") in {"last", "past", "previous"}:
        year -= whole_quarter(year, quarter).end >= today
        return Named(whole_quarter(year, quarter), "quarter")
    return Named(whole_quarter(year, quarter), "quarter", lambda year: whole_quarter(year, quarter))


def half_of_month(day: date, half: int) -> Period:
    """Return the first fifteen days of a month, or the others."""
    start, end = (1, 15) if half == 1 else (16, month_end(day).day)
    first, last = day.replace(day=start), day.replace(day=end)
    return Period(first, last, say_days(first, last), unit=HALF_MONTH)


def whole_half(year: int, half: int) -> Period:
    """Return a half of a year."""
    name = "first" if half == 1 else "second"
    return whole(date(year, 6 * half - 5, 1), "half", f"{name} half of {year}")


def _half(groups: Groups, today: date) -> Named:
    said = groups["half"]
    half = 2 if said in {"last", "latter"} else _NTH.get(said) or int(said)
    if (said_year := groups.get("year")) is not None:
        return Named(whole_half(_full_year(said_year), half), "half")
    year = today.year - (half == 2 and today.month < 7)
    return Named(whole_half(year, half), "half", lambda year: whole_half(year, half))


def _full_year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _year(groups: Groups, _today: date) -> Named:
    year = _full_year(groups["year"])
    return Named(Period(date(year, 1, 1), date(year, 12, 31), str(year), unit="year"), "year")


def _short_year(groups: Groups, today: date) -> Named:
    """Read "CY25", and "twenty twenty five", whose numbers arrive in digits."""
    return _year({"year": groups.get("year") or groups["year2"]}, today)


_OF_YEAR = rf"(?: (?:of |in )?(?P<year>{YEAR}))?"
# "Q3 26 vs Q3 25", but not "Q3 20 pages".
_AND_SO_ON = (
    r"(?=$|\n| (?:vs|versus|against|and|to|or|compared|than|by|per|with|until|till|split)(?!\S))"
)
_WEEKDAY_BEFORE = rf"(?:(?P<weekday>{WEEKDAY}) (?:the )?)?"
# "Per event and month, August to October" is split by month.
_MONTH_SAID = (
    rf"(?:the )?(?:(?<!and )(?<!per )(?<!by )month (?:of )?)?(?P<month>{MONTH})"
    r"(?: month(?! (?:by|on|over|to|after) month(?!\S)))?"
)
_WHICH = r"(?P<which>last|past|previous|this)(?: past)?"

# Each way of naming one, the more specific first.
ABSOLUTE: tuple[tuple[str, Reader], ...] = (
    (r"(?P<iso>\d{4}-\d{1,2}(?:-\d{1,2})?)", _iso_day),
    (rf"(?:the )?(?P<which>first|last) day of {_MONTH_SAID}{_OF_YEAR}", _end_day),
    (
        rf"{_WEEKDAY_BEFORE}(?P<month>{MONTH}) (?:the )?(?P<day>{DATE_DAY})"
        rf"(?: (?:of )?(?P<year>{YEAR}))?(?! %)",
        _named_day,
    ),
    (
        rf"{_WEEKDAY_BEFORE}(?:the )?(?P<dayfirst>(?P<day>{DATE_DAY}) (?:day )?(?:of )?"
        rf"(?P<month>{MONTH}))(?: (?:of )?(?P<year>{YEAR}))?",
        _named_day,
    ),
    (rf"{_WHICH} (?P<month>{MONTH})", _month),
    (rf"{_MONTH_SAID}{_OF_YEAR}", _month),
    (
        rf"(?<=on the )(?P<day>{ORDINAL_DAY})(?: of (?:the|this) month)?"
        rf"|(?<=since the )(?P<day2>{ORDINAL_DAY})(?: of (?:the|this) month)?",
        lambda groups, today: _day_of_month({"day": groups.get("day") or groups["day2"]}, today),
    ),
    (rf"{_WHICH} q ?(?P<quarter>[1-4])", _quarter),
    (rf"q ?(?P<quarter>[1-4]) (?P<year>2[0-9]){_AND_SO_ON}", _quarter),
    (rf"(?:calendar )?q ?(?P<quarter>[1-4]){_OF_YEAR}", _quarter),
    (rf"(?P<year>{YEAR}) ?q(?P<quarter>[1-4])", _quarter),
    (rf"(?P<quarter>[1-4])q ?(?P<year>{YEAR}|[12]\d)?", _quarter),
    (rf"(?:the )?quarter (?P<quarter>[1-4]|one){_OF_YEAR}", _quarter),
    (rf"(?:the )?(?P<quarter>{_NTHS}) (?:calendar )?quarter{_OF_YEAR}", _quarter),
    (rf"(?:the )?(?P<quarter>last|final) quarter (?:of|in) (?P<year>{YEAR})", _quarter),
    (rf"h ?(?P<half>[12]) (?P<year>2[0-9]){_AND_SO_ON}", _half),
    (rf"(?:calendar )?h ?(?P<half>[12]){_OF_YEAR}", _half),
    (rf"(?P<year>{YEAR}) ?h(?P<half>[12])", _half),
    (rf"(?P<half>[12])h ?(?P<year>{YEAR}|[12]\d)?", _half),
    (
        rf"(?:the )?(?P<half>first|second|1st|2nd|last|latter) half (?:of )?(?P<year>{YEAR})",
        _half,
    ),
    (r"(?:the )?(?P<half>first|second|1st|2nd) half (?:of )?(?:the |this )year", _half),
    (
        rf"(?:the )?(?:calendar )?(?:year )?(?P<year>{YEAR})"
        r"(?: (?:(?:full|whole|complete|calendar) year|in full|as a whole))?(?! %)",
        _year,
    ),
    (r"cy ?(?P<year>20[0-3]\d|[12]\d)|20 (?P<year2>2\d)", _short_year),
)
