from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.fields.dates import MAX_YEAR, MIN_YEAR, DateBasis, Precision, from_machine, from_visible
from tests.tables import table

DATES = table("dates")
BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"
ZONES = st.sampled_from([timezone(timedelta(minutes=minutes)) for minutes in (-720, -300, -210, 0, 120, 345, 840)])
# Hypothesis adds the zone itself.
FIRST, LAST = datetime(MIN_YEAR, 1, 2), datetime(MAX_YEAR, 12, 30)  # noqa: DTZ001
TIMES = st.datetimes(FIRST, LAST, timezones=ZONES).map(lambda at: at.replace(microsecond=0))


def machine(text: str, zone: str = BERLIN) -> datetime | None:
    stamp = from_machine(text, DateBasis.META, zone)
    return stamp.at if stamp else None


def visible(text: str, zone: str = BERLIN, not_after: date | None = None) -> datetime | None:
    return from_visible(text, zone, not_after=not_after).at


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("texts", "at", "precision"),
    [
        (
            """2024-05-03T10:20:30Z|20240503T102030Z|2024-05-03T12:20:30+02:00|2024-05-03 12:20:30|1714731630
            |2024-05-03 10:20:30 +0000 UTC|2024-05-03 06:20:30 EDT|2024-05-03 06:50:30 -03:30|03 May 2024 12:20:30
            |Fri, 03 May 2024 10:20:30 GMT|Fri, 03 May 2024 12:20:30 CEST|Fri May 03 12:20:30 CEST 2024
            |1714731630000|Fri, 03 May 2024 10:20:30 -0000|Fri May 03 2024 12:20:30 GMT+0200 (Summer Time)""",
            utc(2024, 5, 3, 10, 20, 30),
            Precision.SECOND,
        ),
        ("2024-05-03T10:20:30.5Z", utc(2024, 5, 3, 10, 20, 30, 500_000), Precision.SECOND),
        (
            "2024-05-03T12:20+0200|2024-05-03T12:20|Fri, 3 May 2024 12:20 +0200",
            utc(2024, 5, 3, 10, 20),
            Precision.MINUTE,
        ),
        ("2024-05-03|2024-5-3|20240503|2024-W18-5", utc(2024, 5, 3), Precision.DAY),
    ],
)
def test_machine_formats(texts: str, at: datetime, precision: Precision) -> None:
    for text in map(str.strip, texts.split("|")):
        stamp = from_machine(f" {text}\n", DateBasis.JSONLD, BERLIN)
        assert stamp is not None, text
        assert (stamp.at, stamp.precision, stamp.raw, stamp.basis) == (at, precision, text, DateBasis.JSONLD)


def test_p14_midnight_as_24_and_leap_second_roll_over() -> None:
    assert machine("2024-12-31T24:00:00Z") == utc(2025, 1, 1)
    assert machine("2024-12-31T23:59:60Z") == utc(2025, 1, 1)
    assert visible("31. Dezember 2024, 24:00 Uhr", "UTC") == utc(2025, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "2024-02-30", "2024-13-01", "2024-05-03 24:30", "2024-05-03 25:00", "2024-05-03 10:99:99"),
        *("2024-5-3 10:00 +99:00", "Fri, 31 Feb 2024 10:20:30 GMT", "Fri May 03 10:20:30 CEST", "5m", "PT3M21S"),
        "2024-05-03 10:00 PM",  # twelve hours off if the half of the day were left out
        *("2024-05-03 10:00:00 IST", "Fri, 03 May 2024 10:20:30 IST"),  # India, Ireland or Israel
        "03/04/2024",  # March or April
        "10 May 24 10:00",  # two digits are no year
        "November 19, 2019, 07:47 PM EST",  # no machine format: the visible reading takes it
        "0001-01-01T00:00:00Z",  # P14: .NET's "no value"
        *("9999-12-31T24:00:00", "9999-12-31T23:59:59Z", "1714731630000000"),
    ],
)
def test_p14_machine_value_that_is_no_sure_time_is_refused(text: str) -> None:
    assert machine(text) is None


