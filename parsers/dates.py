"""Publication times: the instant, the text it was read from, how fine it is, and what it was read from.

Nothing is guessed: a text without a year gives no time unless the caller knows a day on which it existed, an ambiguous
`03/04/2024` gives none at all, and a time without a zone is taken in the zone of the source.
"""

import email.utils
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from parsers.article import DateBasis, Precision

# Pages older than the web are digitised print, whose capture would not be a news page; later than this is a typo.
MIN_YEAR, MAX_YEAR = 1980, 2100

# Month names as news pages spell them, full and short. Where two languages share a word it means the same month.
_MONTHS = """
1: january jan janvier janv januar jän jänner enero ene gennaio gen janeiro januari stycznia tammikuuta ocak
2: february feb février fevrier févr februar febr febrero febbraio fevereiro fev februari lutego şubat
3: march mars märz maerz mär mrz marzo março maart marca mart
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
MONTHS = {
    word: int(number)
    for number, words in (line.split(":") for line in _MONTHS.strip().splitlines())
    for word in words.split()
}

# Abbreviations with one meaning on news pages. IST, CST and AST have several and are left out on purpose.
_ZONES = {"UTC": 0, "GMT": 0, "Z": 0, "BST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "MSK": 3, "JST": 9, "KST": 9}
_ZONES |= {"EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}

_TIME = re.compile(
    r"(?<![\d.:])(?P<hour>[01]?\d|2[0-4])(?::|\.|h| ?[時시] ?)(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
    r"(?: ?(?P<half>[ap])\.?m\b)?(?: ?(?:Uhr|[分분]))?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:UTC|GMT)? ?(?P<sign>[+\u2212-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?\b")
_ZONE = re.compile(r"\b(" + "|".join(_ZONES) + r")\b")
_YMD = re.compile(r"\b(?P<year>\d{4}) ?[-./年년] ?(?P<month>\d{1,2}) ?[-./月월] ?(?P<day>\d{1,2})(?!\d)")
_DMY = re.compile(r"\b(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4})\b")
_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH_FIRST = re.compile(
    rf"\b(?P<name>{_NAMES})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>\d{{4}})\b)?", re.I
)
_DAY_FIRST = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|º)?(?: de)? ?(?P<name>{_NAMES})\b\.?(?:,? (?:de )?(?P<year>\d{{4}})\b)?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A publication time. `at` is None where the page gives a text that is no complete date."""

    at: datetime | None
    raw: str
    precision: Precision | None
    basis: DateBasis | None


def from_machine(text: str, basis: DateBasis, zone: str) -> Stamp | None:
    """A time in a machine format: ISO 8601, RFC 5322, or seconds since the epoch. None if it is none of them.

    Args:
        text: value of JSON-LD `datePublished`, a meta element or a `datetime` attribute.
        basis: where it was read.
        zone: IANA name of the zone that a time without one is in.
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
    """A time as a page shows it to readers, in any of the spellings of `MONTHS` or in figures.

    A date without a time of day has day precision and stands for midnight UTC of the stated day, so that the partition
    is the day that the page states. A text without a year gets the latest one that doesn't put it after `not_after`;
    without that either, the stamp holds only the text.

    Args:
        text: what the page shows, e.g. `May 10, 14:50 UTC+3`; kept as `raw`.
        zone: IANA name of the zone that a time without one is in.
        not_after: day on which the text existed already; supplies the year where the text gives none.
        basis: what to record as the origin of a complete date.
    """
    day = _calendar_day(text, not_after)
    if day is None:
        return Stamp(None, text, None, None)
    clock = _TIME.search(text, day.end) or _TIME.search(text[: day.start])
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
    """The time in UTC; one without zone is taken in `zone`, in a DST overlap as the first of the two (PEP 495)."""
    return (at if at.tzinfo else at.replace(tzinfo=_zone(zone))).astimezone(UTC)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@dataclass(frozen=True, slots=True)
class _Day:
    year: int
    month: int
    day: int
    start: int
    end: int


def _calendar_day(text: str, not_after: date | None) -> _Day | None:
    for pattern in (_YMD, _DMY, _MONTH_FIRST, _DAY_FIRST):
        match = pattern.search(text)
        if match is None:
            continue
        groups = match.groupdict()
        month = MONTHS[groups["name"].lower()] if "name" in groups else int(groups["month"])
        stated = int(groups["year"]) if groups["year"] else _latest_year(month, int(groups["day"]), not_after)
        if stated is not None and MIN_YEAR <= stated <= MAX_YEAR:
            return _Day(stated, month, int(groups["day"]), match.start(), match.end())
    return None


def _latest_year(month: int, day: int, not_after: date | None) -> int | None:
    """The last year in which that day lies no later than `not_after`, with a day of grace for zones ahead of UTC."""
    if not_after is None:
        return None
    limit = not_after + timedelta(days=1)
    return limit.year if (month, day) <= (limit.month, limit.day) else limit.year - 1


def _hour(clock: re.Match[str]) -> int:
    hour = int(clock["hour"])
    return hour % 12 + (12 if clock["half"].lower() == "p" else 0) if clock["half"] else hour


def _with_offset(at: datetime, rest: str) -> datetime:
    offset = _OFFSET.match(rest.strip())
    if offset:
        minutes = 60 * int(offset["hours"]) + int(offset["minutes"] or 0)
        sign = 1 if offset["sign"] == "+" else -1
        return at.replace(tzinfo=timezone(sign * timedelta(minutes=minutes))) if minutes < 24 * 60 else at
    named = _ZONE.match(rest.strip())
    return at.replace(tzinfo=timezone(timedelta(hours=_ZONES[named[1]]))) if named else at


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _lenient_iso(text)


# What `fromisoformat` refuses and pages have: one-digit fields, 24:00, a leap second, `+0000 UTC`, spaces before zones.
_LENIENT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
    r" ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?: [A-Z]+)?$"
)


def _lenient_iso(text: str) -> datetime | None:
    match = _LENIENT.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        at = datetime(int(year), int(month), int(day))  # noqa: DTZ001 - the zone is applied below
        at += timedelta(hours=int(hour or 0), minutes=int(minute or 0), seconds=int(second or 0))
    except (ValueError, OverflowError):
        return None
    if zone is None:
        return at
    return at.replace(tzinfo=UTC) if zone.isalpha() else datetime.fromisoformat(f"{at.isoformat()}{zone}")


def _epoch(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{10}|\d{13}", text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _rfc(text: str) -> datetime | None:
    try:
        return email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None


def _machine_precision(text: str) -> Precision:
    if re.fullmatch(r"\d{4}-?\d{1,2}-?\d{1,2}", text):
        return Precision.DAY
    return (
        Precision.MINUTE
        if len(re.findall(r":\d{2}", re.sub(r"[+-]\d{2}:?\d{2}$", "", text))) == 1
        else Precision.SECOND
    )
