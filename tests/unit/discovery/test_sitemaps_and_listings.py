"""Indexes of sitemaps, day archives and paged listings."""

import re
from datetime import date

import pytest

from infra.base.days import Days
from infra.intake.web.fetching import FetchReason
from infra.intake.web.polite_client import PoliteClient
from infra.work.live.discovery import MAX_CHILDREN, Drop, discover
from infra.work.live.discovery_state import DiscoveryState
from parsers.source.discovery import DayArchive, Feed, Sitemap
from tests.discovery_runs import (
    DAY,
    FEED,
    MAP,
    TODAY,
    Failing,
    index,
    is_whole,
    listing,
    paths,
    reports,
    rss,
    run,
    source,
)
from tests.memory_store import MemoryStore
from tests.news_site import NewsSite
from tests.servers import Answer as Said


def test_sitemaps_of_other_days_are_not_fetched(site: NewsSite, client: PoliteClient) -> None:
    children = [f"/{name}.xml" for name in ("post-2024-04", "post-2024-05", "post-2024-05-08", "post-2024-05-09")]
    children.append("/page-2024-05.xml")
    site.pages["news.example/sitemap.xml"] = index(
        *children, "/post-2024-13.xml", "https://other.example/post-2024-05.xml"
    )
    for child in (*children, "/post-2024-13.xml"):
        site.pages[f"news.example{child}"] = f"<urlset><url><loc>{child}/a</loc></url></urlset>".encode()
    day = re.compile(r"-(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?\.xml")
    dated = Sitemap(MAP.url, children=re.compile("/post-"), dated=day)
    found = run(source(dated), client)
    wanted = {"/post-2024-05.xml/a", "/post-2024-05-09.xml/a", "/post-2024-13.xml/a"}
    assert set(paths(found)) == wanted
    assert found.dropped == {Drop.OFF_SITE: 1}
    # Without a time a link of a sitemap of the day is of that day, also where the day is long past.
    later = run(source(dated), client, today=date(2025, 1, 1))
    assert set(paths(later)) == wanted - {"/post-2024-13.xml/a"}
    assert later.dropped == {Drop.OFF_SITE: 1, Drop.UNDATED: 1}


