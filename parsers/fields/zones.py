"""The zone after a time of day: an offset, an IANA name, an abbreviation, or words."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from parsers.fields.datelines import AGENCIES
from parsers.fields.words import by_word, table

# Baker Island and Kiribati: no zone is further from UTC.
MAX_BEHIND, MAX_AHEAD = timedelta(hours=12), timedelta(hours=14)

_FIXED = {name: float(hours) for name, hours in by_word("zone_hours").items()}
# Names of a zone whatever the season.
_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
# India, Ireland or Israel; America, China or Cuba; Atlantic or Arabia; and so on. Known only in a source whose own zone
# has that abbreviation at that moment.
_AMBIGUOUS = frozenset({"IST", "CST", "AST", "SST", "GST", "ECT", "AMT", "BT", "IT", "AT"})
_NO_ZONES = frozenset({*AGENCIES, "SAT", "OCT", "SEPT"})
_SHORTEST = 3  # letters of a zone that no table holds
_WORDS = table("zone_words")
_WORD = re.compile("|".join(f"({pattern})" for pattern in _WORDS.values()), re.I)
# Of which place? `Nairobi time` names a place that no table holds.
_LOCAL = re.compile(
    r"(?i:local time|heure locale|hora local|ora locale|ortszeit|по местному)|(?:[A-Z][a-z]+ ){1,2}[Tt]ime\b"
)
# Without `UTC`, a number after a dash is an offset only if it is written in full: `14:50 - 15 May`.
_OFFSET = re.compile(
    r"(?:(?:UTC|GMT) ?(?=[+\u2212-]\d{1,2}(?!\d))|(?:UTC|GMT)? ?(?=[+\u2212-]\d{2}:?\d{2}(?!\d)|\+\d{2}(?!\d)))"
    r"(?P<sign>[+\u2212-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?!\d)"
)
_IANA = re.compile(r"\[?([A-Z][A-Za-z]+(?:/[A-Z][\w+-]*){1,2})\]?")
_NAME = re.compile(r"([A-ZМСК]{1,5})\b(\)?$)?")
_BEFORE = re.compile(r"[ ,(\t]*(?:(?:hrs?|hours)\b\.?[ ,(]*)?")  # what may part a time and its zone


class UnknownZoneError(Exception):
    """A time has a zone that is unknown or has several meanings."""


def offset_zone(sign: str, hours: str, minutes: str | None) -> timezone | None:
    """The zone of an offset; None for one that exists nowhere (`10:30-16:00` is a time span)."""
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0)) * (1 if sign == "+" else -1)
    return timezone(offset) if -MAX_BEHIND <= offset <= MAX_AHEAD else None


def iana_zone(name: str) -> tzinfo | None:
    """The zone of an IANA name, as Java writes it after a time: `[Europe/Berlin]`."""
    try:
        return UTC if name in ("UTC", "GMT", "Z") else ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None


def zone_after(rest: str, at: datetime, source: str) -> tzinfo | None:
    """The zone that the text after a time begins with, in a source of that IANA zone; None if it begins with none."""
    rest = _BEFORE.sub("", rest, count=1)
    offset = _OFFSET.match(rest)
    if offset:
        return offset_zone(offset["sign"], offset["hours"], offset["minutes"])
    iana = _IANA.match(rest)
    words = _WORD.match(rest)
    if iana or words:
        name = iana[1] if iana else list(_WORDS)[(words.lastindex or 1) - 1] if words else ""
        if (known := iana_zone(name)) is None:
            raise UnknownZoneError
        return known
    if _LOCAL.match(rest):
        raise UnknownZoneError
    named = _NAME.match(rest)
    return named_zone(named[1], at, source, certain=named[2] is not None) if named else None


def named_zone(name: str, at: datetime, source: str, *, certain: bool = True) -> tzinfo | None:
    """The zone of an abbreviation; None for a word that is none. It is `certain` to be one if nothing follows it."""
    if name in _FIXED:
        return timezone(timedelta(hours=_FIXED[name]))
    if name in _REGIONS:
        return ZoneInfo(_REGIONS[name])
    own = ZoneInfo(source)
    if at.replace(tzinfo=own).tzname() == name:
        return own
    odd = len(name) >= _SHORTEST or name == "ZZ"  # as a badly formatted `Z`
    if name in _AMBIGUOUS or (certain and odd and name not in _NO_ZONES):
        raise UnknownZoneError
    return None
