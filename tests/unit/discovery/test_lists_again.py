"""Lists that did not change, are broken, hostile, empty all at once, or can't be had."""

import gzip
from datetime import timedelta

import pytest

from infra.intake.web.fetching import FetchReason
from infra.intake.web.polite_client import PoliteClient
from infra.work.live.list_client import FeedStatus
from parsers.source.discovery import DayArchive
from tests.discovery_runs import (
    DAY,
    FEED,
    MAP,
    TODAY,
    at,
    index,
    is_whole,
    listing,
    rss,
    run,
    source,
    urlset,
)
from tests.memory_store import MemoryStore
from tests.news_site import NewsSite


def test_s02_sitemap_of_no_end_is_left(monkeypatch: pytest.MonkeyPatch, site: NewsSite, client: PoliteClient) -> None:
    monkeypatch.setattr("infra.work.live.discovery.LIST_REQUEST_BYTES", 100)
    site.pages["news.example/sitemap.xml"] = urlset(("/a" * 100, at(DAY)))
    (report,) = run(source(MAP), client).feeds
    assert (report.status, report.reason) == (FeedStatus.FAILED, FetchReason.TOO_LARGE)


@pytest.mark.parametrize("validators", [True, False])
def test_s04_feed_that_breaks_off_is_an_alarm(
    site: NewsSite, client: PoliteClient, store: MemoryStore, validators: bool
) -> None:
    site.validators = validators
    whole, cut = rss("/a", "/b"), rss("/a", "/b").rpartition(b"<link>")[0]
    for body, links in ((cut, 1), (cut, 1), (whole, 2)):
        site.pages["news.example/feed"] = body
        found = run(source(FEED), client, store)
        told = "https://news.example/feed: it breaks off: what follows is missing"
        assert (len(found.links), is_whole(found), found.alarms) == (links, links == 2, (told,) if links == 1 else ())
        found.state.save()


@pytest.mark.parametrize("validators", [True, False])
def test_s08_feed_that_lost_all_its_links_raises_an_alarm_until_it_has_some(
    site: NewsSite, client: PoliteClient, store: MemoryStore, validators: bool
) -> None:
    site.validators = validators
    full = rss(*(f"/{number}" for number in range(100)))
    alarms = []
    for body in (full, rss(), rss("https://parked.example/a"), full, rss(), full):
        site.pages["news.example/feed"] = body
        found = run(source(FEED), client, store)
        alarms.append(found.alarms)
        assert len(found.links) == (100 if body == full else 0)
        found.state.save()
    told = ("https://news.example/feed: it had 100 links before, and has none now",)
    assert alarms == [(), told, told, (), (), ()]  # that it may be empty is known after the first time


@pytest.mark.parametrize(
    ("url", "before", "after"),
    [(FEED.url, rss("/a"), rss("https://parked.example/a")), (MAP.url, index("/s1.xml"), index())],
    ids=["a feed that names only other sites", "an index without sitemaps"],
)
def test_s08_list_that_lost_what_led_to_its_articles_raises_an_alarm(
    url: str, before: bytes, after: bytes, site: NewsSite, client: PoliteClient, store: MemoryStore
) -> None:
    lists = source(FEED if url == FEED.url else MAP)
    site.pages |= {url.removeprefix("https://"): before, "news.example/s1.xml": urlset(("/a", at(DAY)))}
    run(lists, client, store).state.save()
    site.pages[url.removeprefix("https://")] = after
    assert run(lists, client, store).alarms == (f"{url}: it had 1 links before, and has none now",)


def test_s02_a_gzip_file_in_a_gzip_answer_is_read_as_far_as_it_goes(site: NewsSite, client: PoliteClient) -> None:
    whole = gzip.compress(urlset(*((f"/{number}", at(DAY)) for number in range(500))), 0, mtime=0)
    for packed, least, detail in ((whole, 500, ""), (whole[:-30], 490, "gzip data is cut short")):
        site.pages["news.example/sitemap.xml"] = gzip.compress(packed, mtime=0)
        found = run(source(MAP), client)
        assert len(found.links) >= least
        assert found.feeds[0].detail.startswith(detail)


def test_f28_unchanged_lists_are_neither_sent_nor_saved(
    site: NewsSite, client: PoliteClient, store: MemoryStore
) -> None:
    site.pages |= {
        "news.example/feed": rss("/a"),
        "news.example/sitemap.xml": index("/s1.xml", "/s2.xml"),
        "news.example/s1.xml": urlset(("/b", at(DAY))),
        "news.example/s2.xml": urlset(("/c", at(DAY))),
        "news.example/2024/05/09/": listing("/d"),
        "news.example/2024/05/10/": b"<p>Nothing yet</p>",
    }
    all_kinds = source(FEED, MAP, DayArchive("https://news.example/%Y/%m/%d/", links="h2 a"))
    first = run(all_kinds, client, store)
    assert first.state.save()
    site.forget()
    store.puts.clear()
    second = run(all_kinds, client, store)
    assert {status for status, _ in site.asked} == {304}
    assert {report.status for report in second.feeds} == {FeedStatus.UNCHANGED}
    assert (second.links, second.dropped) == (first.links, first.dropped)
    assert not second.state.save()
    assert store.puts == []


def test_a_list_is_given_up_once_gone_for_two_days(site: NewsSite, client: PoliteClient, store: MemoryStore) -> None:
    site.pages["news.example/sitemap.xml"] = urlset(("/a", at(DAY)))
    whole = []
    for day, feed in enumerate([None, None, None, rss("/b"), rss("/b"), None, None, None]):
        site.pages.pop("news.example/feed", None)
        if feed:
            site.pages["news.example/feed"] = feed
        found = run(source(FEED, MAP), client, store, today=TODAY + timedelta(days=day))
        found.state.save()
        whole.append(is_whole(found))
    assert whole == [False, False, True, True, True, False, False, True]
