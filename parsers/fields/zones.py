"""The zone after a time of day: an offset, an IANA name, an abbreviation, or words."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Baker Island and Kiribati: no zone is further from UTC.
MAX_BEHIND, MAX_AHEAD = timedelta(hours=12), timedelta(hours=14)

# Abbreviations with one meaning on news pages, and their hours from UTC. PST in July is what it says: -8.
_FIXED: dict[str, float] = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "CET": 1, "MEZ": 1, "WAT": 1, "WEST": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "CAT": 2, "SAST": 2, "IDT": 3, "EEST": 3, "MSK": 3, "EAT": 3, "TRT": 3, "IRST": 3.5, "SAMT": 4,
    "AFT": 4.5, "PKT": 5, "UZT": 5, "YEKT": 5, "NPT": 5.75, "ALMT": 5, "NOVT": 7, "WIB": 7, "ICT": 7, "WITA": 8,
    "SGT": 8, "HKT": 8, "MYT": 8, "PHT": 8, "AWST": 8, "WIT": 9, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10,
    "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CDT": -5, "MDT": -6, "MST": -7, "PDT": -7,
    "PST": -8, "AKST": -9, "AKDT": -8, "HST": -10, "NST": -3.5, "NDT": -2.5, "ADT": -3, "BRT": -3, "ART": -3, "CLT": -4,
    "VET": -4, "BOT": -4, "PET": -5, "COT": -5, "МСК": 3,
}  # fmt: skip
# Names of a zone whatever the season.
_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
# India, Ireland or Israel; America, China or Cuba; Atlantic or Arabia; and so on. Known only in a source whose own zone
# has that abbreviation at that moment.
_AMBIGUOUS = frozenset({"IST", "CST", "AST", "SST", "GST", "ECT", "AMT", "BT", "IT", "AT"})
_NO_ZONES = frozenset({"SAT", "OCT", "SEPT"})
_WORDS = {
    r"eastern (?:standard |daylight )?time": "America/New_York",
    r"central (?:standard |daylight )?time": "America/Chicago",
    r"mountain (?:standard |daylight )?time": "America/Denver",
    r"pacific (?:standard |daylight )?time": "America/Los_Angeles",
    r"greenwich mean time": "UTC", r"british summer time|london time": "Europe/London",
    r"central european (?:standard |summer )?time": "Europe/Berlin",
    r"india(?:n)? standard time": "Asia/Kolkata", r"israel (?:standard |daylight )?time": "Asia/Jerusalem",
    r"irish (?:standard |summer )?time": "Europe/Dublin", r"china standard time|beijing time|北京时间": "Asia/Shanghai",
    r"日本時間": "Asia/Tokyo", r"한국시간": "Asia/Seoul",
    r"мск|(?:по )?московск\w+ врем\w+|moscow time": "Europe/Moscow", r"heure de paris": "Europe/Paris",
}  # fmt: skip
_WORD = re.compile("|".join(f"({pattern})" for pattern in _WORDS), re.I)
_LOCAL = re.compile(r"local time|heure locale|hora local|ora locale|ortszeit|по местному", re.I)  # of which place?
# Without `UTC`, a number after a dash is an offset only if it is written in full: `14:50 - 15 May`.
_OFFSET = re.compile(
    r"(?:(?:UTC|GMT) ?(?=[+\u2212-]\d{1,2}(?!\d))|(?:UTC|GMT)? ?(?=[+\u2212-]\d{2}:?\d{2}\b))"
    r"(?P<sign>[+\u2212-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?\b"
)
_IANA = re.compile(r"\[?([A-Z][A-Za-z]+(?:/[A-Z][\w+-]*){1,2})\]?")
_NAME = re.compile(r"([A-ZМСК]{1,5})\b(\)?$)?")
_BEFORE = " ,(\t"  # what may part a time and its zone


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
    """The zone that the text after a time of day begins with; None if it begins with none.

    `source` is the IANA zone of the source, which tells what an ambiguous abbreviation means there.
    """
    rest = rest.lstrip(_BEFORE)
    offset = _OFFSET.match(rest)
    if offset:
        return offset_zone(offset["sign"], offset["hours"], offset["minutes"])
    iana = _IANA.match(rest)
    words = _WORD.match(rest)
    if iana or words:
        name = iana[1] if iana else list(_WORDS.values())[(words.lastindex or 1) - 1] if words else ""
        return _known(iana_zone(name))
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
    if name in _AMBIGUOUS or (certain and name.endswith("T") and name not in _NO_ZONES):
        raise UnknownZoneError
    return None


def _known(zone: tzinfo | None) -> tzinfo:
    if zone is None:
        raise UnknownZoneError
    return zone
