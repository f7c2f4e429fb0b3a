"""Publication times: the instant, its text, its precision, and where it was read.

Nothing is guessed: a text without a year gives no time unless the caller knows a day on which it existed, an ambiguous
`03/04/2024` gives none, and a time without a zone is in the zone of the source.
"""

import email.utils
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Precision(StrEnum):
    """The finest unit of the publication time that the page states."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class DateBasis(StrEnum):
    """What the publication time was read from."""

    JSONLD = "jsonld"
    META = "meta"
    TIME_ELEMENT = "time_element"
    VISIBLE_TEXT = "visible_text"
    VISIBLE_TEXT_YEAR_FROM_CAPTURE = "visible_text+capture_year"
    VISIBLE_TEXT_YEAR_FROM_HEADER = "visible_text+header_year"
    URL = "url"


# Older pages are digitised print; a later year is a typo.
MIN_YEAR, MAX_YEAR = 1980, 2100
# Baker Island and Kiribati: no zone is further from UTC.
MAX_BEHIND, MAX_AHEAD = timedelta(hours=12), timedelta(hours=14)

# Month names as news pages spell them, full and short. A word that two languages share means the same month in both.
_MONTHS = """
1: january jan janvier janv januar jän jänner enero ene gennaio gen janeiro januari stycznia tammikuuta ocak
2: february feb février fevrier févr februar febr febrero febbraio fevereiro fev februari lutego şubat
3: march mar mars märz maerz mär mrz marzo março maart marca mart
4: april apr avril avr abril abr aprile kwietnia nisan
5: may mai mayo maggio mag maio mei maj maja mayıs
6: june jun juin juni junio giugno giu junho czerwca haziran
7: july jul juillet juil juli julio luglio lug julho lipca temmuz
8: august aug août aout agosto ago augustus augusti sierpnia ağustos
9: september sep sept septembre septiembre settembre set setembro września eylül
10: october oct octobre oktober okt octubre ottobre ott outubro października ekim
11: november nov novembre noviembre novembro listopada kasım
12: december dec décembre déc dezember dez diciembre dic dicembre dezembro grudnia aralık
"""


def _letters(word: str) -> str:
    """The word with those letters unified that `re.IGNORECASE` does not tell apart: `ı`, `İ` and `i`, `ſ` and `s`."""
    return word.casefold().replace("\u0307", "").replace("ı", "i")


MONTHS = {
    _letters(word): int(number)
    for number, words in (line.split(":") for line in _MONTHS.strip().splitlines())
    for word in words.split()
}

# Abbreviations with one meaning on news pages. IST, CST and AST have several and are left out.
_ZONES = {"UTC": 0, "GMT": 0, "Z": 0, "BST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "MSK": 3, "JST": 9, "KST": 9}
_ZONES |= {"EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}

_TIME = re.compile(
    r"(?<![\d.:])(?P<hour>[01]?\d|2[0-3]|24(?=.00))(?::|\.|h| ?[時시] ?)(?P<minute>[0-5]\d)"
    r"(?::(?P<second>[0-5]\d))?(?!\d)(?: ?(?P<half>[ap])\.?m\b\.?)?(?: ?(?:Uhr|[分분]))?",
    re.IGNORECASE,
)
# Without `UTC`, a number after a dash is an offset only if it is written in full: `14:50 - 15 May`.
_OFFSET = re.compile(
    r"(?:(?:UTC|GMT) ?(?=[+\u2212-]\d{1,2}(?!\d))|(?:UTC|GMT)? ?(?=[+\u2212-]\d{2}:?\d{2}\b))"
    r"(?P<sign>[+\u2212-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?\b"
)
_ZONE = re.compile(r"\b(" + "|".join(_ZONES) + r")\b")
_YMD = re.compile(r"\b(?P<year>\d{4}) ?[-./年년] ?(?P<month>\d{1,2}) ?[-./月월] ?(?P<day>\d{1,2})(?!\d)")
_DMY = re.compile(r"\b(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4})\b")
_NAMES = "|".join(sorted(re.findall(r"[^\W\d]+", _MONTHS), key=len, reverse=True))
_CLOCK = r"(?:[:.]| ?[h時시] ?)\d{2}(?!\d)"  # after a month: in `5 May 10:30` the hour is not a day
_MONTH_FIRST = re.compile(
    rf"\b(?P<name>{_NAMES})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!{_CLOCK})(?:,? (?P<year>\d{{4}})\b)?", re.I
)
_DAY_FIRST = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|º)?(?: de)? ?(?P<name>{_NAMES})\b\.?(?:,? (?:de )?(?P<year>\d{{4}})\b)?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A publication time. `at` is None if the text of the page is not a complete date."""

    at: datetime | None
    raw: str
    precision: Precision | None
    basis: DateBasis | None


