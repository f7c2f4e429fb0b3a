"""How far back lists reach, and when a home page is looked at again for the feeds that it names."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from infra.base.days import Days
from infra.intake.web.polite_client import PoliteClient
from parsers.source.discovery import NewsSitemap
from tests.discovery_runs import (
    DAY,
    FEED,
    MAP,
    SOURCE,
    TODAY,
    at,
    index,
    is_whole,
    paths,
    reports,
    rss,
    run,
    source,
    urlset,
)
from tests.memory_store import MemoryStore
from tests.news_site import NewsSite


def test_the_home_page_is_asked_again_after_a_week(site: NewsSite, client: PoliteClient, store: MemoryStore) -> None:
    site.pages = {
        "news.example/": b'<link rel=alternate type=application/rss+xml href="//feeds.example/f.xml">',
        "feeds.example/f.xml": rss(("https://news.example/a", "")),
    }
    for days, is_asked in ((0, True), (6, False), (7, True), (8, False)):
        site.forget()
        on = TODAY + timedelta(days=days)
        found = run(SOURCE, client, store, Days.one(on), today=on)
        found.state.save()
        assert ("news.example/" in {place for _, place in site.asked}) is is_asked
        assert paths(found) == ["/a"]


def test_a_feed_that_overlaps_with_what_was_read_before_leaves_no_gap(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = rss(("/a", at(DAY, 10)), ("/b", at(DAY, 20)))
    reach = run(source(FEED), client).reach
    told = f"{FEED.url} goes back only to 2024-05-09 10:00 UTC"
    before, after = (datetime.fromisoformat(at(DAY, hour)) for hour in (9, 11))
    assert [reach.gap(DAY, at_) for at_ in (None, before, after)] == [told, told, ""]
    assert reach.gap(DAY + timedelta(days=1)) == ""


def test_a_story_that_is_pinned_in_a_feed_does_not_make_it_reach_back(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = rss(("/pinned", at(DAY - timedelta(days=90))), *[f"/{n}" for n in range(20)])
    assert run(source(FEED), client).reach.gap(DAY)


def test_a_feed_without_times_reaches_nowhere(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = rss(("/a", ""))
    assert run(source(FEED), client).reach.gap(DAY) == f"{FEED.url} names no times"


@pytest.mark.parametrize("wrong", ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z"])
def test_impossible_times_reach_nowhere(wrong: str, site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = rss(("/a", wrong), ("/b", at(DAY)))
    assert run(source(FEED), client).reach.gap(DAY) == f"{FEED.url} goes back only to 2024-05-09 12:00 UTC"
    site.pages["news.example/sitemap.xml"] = urlset(("/a", wrong), ("/b", at(DAY)))
    assert run(SOURCE, client).reach.gap(DAY) == "the newest entry of its sitemaps is of 2024-05-09 12:00 UTC"


@pytest.mark.parametrize(("entries", "gap"), [(999, ""), (1000, "goes back only to 2024-05-09 12:00 UTC")])
def test_a_news_sitemap_holds_two_days_if_not_full(
    entries: int, gap: str, site: NewsSite, client: PoliteClient
) -> None:
    entry = "<url><loc>/{}</loc><n:news><n:publication_date>" + at(DAY) + "</n:publication_date></n:news></url>"
    full = f"<urlset>{''.join(entry.format(number) for number in range(entries))}</urlset>".encode()
    site.pages["news.example/sitemap.xml"] = full
    reach = run(source(NewsSitemap(MAP.url)), client).reach
    assert reach.gap(DAY).endswith(gap)
    assert bool(reach.gap(DAY)) is bool(gap)
    assert reach.gap(DAY - timedelta(days=1))
    site.pages |= {"news.example/sitemap.xml": index("/1.xml", "/2.xml"), "news.example/1.xml": full}
    site.pages["news.example/2.xml"] = b"<urlset></urlset>"  # the next page of the same news
    assert run(source(NewsSitemap(MAP.url)), client).reach.gap(DAY) == ""


def test_times_that_are_all_the_same_in_a_large_sitemap_are_no_times(site: NewsSite, client: PoliteClient) -> None:
    made = f"<lastmod>{at(TODAY)}</lastmod>"
    entries = "".join(f"<url><loc>/{number}</loc>{made}</url>" for number in range(100))
    site.pages["news.example/sitemap.xml"] = f"<urlset>{entries}</urlset>".encode()
    found = run(SOURCE, client)
    assert (found.links, found.dropped) == ((), {"undated": 100})
    assert found.reach.gap(DAY) == "no list says of what day its entries are"


def test_a_former_host_that_cannot_be_asked_is_told_and_leaves_no_gap(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/robots.txt"] = f"Sitemap: {MAP.url}".encode()
    site.pages["news.example/sitemap.xml"] = urlset(("/a", at(DAY)), ("/b", at(TODAY + timedelta(days=1))))
    found = run(replace(SOURCE, hosts=("news.example", "10.0.0.1")), client)
    assert (paths(found), is_whole(found), found.reach.gap(DAY)) == (["/a", "/b"], True, "")
    assert ("10.0.0.1/robots.txt", "failed", 0) in reports(found)
