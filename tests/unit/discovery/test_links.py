"""Which links discovery gives: of the days and of the source, each once; against a real server on loopback."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.base.days import Days
from infra.intake.web.fetching import FetchReason
from infra.intake.web.polite_client import PoliteClient
from infra.work.live.discovery import Drop, dated_span, local_days
from infra.work.live.list_client import DATED
from parsers.source.discovery import Link, Sitemap
from tests.discovery_runs import DAY, FEED, MAP, TODAY, Failing, at, paths, rss, run, source, urlset
from tests.news_site import NewsSite
from tests.tables import table


def test_links_that_state_their_time_come_first_and_guesses_last(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = rss(("/late", at(DAY, 20)), ("/undated", ""), ("/early", at(DAY, 2)))
    site.pages["news.example/sitemap.xml"] = urlset(("/later", at(TODAY)), ("/changed", at(DAY)))
    assert paths(run(source(FEED, MAP), client)) == ["/early", "/late", "/undated", "/changed", "/later"]


@pytest.mark.parametrize(("hint", "kept"), table("dates")["hours_around"])
def test_published_on_the_days_and_three_hours_around(
    site: NewsSite, client: PoliteClient, hint: str, kept: bool
) -> None:
    site.pages["news.example/feed"] = rss(("/a", hint))
    found = run(source(FEED), client)
    assert paths(found) == (["/a"] if kept else [])
    assert found.dropped == ({} if kept else {Drop.OTHER_DAY: 1})


@pytest.mark.parametrize("hint", ["", "Mon, 01 Jan 1985 00:00:00 GMT", "2024-05-13T00:00:00Z", "now"])
def test_s06_link_without_a_plausible_time_is_of_the_newest(site: NewsSite, client: PoliteClient, hint: str) -> None:
    site.pages["news.example/feed"] = rss(("/a", hint))
    assert run(source(FEED), client).links == (Link("https://news.example/a"),)  # yesterday
    assert paths(run(source(FEED), client, days=Days.one(TODAY))) == ["/a"]
    older = run(source(FEED), client, days=Days.one(DAY - timedelta(days=1)))
    assert (older.links, older.dropped) == ((), {Drop.UNDATED: 1})


def test_s05_links_are_canonical_and_only_of_the_source(site: NewsSite, client: PoliteClient) -> None:
    ours = ("a?utm_source=x#top", "//www.news.example/b")
    others = ("https://other.example/c", "https://evilnews.example/f", "https://news.example.evil.example/g")
    site.pages["news.example/feed"] = rss(*ours, *others, "/" + "d" * 10_240, "mailto:e", "")
    found = run(source(FEED), client)
    assert [link.url for link in found.links] == ["https://news.example/a", "https://www.news.example/b"]
    assert found.dropped == {Drop.OFF_SITE: 3, "too_long": 1, "not_http": 1, "no_address": 1}


def test_links_of_another_form_than_articles_have_are_dropped(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = rss("/world/7", "/tag/world", "/story?id=7")
    found = run(source(FEED, article_url=re.compile(r"^/world/\d+$|\?id=\d+$")), client)
    assert paths(found) == ["/world/7", "/story?id=7"]
    assert found.dropped == {Drop.NOT_ARTICLE_URL: 1}


def test_s07_article_that_is_named_often_is_given_once(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = rss("/a", "/a", "http://www.news.example/a/", "/a?utm_medium=rss", "/b")
    site.pages["news.example/sitemap.xml"] = urlset(("/b", at(DAY)))
    found = run(source(FEED, MAP), client)
    assert paths(found) == ["/a", "/b"]
    assert found.dropped == {Drop.DUPLICATE: 4}


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [("UTC", 9, 9), ("Europe/Moscow", 9, 10), ("America/New_York", 8, 9), ("Pacific/Kiritimati", 9, 10)],
)
def test_local_days_are_those_that_overlap(zone: str, first: int, last: int) -> None:
    days = local_days(Days.one(DAY), zone)
    assert (days[0].day, days[-1].day, len(days)) == (first, last, last - first + 1)


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("/sitemap-2024-02.xml", date(2024, 2, 1)),
        ("/ap-sitemap-202402.xml", date(2024, 2, 1)),
        ("/sitemaps/2024/02/09.xml", date(2024, 2, 9)),
        ("/sitemap.xml?yyyy=2024&mm=02&dd=09", date(2024, 2, 9)),
        ("/sitemap-2024.xml", None),
        ("/post-sitemap2013.xml", None),
        ("/sitemap-1202402.xml", None),
    ],
)
def test_the_day_or_month_of_a_sitemap_that_nobody_declared_is_in_its_address(address: str, first: date | None) -> None:
    span = dated_span(f"https://news.example{address}", Sitemap(MAP.url, dated=DATED))
    assert (span and span[0]) == first


PLACES = st.sampled_from(["/a", "/b", "mailto:x", "", "https://o.example/"])


@given(st.lists(st.tuples(PLACES, st.dates(date(1960, 1, 1)))))
def test_every_mention_is_given_or_counted(entries: list[tuple[str, date]]) -> None:
    body = rss(*((link, at(day)) for link, day in entries))
    found = run(source(FEED), Failing(FetchReason.STATUS, 1, {FEED.url: body}))
    assert len(found.links) + found.dropped.total() == len(entries)
