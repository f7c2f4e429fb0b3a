"""The pictures of a run's page: there are some for any lake, and none that no page could hold."""

import struct
from datetime import date, timedelta

import pytest

from flows.reports.charts import DPI, articles_png, grid_png
from infra.lake.day_states import Day, State
from parsers.record.article import NULL_PARTITION


def _lake(sources: int, days: int) -> list[Day]:
    dates = [date(2026, 11, 25) - timedelta(days=back) for back in range(days)]
    states = list(State)
    return [
        Day(f"source_{number}", day.isoformat(), states[(number + place) % len(states)], articles=place)
        for number in range(sources)
        for place, day in enumerate(dates)
    ]


@pytest.mark.parametrize(("sources", "days"), [(1, 1), (1, 400), (40, 2), (60, 31)])
def test_pictures_of_any_lake_fit_a_page(sources: int, days: int) -> None:
    lake = [*_lake(sources, days), Day("source_0", NULL_PARTITION, State.LANDED, articles=4)]
    rejected = {(day.source, day.date): 3 for day in lake}
    for png in (grid_png(lake), articles_png([*lake, Day("source_0", "2026-11-26", State.LANDED, 2)], rejected)):
        width, height = struct.unpack(">II", png[16:24])
        assert png.startswith(b"\x89PNG")
        assert width < 7 * DPI
        assert height < 15 * DPI


def test_there_is_no_picture_without_a_dated_day() -> None:
    undated = [Day("tass", NULL_PARTITION, State.LANDED, articles=4)]
    assert (grid_png([]), articles_png([], {})) == (grid_png(undated), articles_png(undated, {})) == (b"", b"")
    assert articles_png([Day("tass", "2026-11-25", State.MISSING)], {}) == b""
