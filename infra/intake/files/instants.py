"""Times as the inputs that people have write them."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

MAX_CLOCK_SKEW: Final = timedelta(days=1)  # a crawler's clock may be wrong or on local time; a later time is wrong
FIRST_SECOND: Final = 10**8  # 1973: smaller numbers are unset fields, not times
LAST_SECOND: Final = 10**10  # larger numbers count milliseconds, microseconds or nanoseconds
THOUSANDTHS: Final = 3  # of thousandths of thousandths: JSON may hold 1e30, or infinity
DIGITS: Final = re.compile(r"\d{14}")  # the time in addresses of web archives
NUMBER: Final = re.compile(r"(?!\d{14}$)\d{9,19}(?:\.\d+)?")
# JavaScript's Date.toString (SingleFile, Save Page WE), and the Wayback Machine's footer.
FORMS: Final = ("%a %b %d %Y %H:%M:%S GMT%z", "%H:%M:%S %b %d, %Y")


def instant_of(said: object) -> datetime | None:
    """A time in UTC, which it is in without a zone; None if it is none, or is in the future.

    Takes times, days, seconds since 1970 or fractions of them, ISO 8601, 14 digits, mail dates, and JavaScript's.
    """
    try:
        moment = _moment(said)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError):
        return None
    return moment if moment <= datetime.now(UTC) + MAX_CLOCK_SKEW else None


def _moment(said: object) -> datetime:
    if isinstance(said, date):  # or a datetime, which is one
        return said if isinstance(said, datetime) else datetime.combine(said, time(), UTC)
    text = str(said).strip()
    if isinstance(said, int | float) or NUMBER.fullmatch(text):
        return _since_1970(float(text))
    if DIGITS.fullmatch(text):
        text = f"{text[:8]}T{text[8:]}"
    with suppress(ValueError):
        # As pandas and people write it: with the zone's name, with slashes.
        return datetime.fromisoformat(re.sub(r" ?UTC$", "Z", re.sub(r"^(\d{4})/(\d\d)/", r"\1-\2-", text)))
    for form in FORMS:
        with suppress(ValueError):
            return datetime.strptime(text.partition(" (")[0], form)  # noqa: DTZ007 - the caller knows what no zone is
    return parsedate_to_datetime(text)


def _since_1970(number: float) -> datetime:
    for _ in range(THOUSANDTHS):
        number = number / 1000 if number >= LAST_SECOND else number
    if not FIRST_SECOND <= number < LAST_SECOND:
        raise ValueError(f"{number} seconds are no time of a page")
    return datetime.fromtimestamp(number, UTC)
