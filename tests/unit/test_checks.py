"""Judging a day by the source's own history."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.lake import Lake
from infra.work.history import History
from parsers.record.article import Image
from parsers.record.outcome import RejectReason
from parsers.source.checks import WATCHED, Check, DayProfile, Finding, Severity, judge, needs_history
from tests.lake_samples import NOON, SOURCE, landed, rejected
from tests.memory_store import MemoryStore

MONDAY = date(2024, 5, 6)
FULL = dict.fromkeys(WATCHED, 1.0)


def profile(number: int, articles: int = 100, **changes: Any) -> DayProfile:
    """Day `number` after a Monday, on which every field is filled and nothing rejected."""
    values: dict[str, Any] = {"articles": articles, "captures": articles, "fill": FULL, "measured": articles}
    return DayProfile(source="tass", date=(MONDAY + timedelta(days=number)).isoformat(), **(values | changes))


def history(counts: list[int], **changes: Any) -> list[DayProfile]:
    return [profile(number, count, **changes) for number, count in enumerate(counts)]


def found(day: DayProfile, past: list[DayProfile], *, whole_day: bool = True) -> list[tuple[str, str]]:
    return [(each.severity.value, each.field or each.check) for each in judge(day, past, whole_day=whole_day)]


SUSPECT = [("suspect", "articles")]
WEEKS = [100] * 6 + [4] + [100] * 6 + [4] + [100] * 6  # it rests on Sundays


@pytest.mark.parametrize(
    ("number", "articles", "counts", "expected"),
    [
        (7, 0, [100] * 7, SUSPECT),
        (7, 9, [100] * 7, SUSPECT),
        (7, 10, [100] * 7, []),
        (7, 9, [100, 100, 1, 100, 1000, 100, 100], SUSPECT),  # one odd day moves nothing
        (7, 30, [100, 20, 180, 60, 140, 30, 170], []),  # days that differ widely
        (20, 4, WEEKS, []),
        (21, 4, WEEKS, SUSPECT),
        (21, 9, [1000] * 14 + [30] * 7, []),  # the last week counts
        (-1, 5, [100] * 7, SUSPECT),  # days after it are taken where there are none before
        (28, 0, [6, 5, 8, 6] * 7, SUSPECT),  # a small source that is never empty
        (28, 0, [6, 5, 8, 6] * 3, []),  # twelve days are too few to say never
        (28, 0, [6, 5, 0, 6] * 7, []),  # it was empty before
        (28, 0, [3, 4, 3, 2] * 6 + [3, 3, 3, 0], SUSPECT),  # two days on end
        (28, 0, [2, 3, 1, 3] * 7, []),  # chance empties a day of a source of two a day
        (7, 0, [100] * 4, []),  # little history
        (7, 0, [19] * 7, []),  # few articles
    ],
)
def test_l09_s08_a_whole_day_is_judged_by_its_number_of_articles(
    number: int, articles: int, counts: list[int], expected: list[tuple[str, str]]
) -> None:
    day = profile(number, articles, fill=FULL if articles else {})
    assert found(day, history(counts)) == expected
    assert found(day, history(counts), whole_day=False) == []


class TestFill:
    def test_l09_a_headline_on_two_pages_in_five_is_suspect(self) -> None:
        day = profile(7, fill=FULL | {"title": 0.4})
        (finding,) = judge(day, history([100] * 7))
        told = "title: 40 % of 100 articles have it; 100 % are usual"
        assert finding == Finding("tass", day.date, Check.FILL, Severity.SUSPECT, "title", 0.4, 0.5, told)

    def test_a_field_that_was_rare_before_is_none(self) -> None:
        past = history([100] * 7, fill=FULL | {"authors": 0.79})
        assert found(profile(7, fill=FULL | {"authors": 0.0}), past) == []

    def test_five_of_five_pages_without_authors_are_no_chance_on_a_site_of_six_a_day(self) -> None:
        past = history([6] * 28, fill=FULL | {"authors": 0.9})
        assert found(profile(28, 5, fill=FULL | {"authors": 0.0}), past) == [("suspect", "authors")]
        assert found(profile(28, 5, fill=FULL | {"authors": 0.4}), past) == []  # three of five lack them: may be chance

    @pytest.mark.parametrize("past", [history([100, 100]), history([3, 3, 3]), history([100] * 7, fill={})])
    def test_little_history_is_no_ground_to_judge_by(self, past: list[DayProfile]) -> None:
        assert found(profile(7, fill=FULL | {"title": 0.0}), past, whole_day=False) == []


class TestRejects:
    def rejecting(self, number: int, rejected: int, captures: int = 100) -> DayProfile:
        return profile(number, captures - rejected, captures=captures, rejected={"layout": rejected})

    @pytest.mark.parametrize(
        ("rejected", "usual", "expected"),
        [(51, 0, [("suspect", "rejects")]), (50, 0, []), (51, 30, [])],
    )
    def test_l09_more_than_half_is_suspect_where_little_was_rejected_before(
        self, rejected: int, usual: int, expected: list[tuple[str, str]]
    ) -> None:
        past = [self.rejecting(number, usual) for number in range(7)]
        assert found(self.rejecting(7, rejected), past, whole_day=False) == expected
        assert found(self.rejecting(7, rejected), [], whole_day=False) == []
        for finding in judge(self.rejecting(7, rejected), past):
            assert f"{rejected} % of 100 captures were rejected ({rejected} layout); {usual} %" in finding.detail

    @pytest.mark.parametrize(
        ("usual", "expected"), [(0, [("suspect", "rejects")]), (1, [("suspect", "rejects")]), (3, [])]
    )
    def test_five_of_five_rejected_is_found_on_a_small_site(self, usual: int, expected: list[tuple[str, str]]) -> None:
        past = [self.rejecting(number, usual if number % 2 else 0, 6) for number in range(28)]
        assert found(self.rejecting(28, 5, 5), past, whole_day=False) == expected
        assert found(self.rejecting(28, 2, 5), past, whole_day=False) == []


shares = st.floats(0, 1)
counts = st.integers(0, 2000)
profiles = st.builds(
    lambda number, articles, rejected, fill, measured: profile(
        number, articles, captures=articles + rejected, rejected={"layout": rejected}, fill=fill, measured=measured
    ),
    st.integers(-400, 400),
    counts,
    counts,
    st.dictionaries(st.sampled_from(WATCHED), shares),
    counts,
)


@given(profiles, st.lists(profiles, max_size=30), st.booleans())
def test_judging_never_fails_nor_finds_without_need(day: DayProfile, past: list[DayProfile], whole_day: bool) -> None:
    findings = judge(day, past, whole_day=whole_day)
    assert {(each.source, each.date) for each in findings} <= {(day.source, day.date)}
    assert needs_history(day, whole_day=whole_day) or not findings


@pytest.mark.parametrize("seed", range(5))
def test_a_healthy_small_site_is_suspect_less_than_three_days_a_year(seed: int) -> None:
    """Six articles a day, one page in twenty rejected, authors on nine of ten: all by chance."""
    chance = Random(seed)
    days = []
    for number in range(365 + 28):
        published = sum(chance.random() < 6 / 24 for _ in range(24))
        bad = sum(chance.random() < 0.05 for _ in range(published))
        good = published - bad
        fill = {"title": 1.0, "authors": sum(chance.random() < 0.9 for _ in range(good)) / max(1, good)}
        day = profile(number, good, captures=published, rejected={"layout": bad} if bad else {}, fill=fill)
        days.append(day if good else replace(day, fill={}))
    judged = [judge(day, days[at - 28 : at], whole_day=True) for at, day in enumerate(days) if at >= 28]
    assert sum(any(each.severity is Severity.SUSPECT for each in found) for found in judged) < 3


def land_days(lake: Lake, *numbers: int) -> None:
    lake.land([landed(number, published_at=NOON + timedelta(days=number)) for number in numbers])


def test_a_profile_says_how_many_articles_have_each_field(lake: Lake, store: MemoryStore) -> None:
    bare: dict[str, Any] = {"authors": (), "images": (), "title": None, "body": ()}
    many = {"authors": ("A", "B", "C"), "images": (Image("https://a.example/1"), Image("https://a.example/2", "c"))}
    lake.land([landed(0, **many), landed(1, **bare), landed(2, **many), landed(3, **many, topics=("x",))])
    (profile,) = History(store, SOURCE).near("2024-05-01")
    assert (profile.date, profile.articles, profile.measured) == ("2024-05-01", 4, 4)
    shares = {name: profile.fill[name] for name in ("title", "body", "authors", "images", "topics", "url", "lead")}
    expected = {"title": 0.75, "body": 0.75, "authors": 0.75, "images": 0.75, "topics": 0.25, "url": 1, "lead": 0}
    assert shares == expected


def test_fill_is_right_over_several_row_groups(lake: Lake, store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.lake.partition.ROW_GROUP_ROWS", 2)
    lake.land([landed(0), landed(1, authors=()), landed(2, authors=()), landed(3), landed(4)])
    (profile,) = History(store, SOURCE).near("2024-05-01")
    assert profile.fill["authors"] == pytest.approx(0.6)


def test_articles_without_a_date_count_in_every_day(lake: Lake, store: MemoryStore) -> None:
    land_days(lake, 0, 1)
    lake.land([landed(8, published_at=None), landed(9, published_at=None)])
    assert [day.fill["published_at"] for day in History(store, SOURCE).near("2024-05-01")] == [0.5, 0.5]


def test_rejections_count_but_those_of_what_came_in(lake: Lake, store: MemoryStore) -> None:
    lake.land([landed(0)], [rejected(1), rejected(2, reason=RejectReason.HTTP_STATUS)])
    (profile,) = History(store, SOURCE).near("2024-05-01")
    assert (profile.rejected, profile.captures, profile.reject_share) == ({"layout": 1}, 2, 0.5)


def test_the_days_before_come_first_and_none_that_is_far_away(lake: Lake, store: MemoryStore) -> None:
    land_days(lake, 0, 1, 2, 3, 4, 500)
    near = History(store, SOURCE).near("2024-05-03", 4)
    assert [day.date for day in near] == ["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04"]
    assert [day.date for day in History(store, SOURCE).near("2024-05-04", 2)] == ["2024-05-03", "2024-05-04"]


def test_empty_days_count_and_damaged_ones_are_left_out(lake: Lake, store: MemoryStore) -> None:
    land_days(lake, 0, 1)
    empty = (NOON + timedelta(days=5)).date().isoformat()
    lake.land([], looked_at=[(SOURCE, empty)])
    store.objects[f"articles/source={SOURCE}/date=2024-05-02/articles.parquet"] = b"garbage"
    near = History(store, SOURCE).near("2024-05-02")
    assert [(day.date, day.articles, day.measured) for day in near] == [("2024-05-01", 1, 1), (empty, 0, 0)]