def test_sitemaps_whose_address_holds_a_local_day_are_asked_for_it(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/s-20240509.xml"] = b"<urlset><url><loc>/a</loc></url></urlset>"
    found = run(source(Sitemap("https://news.example/s-%Y%m%d.xml")), client, today=date(2025, 1, 1))
    assert paths(found) == ["/a"]
    assert reports(found) == [("news.example/s-20240509.xml", "read", 1), ("news.example/s-20240510.xml", "read", 0)]
    assert found.feeds[1].detail == "no such page (404)"


def test_sitemap_that_was_last_changed_before_the_days_is_not_fetched(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/sitemap.xml"] = index("/old.xml", changed="2024-05-01")
    assert reports(run(source(MAP), client)) == [("news.example/sitemap.xml", "read", 0)]


def test_s03_index_that_holds_itself_is_read_once(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/sitemap.xml"] = index("/sitemap.xml", "/sitemap.xml#x", "/b.xml")
    site.pages["news.example/b.xml"] = index("/sitemap.xml", "/b.xml")
    run(source(MAP), client)
    assert [place for _, place in site.asked] == ["news.example/sitemap.xml", "news.example/b.xml"]


def test_s03_indexes_in_indexes_are_followed_three_levels_deep(site: NewsSite, client: PoliteClient) -> None:
    for level in range(20):
        site.pages[f"news.example/{level}.xml"] = index(f"/{level + 1}.xml")
    found = run(source(Sitemap("https://news.example/0.xml")), client)
    assert [place for _, place in site.asked] == [f"news.example/{level}.xml" for level in range(3)]
    assert found.alarms == ("https://news.example/2.xml: sitemaps more than 3 levels deep are not read",)
    assert not is_whole(found)


def test_s03_index_of_thousands_of_sitemaps_costs_so_many_requests_and_no_more(
    monkeypatch: pytest.MonkeyPatch, site: NewsSite, client: PoliteClient
) -> None:
    monkeypatch.setattr("infra.work.live.discovery.MAX_CHILDREN", 3)
    site.pages["news.example/sitemap.xml"] = index(*(f"/{number}.xml" for number in range(5_000)))
    site.pages["news.example/1.xml"] = index("/deeper.xml")
    found = run(source(MAP), client)
    assert len(site.asked) == 4
    assert found.feeds[0].detail == "3 of 5,000 sitemaps in it are read, last changed first"
    assert found.feeds[2].detail == "0 of 1 sitemaps in it are read, last changed first"
    assert len(found.alarms) == 2
    assert MAX_CHILDREN >= 500  # ten years of weekly ones


@pytest.mark.parametrize(
    ("reason", "asked"), [(FetchReason.BUDGET, 2), (FetchReason.HOST_DOWN, 2), (FetchReason.STATUS, 21)]
)
def test_failure_of_the_host_ends_a_sitemap_and_that_of_a_page_does_not(reason: FetchReason, asked: int) -> None:
    client = Failing(reason, 1, {MAP.url: index(*(f"/{number}.xml" for number in range(20)))})
    found = run(source(MAP), client)
    assert len(client.asked) == len(found.feeds) == asked
    assert found.feeds[-1].reason is reason


def test_links_of_a_feed_are_relative_to_the_address_that_answered(site: NewsSite, client: PoliteClient) -> None:
    site.pages["feeds.example/news"] = Said(301, headers={"Location": "https://news.example/world/feed"})
    site.pages["news.example/world/feed"] = rss("a")
    assert paths(run(source(Feed("https://feeds.example/news")), client)) == ["/world/a"]


def test_list_is_redirected_to_hosts_that_the_source_names_alone(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = Said(301, headers={"Location": "https://feeds.example/news"})
    site.pages["feeds.example/news"] = rss("https://news.example/a", "https://feeds.example/b")
    found = run(source(FEED, list_hosts=("feeds.example",)), client)
    assert (paths(found), is_whole(found), found.dropped) == (["/a"], True, {Drop.OFF_SITE: 1})
    found = run(source(FEED), client)
    assert (found.feeds[0].reason, is_whole(found)) == (FetchReason.OFF_SITE, False)


def test_archive_of_a_day_is_read_for_each_local_day_page_by_page(site: NewsSite, client: PoliteClient) -> None:
    site.pages |= {
        "news.example/2024/05/09/1": listing("/a", "/b"),
        "news.example/2024/05/09/2": listing("/b", "/c"),
        "news.example/2024/05/10/1": listing("/d"),
        "news.example/2024/05/10/2": listing("/d"),
        "news.example/2024/05/10/3": listing("/never"),
    }
    archive = DayArchive("https://news.example/%Y/%m/%d/{page}", links="h2 a", pages=9)
    found = run(source(archive), client, today=date(2025, 1, 1))
    assert paths(found) == ["/a", "/b", "/c", "/d"]
    assert reports(found)[2] == ("news.example/2024/05/09/3", "read", 0)
    assert [place[-4:] for _, place in site.asked] == ["09/1", "09/2", "09/3", "10/1", "10/2"]


@pytest.mark.usefixtures("worker_processes")
def test_p06_listing_that_hangs_the_reader_is_rejected_and_the_run_goes_on(
    monkeypatch: pytest.MonkeyPatch, site: NewsSite, client: PoliteClient
) -> None:
    monkeypatch.setattr("infra.work.live.discovery.LISTING_SECONDS", 0.5)
    site.pages |= {"news.example/all": b"<div>" * 150_000, "news.example/feed": rss("/a")}
    of = source(DayArchive("https://news.example/all", links="a"), FEED)
    state = DiscoveryState(MemoryStore(), of.name)
    found = discover(of, Days.one(DAY), client, state, today=TODAY)
    assert found.feeds[0].detail == "reading it took longer than 0.5 seconds"
    assert paths(found) == ["/a"]
