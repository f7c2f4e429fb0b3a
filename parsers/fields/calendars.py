"""Digits and calendars other than the Gregorian, made Gregorian in the text of a date."""

import re
from datetime import date

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
