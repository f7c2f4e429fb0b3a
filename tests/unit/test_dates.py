from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.fields.dates import MAX_YEAR, MIN_YEAR, DateBasis, Precision, from_machine, from_visible

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


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("May 10, 2024", utc(2024, 5, 10)),
        ("Sept. 4, 2024, 10:30 a.m. EDT", utc(2024, 9, 4, 14, 30)),
        ("9:00 AM EDT, May 3, 2024", utc(2024, 5, 3, 13)),
        ("3. Mai 2024, 14.05 Uhr", utc(2024, 5, 3, 12, 5)),
        ("3 mai 2024 à 14h05", utc(2024, 5, 3, 12, 5)),
        ("3 de mayo de 2024", utc(2024, 5, 3)),
        ("5 KASIM 2024", utc(2024, 11, 5)),
        ("2024年5月3日 14:05 JST", utc(2024, 5, 3, 5, 5)),
        ("May 10, 2024 14:50 UTC+3", utc(2024, 5, 10, 11, 50)),
        ("14:50 - 10 May 2024", utc(2024, 5, 10, 12, 50)),
        ("10 May 2024, 14:50-16:00", utc(2024, 5, 10, 12, 50)),
        ("May 10, 2024 | Updated May 11, 2024 10:30", utc(2024, 5, 10)),
        ("8:15 Updated 9:30 May 10, 2024", utc(2024, 5, 10, 7, 30)),
        ("mar. 3 mai 2024", utc(2024, 5, 3)),  # mardi
        ("Mar 3, 2024", utc(2024, 3, 3)),
        ("Founded 1066-10-14, printed 3 May 2024", utc(2024, 5, 3)),
    ],
)
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


@pytest.mark.parametrize(
    ("text", "not_after", "at"),
    [
        ("February 29", date(2023, 6, 1), None),
        ("May 10, 14:50", date(2017, 6, 1), utc(2017, 5, 10, 12, 50)),
        ("December 30", date(2018, 1, 2), utc(2017, 12, 30)),
        ("June 2", date(2017, 6, 1), utc(2017, 6, 2)),  # a day of grace: it is tomorrow already further east
        ("June 3", date(2017, 6, 1), utc(2016, 6, 3)),
        ("5 May 10:30", date(2017, 6, 1), utc(2017, 5, 5, 8, 30)),  # the hour is no day of May
        ("mar. 3 mai 2016", date(2017, 6, 1), utc(2016, 5, 3)),  # mardi, not March
    ],
)
def test_year_that_is_left_out_is_the_latest_possible(text: str, not_after: date, at: datetime | None) -> None:
    assert visible(text, not_after=not_after) == at


@pytest.mark.parametrize(
    ("text", "zone", "at", "precision"),
    [
        # A zone that is unknown or has several meanings leaves the day, unless it is the source's own.
        ("February 3, 2018 07:18 IST", "Europe/London", utc(2018, 2, 3), Precision.DAY),
        ("February 3, 2018 07:18 IST", "Asia/Kolkata", utc(2018, 2, 3, 1, 48), Precision.MINUTE),
        ("Mon, 4 Jul 2022 04:00:00 XYT", "Europe/London", utc(2022, 7, 4), Precision.DAY),
        ("2024-06-11 09:15 CST", "Europe/London", utc(2024, 6, 11), Precision.DAY),
        ("June 11, 2024 at 3:30 PM local time", "Europe/London", utc(2024, 6, 11), Precision.DAY),
        ("January 5, 2024 10:30 AM ET", "America/Los_Angeles", utc(2024, 1, 5, 15, 30), Precision.MINUTE),
        ("July 5, 2024 10 a.m. ET", "America/Los_Angeles", utc(2024, 7, 5, 14), Precision.MINUTE),
        ("Mon, 4 Jul 2022 04:00:00 PST", "Europe/London", utc(2022, 7, 4, 12), Precision.SECOND),
        ("11 июня 2024, 15:30 (мск)", "UTC", utc(2024, 6, 11, 12, 30), Precision.MINUTE),
        ("10 May 2024 10:30 SAT", "UTC", utc(2024, 5, 10, 10, 30), Precision.MINUTE),  # a weekday
        ("2024-06-11T15:15[Europe/Berlin]", "UTC", utc(2024, 6, 11, 13, 15), Precision.MINUTE),
        ("2024-06-11T15:15+02:00[Europe/Berlin]", "UTC", utc(2024, 6, 11, 13, 15), Precision.MINUTE),
        # Languages, digits and calendars
        ("1er mai 2024 à 10 h 30", "Europe/Paris", utc(2024, 5, 1, 8, 30), Precision.MINUTE),
        ("2024年6月11日 下午3点15分", "Asia/Shanghai", utc(2024, 6, 11, 7, 15), Precision.MINUTE),
        ("2024.06.11. 오후 3:15", "Asia/Seoul", utc(2024, 6, 11, 6, 15), Precision.MINUTE),
        ("令和6年6月11日 午後3時30分", "Asia/Tokyo", utc(2024, 6, 11, 6, 30), Precision.MINUTE),
        ("١١ يونيو ٢٠٢٤ ٣:١٥ م", "UTC", utc(2024, 6, 11, 15, 15), Precision.MINUTE),
        ("11 มิ.ย. 2567 15:30 น.", "Asia/Bangkok", utc(2024, 6, 11, 8, 30), Precision.MINUTE),
        ("১১ জুন ২০২৪", "UTC", utc(2024, 6, 11), Precision.DAY),
        ("2024. június 11. 15:30", "UTC", utc(2024, 6, 11, 15, 30), Precision.MINUTE),
        ("2024 m. birželio 11 d. 15:30", "UTC", utc(2024, 6, 11, 15, 30), Precision.MINUTE),
        ("2024. gada 11. jūnijs", "UTC", utc(2024, 6, 11), Precision.DAY),
        ("11 Ιουνίου 2024, 3:15 μ.μ.", "UTC", utc(2024, 6, 11, 15, 15), Precision.MINUTE),
        ("11 ביוני 2024", "UTC", utc(2024, 6, 11), Precision.DAY),
        ("11 tháng 6, 2024", "UTC", utc(2024, 6, 11), Precision.DAY),
        ("11 d'abril del 2024", "UTC", utc(2024, 4, 11), Precision.DAY),
        ("12. listopada 2023.", "Europe/Zagreb", utc(2023, 10, 12), Precision.DAY),
        ("12 listopada 2023", "Europe/Warsaw", utc(2023, 11, 12), Precision.DAY),
        ("13/06/2024", "UTC", utc(2024, 6, 13), Precision.DAY),
        ("6/13/2024", "UTC", utc(2024, 6, 13), Precision.DAY),
        ("۱۴۰۳/۰۳/۲۲ ۰۹:۱۵", "Asia/Tehran", utc(2024, 6, 11, 5, 45), Precision.MINUTE),
        ("1403/12/30", "Asia/Tehran", utc(2025, 3, 20), Precision.DAY),  # a leap day
        ("۱۴۰۳/۰۳/۲۲ ۰۹:۱۵", "America/New_York", None, None),  # of which zone would it be?
    ],
)
def test_zones_languages_and_calendars(text: str, zone: str, at: datetime | None, precision: Precision | None) -> None:
    stamp = from_machine(text, DateBasis.JSONLD, zone) or from_visible(text, zone)
    assert (stamp.at, stamp.precision, stamp.raw) == (at, precision, text)