def test_p14_dst_gap_and_overlap_give_the_instant_of_pep_495() -> None:
    assert machine("2024-03-31T02:30:00") == utc(2024, 3, 31, 1, 30)  # does not exist: as if the clock had not jumped
    assert machine("2024-10-27T02:30:00") == utc(2024, 10, 27, 0, 30)  # exists twice: the first


@given(TIMES)
def test_every_machine_format_of_a_time_gives_that_time(at: datetime) -> None:
    for text in (
        at.isoformat(),
        at.isoformat(sep=" "),
        at.isoformat().replace(":", "").replace("-", "", 2) if "-" not in at.isoformat()[19:] else at.isoformat(),
        f"{at:%Y-%m-%dT%H:%M:%S%z}",
        f"{at:%Y-%m-%d %H:%M:%S %z}",
        f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        format_datetime(at),
        f"{at:%a %b %d %Y %H:%M:%S GMT%z}",
    ):
        assert machine(text, NEW_YORK) == at, text


@given(TIMES.map(lambda at: at.replace(second=0)))
def test_every_visible_format_of_a_time_gives_that_time(at: datetime) -> None:
    offset = f"UTC{at:%z}"
    for text in (
        f"{at:%B %d, %Y at %H:%M} {offset}",
        f"{at:%A}, {at:%d %B %Y}, {at:%I:%M %p} {offset}",
        f"{at:%H:%M} {offset}, {at:%b} {at.day}, {at.year}",
        f"Published {at.day}. {at:%m}. {at.year} {at:%H:%M} {offset}",
        f"{at:%Y/%m/%d %H:%M} {offset}",
        f"{at:%Y년 %m월 %d일 %H시 %M분} {offset}",
    ):
        assert visible(text, NEW_YORK) == at, text


@given(st.text() | st.from_regex(r"[0-9٠-٩ſıİTZ:.,+ -]{0,40}", fullmatch=True), st.none() | st.dates())
def test_no_text_makes_a_reading_raise(text: str, not_after: date | None) -> None:
    for stamp in (from_machine(text, DateBasis.META, BERLIN), from_visible(text, BERLIN, not_after=not_after)):
        if stamp and stamp.at:
            assert stamp.at.utcoffset() == timedelta()
            assert MIN_YEAR - 1 <= stamp.at.year <= MAX_YEAR + 1


@pytest.mark.parametrize(("text", "at"), DATES["shown"].items())
def test_visible_spellings(text: str, at: datetime) -> None:
    stamp = from_visible(text, BERLIN)
    assert (stamp.at, stamp.raw, stamp.basis) == (at, text, DateBasis.VISIBLE_TEXT)


@pytest.mark.parametrize(
    "text",
    ["", "03/04/2024", "3.4.24", "February 30, 2024", "2024-13-45", "May 2024", "3 days ago", "May 10", "3 May 1066"],
)
def test_p14_visible_text_that_is_no_sure_date_keeps_only_its_text(text: str) -> None:
    stamp = from_visible(text, BERLIN)
    assert (stamp.at, stamp.raw, stamp.precision, stamp.basis) == (None, text, None, None)


@pytest.mark.parametrize(("text", "not_after", "at"), [(text, *each) for text, each in DATES["without_a_year"].items()])
def test_year_that_is_left_out_is_the_latest_possible(text: str, not_after: date, at: datetime | Literal[""]) -> None:
    assert visible(text, not_after=not_after) == (at or None)


@pytest.mark.parametrize(("text", "zone", "at", "precision"), DATES["zones_languages_calendars"])
def test_zones_languages_and_calendars(text: str, zone: str, at: datetime | Literal[""], precision: str) -> None:
    stamp = from_machine(text, DateBasis.JSONLD, zone) or from_visible(text, zone)
    assert (stamp.at, stamp.precision, stamp.raw) == (at or None, precision or None, text)
