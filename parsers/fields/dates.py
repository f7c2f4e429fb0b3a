"""Publication times: the instant, its text, its precision, and where it was read.

Nothing is guessed: a text without a year gives no time unless the caller knows a day on which it existed, an ambiguous
`03/04/2024` gives none, and a time without a zone is in the zone of the source.
"""

import email.utils
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from parsers.fields.calendars import gregorian
from parsers.fields.months import NAME, month_of
from parsers.fields.words import pattern
from parsers.fields.zones import UnknownZoneError, iana_zone, named_zone, offset_zone, zone_after


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
MONTHS = 12
# `10:30`, `10h30`, `10.30 Uhr`, `오후 2시 5분`, `9 p.m.`; a number alone is no time.
_TIME = re.compile(
    r"(?P<part>오전|오후|午前|午後|上午|下午|晚上)?\s?(?<![\d.:])(?P<hour>[01]?\d|2[0-3]|24(?=.00))"
    r"(?:(?::|\.| ?[h時时시点點] ?)(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?!\d)"
    r"|(?= ?(?:[ap]\.? ?m\b|Uhr\b|[時时시点點])))"
    r"(?: ?(?P<half>[ap]\.? ?m\b|[πμ]\.? ?μ\b|[صم](?!\w))\.?)?(?: ?(?:Uhr|[分분時时시点點]))?",
    re.IGNORECASE,
)
_PM = ("p", "μ", "م", "오후", "午後", "下午", "晚上")
_YMD = re.compile(r"(?<!\d)(?P<year>\d{4}) ?[-./年년] ?(?P<month>\d{1,2}) ?[-./月월] ?(?P<day>\d{1,2})(?!\d)")
_DMY = re.compile(r"\b(?P<day>\d{1,2})(?:\. ?|/|-)(?P<month>\d{1,2})(?:\. ?|/|-)(?P<year>\d{4})\b")
_VIETNAMESE = re.compile(r"\b(?P<day>\d{1,2}) (?:tháng|thg) (?P<month>\d{1,2})(?:,? (?:năm )?(?P<year>\d{4})\b)?", re.I)
_CLOCK = r"(?:[:.]| ?[h時时시] ?)\d{2}(?!\d)"  # after a month: in `5 May 10:30` the hour is not a day
_MONTH_FIRST = re.compile(
    rf"(?<!\w)(?P<name>{NAME}) (?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?(?!\w)(?!{_CLOCK})(?:,? (?P<year>\d{{4}})\b)?", re.I
)
_DAY_FIRST = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|ère|\.|º|ª|-?(?:an|ga|го))?"
    rf"(?: (?:d[ei]|of)(?= ))?[ /-]?(?P<name>{NAME})"
    r"(?: ?/ ?[^\W\d]+)?(?:(?:,? (?:del? )?|[/-])(?P<year>\d{4})(?!\d))?",
    re.I,
)
# Hungarian, Lithuanian and Latvian: `2024. május 5.`, `2024 m. gegužės 5 d.`, `2024. gada 5. maijs`.
_YEAR_FIRST = re.compile(
    rf"(?<!\d)(?P<year>\d{{4}})(?:\.|,| m\.)? (?P<name>{NAME}) (?P<day>\d{{1,2}})(?!\d)(?!{_CLOCK})", re.I
)
_YEAR_AND_DAY_FIRST = re.compile(rf"(?<!\d)(?P<year>\d{{4}})\. gada (?P<day>\d{{1,2}})\.? (?P<name>{NAME})", re.I)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A publication time. `at` is None if the text of the page is not a complete date."""

    at: datetime | None
    raw: str
    precision: Precision | None
    basis: DateBasis | None


def from_machine(text: str, basis: DateBasis, zone: str) -> Stamp | None:
    """A time as ISO 8601, RFC 5322 or seconds since the epoch, in the IANA `zone` if it states none."""
    text = text.strip()
    try:
        found = _epoch(text) or _iso(text, zone) or _rfc(text, zone)
    except UnknownZoneError:
        return None
    if found is None or not MIN_YEAR <= found.year <= MAX_YEAR:
        return None
    precision = _machine_precision(_IN_BRACKETS.sub("", text))
    if precision is Precision.DAY:
        return Stamp(found.replace(tzinfo=UTC), text, precision, basis)
    return Stamp(in_utc(found, zone), text, precision, basis)


def from_visible(
    text: str, zone: str, *, not_after: date | None = None, basis: DateBasis = DateBasis.VISIBLE_TEXT
) -> Stamp:
    """A time as a page shows it to readers, e.g. `May 10, 14:50 UTC+3`.

    A date without a time of day is midnight UTC of that day, so that the partition is the day that the page states; so
    is one whose time is in a zone that is unknown or has several meanings (`IST`).
    A missing year becomes the latest that is `not_after` a day on which the text existed. Without that, the stamp of a
    text without a year holds only the text.
    """
    shown = gregorian(text, zone)
    day = _calendar_day(shown, not_after, zone)
    if day is None:
        return Stamp(None, text, None, None)
    clock = _time_of_day(shown, day)
    try:
        at = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the zone is applied below
    except ValueError:  # 30 February
        return Stamp(None, text, None, None)
    whole_day = Stamp(at.replace(tzinfo=UTC), text, Precision.DAY, basis)
    if clock is None:
        return whole_day
    at += timedelta(hours=_hour(clock), minutes=int(clock["minute"] or 0), seconds=int(clock["second"] or 0))
    precision = Precision.SECOND if clock["second"] else Precision.MINUTE
    try:
        at = at.replace(tzinfo=zone_after(shown[clock.end() :], at, zone))
    except UnknownZoneError:  # all that is known is the day
        return whole_day
    return Stamp(in_utc(at, zone), text, precision, basis)


def in_utc(at: datetime, zone: str) -> datetime:
    """The time in UTC; one without a zone is in `zone`, and in a DST overlap the first of the two (PEP 495)."""
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


class _Day(NamedTuple):
    year: int
    month: int
    day: int
    start: int  # where it stands in the text
    end: int


CHANGED = re.compile(pattern("times", "changed"), re.I)
# Numbers first: they are found faster than names.
_DAYS = (_YMD, _DMY, _VIETNAMESE, _YEAR_FIRST, _YEAR_AND_DAY_FIRST, _MONTH_FIRST, _DAY_FIRST)


def _calendar_day(text: str, not_after: date | None, zone: str) -> _Day | None:
    """The first complete day, but that of a change last; else the first whose year `not_after` can supply.

    A short name of a weekday may be that of a month: `mar. 3 mai`.
    """
    without_year, changed = [], []
    for form in _DAYS:
        end = 0  # of the day before
        for match in form.finditer(text):
            day = _day(match, not_after, zone)
            if day and match["year"]:
                if not CHANGED.search(text, end, match.start()):
                    return day
                changed.append(day)
                end = match.end()
            elif day:
                without_year.append(day)
    return next(iter((*changed, *without_year)), None)


def _day(match: re.Match[str], not_after: date | None, zone: str) -> _Day | None:
    groups = match.groupdict()
    month = month_of(groups["name"], zone) if "name" in groups else int(groups["month"])
    number = int(groups["day"])
    if not month or (match.re is _DMY and _is_ambiguous(match[0], month, number)):
        return None
    if match.re is _DMY and month > MONTHS:  # `5/13/2024`
        month, number = number, month
    stated = int(groups["year"]) if groups["year"] else _latest_year(month, number, not_after)
    if stated is None or not MIN_YEAR <= stated <= MAX_YEAR:
        return None
    return _Day(stated, month, number, match.start(), match.end())


def _is_ambiguous(shown: str, month: int, day: int) -> bool:
    """Whether day and month may be the other way round: `03/04/2024`. With full stops the day comes first."""
    return "." not in shown and month != day and month <= MONTHS and day <= MONTHS


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
    hour, half = int(clock["hour"]), (clock["half"] or clock["part"] or "").lower()
    return hour % 12 + (12 if half.startswith(_PM) else 0) if half and hour <= 12 else hour  # noqa: PLR2004


# A zone by its IANA name at the end, as Java writes it, after an offset or in place of one.
_IN_BRACKETS = re.compile(r" ?\[([A-Z][\w+/-]*)\]$")


def _iso(text: str, zone: str) -> datetime | None:
    named = _IN_BRACKETS.search(text)
    if named:
        at, within = _iso(text[: named.start()], zone), iana_zone(named[1])
        return at if at is None or at.tzinfo else at.replace(tzinfo=within) if within else None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _lenient_iso(text, zone)


# Refused by `fromisoformat`, but found on pages: one-digit fields, 24:00, leap seconds, named zones, `+0000 UTC`.
_LENIENT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ]+([01]?\d|2[0-3]|24(?=:00(?::00)?(?!:?\d))):([0-5]\d)(?::([0-5]\d|60)(?:[.,]\d+)?)?)?"
    r" ?(?:([+-])(\d{2}):?(\d{2})(?: UTC| GMT)?|([A-Z]{1,4}))?$"
)


def _lenient_iso(text: str, zone: str) -> datetime | None:
    match = _LENIENT.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, sign, hours, minutes, name = match.groups()
    try:
        at = datetime(int(year), int(month), int(day))  # noqa: DTZ001 - the zone is applied below
        at += timedelta(hours=int(hour or 0), minutes=int(minute or 0), seconds=int(second or 0))
    except (ValueError, OverflowError):
        return None
    if not sign and not name:
        return at
    within = offset_zone(sign, hours, minutes) if sign else named_zone(name, at, zone)
    return at.replace(tzinfo=within) if within else None  # AM and PM are no zones


# Seconds or milliseconds, bare or as ASP.NET writes them: `/Date(1718111700000)/`.
_EPOCH = re.compile(r"(?:/Date\()?(\d{10})(?:\d{3})?(?:\)/)?")


def _epoch(text: str) -> datetime | None:
    match = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


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


def _rfc(text: str, zone: str) -> datetime | None:
    found = _TO_STRING.fullmatch(text)
    if found:
        year = found["javascript"] or found["java"]
        text = f"{found['day']} {found['month']} {year} {found['time']} {found['zone']}"
    match = _RFC_5322.fullmatch(text)
    if match is None:
        return None
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    name = match[1]
    if not name or not name.isalpha():
        return at if at.tzinfo or not name else at.replace(tzinfo=UTC)  # -0000 is UTC: RFC 5322, 3.3
    at = at.replace(tzinfo=None)
    within = named_zone(name, at, zone)
    return at.replace(tzinfo=within) if within else None


_HAS_TIME = re.compile(r"\d[T ]+\d|\d{9}")
_FINAL_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}$")
_PART_OF_TIME = re.compile(r":\d{2}")


def _machine_precision(text: str) -> Precision:
    if not _HAS_TIME.search(text):
        return Precision.DAY
    parts = _PART_OF_TIME.findall(_FINAL_OFFSET.sub("", text))
    return Precision.MINUTE if len(parts) == 1 else Precision.SECOND