def from_machine(text: str, basis: DateBasis, zone: str) -> Stamp | None:
    """A time in a machine format: ISO 8601, RFC 5322, or seconds since the epoch; None for anything else.

    `basis` says where it was read; `zone` is the IANA zone of a time without one.
    """
    text = text.strip()
    found = _iso(text) or _epoch(text) or _rfc(text)
    if found is None or not MIN_YEAR <= found.year <= MAX_YEAR:
        return None
    precision = _machine_precision(text)
    if precision is Precision.DAY:
        return Stamp(found.replace(tzinfo=UTC), text, precision, basis)
    return Stamp(in_utc(found, zone), text, precision, basis)


def from_visible(
    text: str, zone: str, *, not_after: date | None = None, basis: DateBasis = DateBasis.VISIBLE_TEXT
) -> Stamp:
    """A time as a page shows it to readers, e.g. `May 10, 14:50 UTC+3`.

    A date without a time of day is midnight UTC of that day, so that the partition is the day that the page states.
    A missing year becomes the latest that is `not_after` a day on which the text existed. Without that, the stamp of a
    text without a year holds only the text.
    """
    day = _calendar_day(text, not_after)
    if day is None:
        return Stamp(None, text, None, None)
    clock = _time_of_day(text, day)
    try:
        at = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the zone is applied below
    except ValueError:  # 30 February
        return Stamp(None, text, None, None)
    if clock is None:
        return Stamp(at.replace(tzinfo=UTC), text, Precision.DAY, basis)
    at += timedelta(hours=_hour(clock), minutes=int(clock["minute"]), seconds=int(clock["second"] or 0))
    precision = Precision.SECOND if clock["second"] else Precision.MINUTE
    return Stamp(in_utc(_with_offset(at, text[clock.end() :]), zone), text, precision, basis)


def in_utc(at: datetime, zone: str) -> datetime:
    """The time in UTC; one without a zone is in `zone`, and in a DST overlap the first of the two (PEP 495)."""
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


class _Day(NamedTuple):
    year: int
    month: int
    day: int
    start: int  # where it stands in the text
    end: int


def _calendar_day(text: str, not_after: date | None) -> _Day | None:
    """The first complete day; else the first whose year `not_after` can supply (`mar. 3 mai`: Tuesday)."""
    without_year = []
    for pattern in (_YMD, _DMY, _MONTH_FIRST, _DAY_FIRST):  # numbers first: they are found faster than names
        match = pattern.search(text)
        if match and not match["year"]:
            without_year.append(match)
        elif match and (day := _day(match, not_after)):
            return day
    return next(filter(None, (_day(match, not_after) for match in without_year)), None)


def _day(match: re.Match[str], not_after: date | None) -> _Day | None:
    groups = match.groupdict()
    month = MONTHS[_letters(groups["name"])] if "name" in groups else int(groups["month"])
    stated = int(groups["year"]) if groups["year"] else _latest_year(month, int(groups["day"]), not_after)
    if stated is None or not MIN_YEAR <= stated <= MAX_YEAR:
        return None
    return _Day(stated, month, int(groups["day"]), match.start(), match.end())


def _latest_year(month: int, day: int, not_after: date | None) -> int | None:
    """The last year in which that day is not after `not_after`, with a day of grace for zones ahead of UTC."""
    if not_after is None:
        return None
    limit = not_after + timedelta(days=1)
    return limit.year if (month, day) <= (limit.month, limit.day) else limit.year - 1


def _time_of_day(text: str, day: _Day) -> re.Match[str] | None:
    """The time after a day, unless another number (of another date) comes first; else the last one before it."""
    after = _TIME.search(text, day.end)
    if after and not re.search(r"\d", text[day.end : after.start()]):
        return after
    return max(_TIME.finditer(text[: day.start]), key=re.Match.start, default=None)


