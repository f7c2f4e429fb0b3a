"""The live path on a real site: discovered, fetched, archived, parsed, landed; again and again, whatever goes wrong."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.base.days import Days
from infra.lake.quarantine import rejects_in
from infra.lake.query import Selection
from infra.store.open_store import open_store
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
    assert rejections <= {(row["url"], row["reason"]) for row in rejects_in(open_store(str(lake)), Selection(source))}
    # Local days overlap the UTC day: links of its neighbours may be tried, too.
    neighbours = (len(site.disallowed(source, yesterday() + timedelta(days=days))) for days in (-1, 0, 1))
    assert len(site.disallowed(source, yesterday())) <= report.failed["robots"] <= sum(neighbours)


def _pages(lake: Path) -> dict[str, bytes]:
    """All objects but the accounts, which say when lists were last read, and the index, which has their versions."""
    return {key: body for key, body in snapshot(lake).items() if not key.startswith(("fetches/", "_catalog/days/"))}


def test_f28_an_unchanged_site_is_asked_for_its_lists_only_and_no_page_is_written(site: DemoSite, lake: Path) -> None:
    source = "theissue"
    work(site, lake, source, Days.one(yesterday()))
    before = _pages(lake)
    site.forget_requests()
    report = work(site, lake, source, Days.one(yesterday()))
    lists = [request for request in site.requests if request.path != "/robots.txt"]
    assert {request.status for request in lists} == {304}
    assert report.captures == 0
    assert _pages(lake) == before
