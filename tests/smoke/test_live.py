"""The live path on a real site: discovered, fetched, archived, parsed, landed; again and again, whatever goes wrong."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from infra.archive.raw_archive import RawArchive
from infra.base.days import Days
from infra.base.errors import NewslakeError
from infra.lake.day_states import DayStates, State
from infra.lake.quarantine import rejects_in
from infra.store.open_store import open_store
from infra.work.live.plan import FetchPolicy
from tests.demo_site import faults as play
from tests.demo_site.site import DemoSite
from tests.live_lake import rows, snapshot, today, work, yesterday

NAMES = ("globalresearch", "tass", "theissue")


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(today(), days=8, per_day=4) as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def state_of(lake: Path, source: str, day: date) -> State:
    (found,) = DayStates(open_store(str(lake))).grid(source, day, day + timedelta(days=1))
    return found.state


@pytest.mark.parametrize("source", NAMES)
def test_a_day_lands_what_the_site_published_and_nothing_else(source: str, site: DemoSite, lake: Path) -> None:
    report = work(site, lake, source, Days.one(yesterday()))
    expected = site.expected(source, yesterday())
    landed = rows(lake, source, yesterday())
    assert sorted((row["title"], row["published_at"]) for row in landed) == sorted(
        (each.title, each.published_at) for each in expected
    )
    assert {row["mode"] for row in landed} == {"live"}
    rejections = {(each.url, each.reason) for each in site.expected_rejections(source, yesterday())}
    assert rejections <= {(row["url"], row["reason"]) for row in rejects_in(open_store(str(lake)), source)}
    # Local days overlap the UTC day: links of its neighbours may be tried, too.
    neighbours = (len(site.disallowed(source, yesterday() + timedelta(days=days))) for days in (-1, 0, 1))
    assert len(site.disallowed(source, yesterday())) <= report.failed["robots"] <= sum(neighbours)


def _pages(lake: Path) -> dict[str, bytes]:
    """All objects but the accounts, which say when the lists were last read."""
    return {key: body for key, body in snapshot(lake).items() if not key.startswith("fetches/")}


@pytest.mark.parametrize("source", NAMES)
def test_f28_an_unchanged_site_is_asked_for_its_lists_only_and_no_page_is_written(
    source: str, site: DemoSite, lake: Path
) -> None:
    work(site, lake, source, Days.one(yesterday()))
    before = _pages(lake)
    site.forget_requests()
    report = work(site, lake, source, Days.one(yesterday()))
    lists = [request for request in site.requests if request.path != "/robots.txt"]
    assert {request.status for request in lists} == {304}
    assert report.captures == 0
    assert _pages(lake) == before


def test_r02_a_site_whose_robots_file_fails_is_left_alone_and_said_so(site: DemoSite, lake: Path) -> None:
    site.set_fault("tass.com/robots.txt", play.server_error())
    with pytest.raises(NewslakeError, match=r"tass could not be asked what it published: .*robots_unreachable"):
        work(site, lake, "tass", Days.one(yesterday()))
    assert {request.path for request in site.requests} == {"/robots.txt"}
    assert state_of(lake, "tass", yesterday()) is State.PARTIAL  # its account says that no list could be read


def test_several_days_at_once_give_the_same_lake_as_one_after_the_other(
    site: DemoSite, lake: Path, tmp_path: Path
) -> None:
    days = Days(today() - timedelta(days=4), today())
    work(site, lake, "globalresearch", days)
    for day in days:
        work(site, tmp_path / "other", "globalresearch", Days.one(day))
    for day in days:
        assert [row["article_id"] for row in rows(lake, "globalresearch", day)] == [
            row["article_id"] for row in rows(tmp_path / "other", "globalresearch", day)
        ]


def test_the_archive_keeps_what_was_asked_with_and_where_redirects_led(site: DemoSite, lake: Path) -> None:
    work(site, lake, "theissue", Days.one(yesterday()))
    archive = RawArchive(open_store(str(lake)))
    captures = [archive.read(entry.pointer) for entry in archive.entries("theissue")]
    agents = {dict(capture.request_headers)["User-Agent"] for capture in captures}
    assert agents == {request.user_agent for request in site.requests}
    moved = {capture.url: capture.final_url for capture in captures if capture.final_url}
    assert moved
    assert all("first-draft" in str(url) and "first-draft" not in final for url, final in moved.items())


def test_only_archive_sends_nothing_and_rebuilds_what_was_lost(site: DemoSite, lake: Path) -> None:
    work(site, lake, "theissue", Days.one(yesterday()))
    landed = rows(lake, "theissue", yesterday())
    (lake / f"articles/source=theissue/date={yesterday()}/articles.parquet").unlink()
    site.forget_requests()
    work(site, lake, "theissue", Days.one(yesterday()), FetchPolicy(only_archive=True, rebuild=True))
    assert site.requests == ()
    assert [row["article_id"] for row in rows(lake, "theissue", yesterday())] == [row["article_id"] for row in landed]


def test_l09_a_layout_that_changed_makes_the_day_suspect_and_the_days_before_stay(lake: Path) -> None:
    first = today() - timedelta(days=6)
    with DemoSite(today(), days=8, per_day=15) as site:  # enough to judge: a few pages say nothing
        work(site, lake, "theissue", Days(first, yesterday()))
        site.change_layout("theissue", yesterday())
        before = snapshot(lake / "articles")
        report = work(site, lake, "theissue", Days.one(yesterday()))
    assert report.suspect_findings
    assert snapshot(lake / "articles").keys() >= before.keys()
    assert state_of(lake, "theissue", yesterday()) is State.SUSPECT
