"""Publication times: the instant, its text, its precision, and where it was read. Nothing is guessed.

A text without a year needs a day on which it existed; `03/04/2024` gives none; a time without zone is in the source's.
"""

import email.utils
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from parsers.fields.words import by_word, pattern
from parsers.fields.zones import UnknownZoneError, iana_zone, named_zone, offset_zone, zone_after

# A word in the place of a month. Combining marks are no letters to `\w`; two words are months of the Levant.
NAME = r"(?:(?:كانون|تشرين) [^\s\d,]+|[^\W\d_][^\s\d,;/()\[\]|–—-]{1,20})"


_NUMBERS = {name.replace("_", " "): int(number) for name, number in by_word("months").items()}
_CROATIAN = {"listopad": 10, "listopada": 10, "lis": 10, "lip": 6, "srp": 7}
_CROATIAN_ZONES = frozenset({"Europe/Zagreb", "Europe/Sarajevo"})
# Words of one letter that languages write together with the name: `ב` (in), `d'` (of).
_PREFIX = re.compile("^(?:ב|d')")


def month_of(word: str, zone: str) -> int | None:
    """The number of the month that a word names in a source of that IANA zone."""
    letters = unicodedata.normalize("NFC", word).casefold()
    # Without points, and with those letters unified that differ only in case: `ı`, `İ` and `i`.
    letters = letters.replace("\u0307", "").replace("ı", "i").replace(".", "").replace("’", "'")
    if zone in _CROATIAN_ZONES and letters in _CROATIAN:
        return _CROATIAN[letters]
    return _NUMBERS.get(letters) or _NUMBERS.get(_PREFIX.sub("", letters))


# The zero of each set of decimal digits that dates are written in: Arabic, Persian, of India, Thai, Lao, full width …
_ZEROS = "٠۰०০੦૦୦௦౦೦൦๐໐၀០０"
_DIGITS = {ord(zero) + value: str(value) for zero in _ZEROS for value in range(10)}
# The year before the first of each era; `元` is the first year.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_ERA = re.compile(r"(?:中華|中华)?(令和|平成|昭和|民國|民国)\s?(\d{1,3}|元)\s?(?=[年./-])")
_BUDDHIST = re.compile(r"(?<!\d)2[56]\d\d(?!\d)")  # no page is dated so far ahead
_BUDDHIST_YEARS = 543
# Solar Hijri, only in a source of Iran or Afghanistan: elsewhere nobody says which zone such a time is in.
_SOLAR_ZONES = frozenset({"Asia/Tehran", "Asia/Kabul"})
_SOLAR = re.compile(r"(?<!\d)(1[34]\d\d)([/.-])(\d{1,2})\2(\d{1,2})(?!\d)")
_LONG_MONTHS, _LONG = 6, 31  # six months of 31 days come first, the others have 30
# The rule of eight leap years in 33 holds in these years; their first day of all.
_FIRST_YEAR, _LAST_YEAR = 1342, 1471
_FIRST_DAY = date(1963, 3, 21).toordinal()


def gregorian(text: str, zone: str) -> str:
    """The text with ASCII digits and Gregorian years, as far as that is certain in a source of that IANA zone."""
    if not text.isascii():
        text = text.translate(_DIGITS)
        text = _ERA.sub(lambda era: str(_ERAS[era[1]] + (1 if era[2] == "元" else int(era[2]))), text)
    text = _BUDDHIST.sub(lambda year: str(int(year[0]) - _BUDDHIST_YEARS), text)
    return _SOLAR.sub(_from_solar, text) if zone in _SOLAR_ZONES else text


def _from_solar(found: re.Match[str]) -> str:
    year, month, day = int(found[1]), int(found[3]), int(found[4])
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and 0 < month <= 2 * _LONG_MONTHS and 0 < day <= _LONG):
        return found[0]
    days = (month - 1) * _LONG - max(0, month - 1 - _LONG_MONTHS) + day - 1
    first = _FIRST_DAY + 365 * (year - _FIRST_YEAR) + _leap_years(year) - _leap_years(_FIRST_YEAR)
    return date.fromordinal(first + days).isoformat()


def _leap_years(year: int) -> int:
    """Leap years before a year, from some year on."""
    return (8 * year + 21) // 33


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
    """The first complete day (`mar. 3 mai` is one), that of a change last; else one whose year `not_after` supplies."""
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
    if not month:
        return None
    # `03/04/2024`; with full stops the day comes first.
    if match.re is _DMY and "." not in match[0] and month != number and max(month, number) <= MONTHS:
        return None
    if match.re is _DMY and month > MONTHS:  # `5/13/2024`
        month, number = number, month
    stated = int(groups["year"]) if groups["year"] else _latest_year(month, number, not_after)
    if stated is None or not MIN_YEAR <= stated <= MAX_YEAR:
        return None
    return _Day(stated, month, number, match.start(), match.end())


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