def _hour(clock: re.Match[str]) -> int:
    hour = int(clock["hour"])
    return hour % 12 + (12 if clock["half"].lower() == "p" else 0) if clock["half"] else hour


def _with_offset(at: datetime, rest: str) -> datetime:
    offset = _OFFSET.match(rest.strip())
    if offset:
        zone = _offset(offset["sign"], offset["hours"], offset["minutes"])
        return at.replace(tzinfo=zone) if zone else at
    named = _ZONE.match(rest.strip())
    return at.replace(tzinfo=timezone(timedelta(hours=_ZONES[named[1]]))) if named else at


def _offset(sign: str, hours: str, minutes: str | None) -> timezone | None:
    """The zone of an offset; None for one that exists nowhere (`10:30-16:00` is a time span)."""
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0)) * (1 if sign == "+" else -1)
    return timezone(offset) if -MAX_BEHIND <= offset <= MAX_AHEAD else None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _lenient_iso(text)


# Refused by `fromisoformat`, but found on pages: one-digit fields, 24:00, leap seconds, named zones, `+0000 UTC`.
_LENIENT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ]+([01]?\d|2[0-3]|24(?=:00(?::00)?(?!:?\d))):([0-5]\d)(?::([0-5]\d|60)(?:[.,]\d+)?)?)?"
    r" ?(?:([+-])(\d{2}):?(\d{2})(?: UTC| GMT)?|([A-Z]{1,4}))?$"
)


def _lenient_iso(text: str) -> datetime | None:
    match = _LENIENT.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, sign, hours, minutes, name = match.groups()
    if name and name not in _ZONES:  # AM and PM too
        return None
    try:
        at = datetime(int(year), int(month), int(day))  # noqa: DTZ001 - the zone is applied below
        at += timedelta(hours=int(hour or 0), minutes=int(minute or 0), seconds=int(second or 0))
    except (ValueError, OverflowError):
        return None
    if name:
        return at.replace(tzinfo=timezone(timedelta(hours=_ZONES[name])))
    if not sign:
        return at
    zone = _offset(sign, hours, minutes)
    return at.replace(tzinfo=zone) if zone else None


def _epoch(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{10}|\d{13}", text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


# RFC 5322, 3.3, with its obsolete zones. The library reads and guesses much more: `10 May 24` would be midnight, `07:47
# PM EST` a time in the morning.
_RFC_5322 = re.compile(
    r"(?:[A-Za-z]{3,9},? )?\d{1,2}[ -][A-Za-z]{3}[ -]\d{4} \d{1,2}:\d{2}(?::\d{2})?(?: ([+-]\d{4}|[A-Z]+))?"
)
# `Date.toString()` of JavaScript (`Wed Nov 20 2019 08:00:58 GMT+0000 …`) and of Java (`Fri Apr 28 19:20:36 CEST 2023`).
_TO_STRING = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>\d{2}) (?:(?P<javascript>\d{4}) )?(?P<time>\d{2}:\d{2}:\d{2})"
    r" (?:GMT(?=[+-]))?(?P<zone>[+-]\d{4}|[A-Z]+)(?: (?P<java>\d{4})| \(.*\))?"
)


def _rfc(text: str) -> datetime | None:
    found = _TO_STRING.fullmatch(text)
    if found:
        year = found["javascript"] or found["java"]
        text = f"{found['day']} {found['month']} {year} {found['time']} {found['zone']}"
    match = _RFC_5322.fullmatch(text)
    if match is None or (match[1] and match[1].isalpha() and match[1] not in _ZONES):
        return None
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo or not match[1]:
        return at
    return at.replace(tzinfo=timezone(timedelta(hours=_ZONES.get(match[1], 0))))  # -0000 is UTC: RFC 5322, 3.3


_HAS_TIME = re.compile(r"\d[T ]+\d|\d{9}")
_FINAL_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}$")
_PART_OF_TIME = re.compile(r":\d{2}")


def _machine_precision(text: str) -> Precision:
    if not _HAS_TIME.search(text):
        return Precision.DAY
    parts = _PART_OF_TIME.findall(_FINAL_OFFSET.sub("", text))
    return Precision.MINUTE if len(parts) == 1 else Precision.SECOND
