"""Discovery against a real server on loopback, through the real client."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.days import Days
from infra.live.discovery import MAX_CHILDREN, Discovered, Drop, dated_span, discover, local_days
from infra.live.discovery_state import DiscoveryState
from infra.live.list_client import FeedStatus
from infra.web.fetching import Answer, FetchError, FetchReason
from infra.web.polite_client import PoliteClient
from parsers.discovery import DayArchive, Discovery, Feed, Link, NewsSitemap, PagedListing, Sitemap
from parsers.source import Source
from tests.memory_store import MemoryStore
from tests.news_site import NewsSite, dying_reader, news_site
from tests.servers import Answer as Said

TODAY = date(2024, 5, 10)
DAY = date(2024, 5, 9)
FEED = Feed("https://news.example/feed")
MAP = Sitemap("https://news.example/sitemap.xml")
SOURCE = Source(name="news", title="News", hosts=("news.example",), language="en", timezone="Europe/Moscow", version=1)
HTML_ERROR = b"<!DOCTYPE html><html><body>Something went wrong</body></html>"


@pytest.fixture
def served() -> Iterator[tuple[NewsSite, PoliteClient]]:
    with news_site() as both:
        yield both


@pytest.fixture
def site(served: tuple[NewsSite, PoliteClient]) -> NewsSite:
    return served[0]


@pytest.fixture
def client(served: tuple[NewsSite, PoliteClient]) -> PoliteClient:
    return served[1]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def at(day: date, hour: int = 12) -> str:
    return f"{day.isoformat()}T{hour:02}:00:00Z"


def rss(*entries: str | tuple[str, str]) -> bytes:
    rows = [entry if isinstance(entry, tuple) else (entry, at(DAY)) for entry in entries]
    written = "".join(f"<item><link>{link}</link><pubDate>{date}</pubDate></item>" for link, date in rows)
    return f'<rss version="2.0"><channel>{written}</channel></rss>'.encode()


def urlset(*entries: tuple[str, str]) -> bytes:
    written = "".join(f"<url><loc>{loc}</loc><lastmod>{date}</lastmod></url>" for loc, date in entries)
    return f"<urlset>{written}</urlset>".encode()


def index(*children: str, changed: str = "") -> bytes:
    more = f"<lastmod>{changed}</lastmod>" if changed else ""
    written = "".join(f"<sitemap><loc>{child}</loc>{more}</sitemap>" for child in children)
    return f"<sitemapindex>{written}</sitemapindex>".encode()


def listing(*links: tuple[str, str] | str) -> bytes:
    rows = [link if isinstance(link, tuple) else (link, "") for link in links]
    return "".join(f"<h2><a href={url}>T</a></h2><time>{when}</time>" for url, when in rows).encode()


def source(*declarations: Discovery, **options: object) -> Source:
    return replace(SOURCE, discovery=declarations, **options)  # type: ignore[arg-type]


def run(
    of: Source, client: object, store: MemoryStore | None = None, days: Days | None = None, today: date = TODAY
) -> Discovered:
    state = DiscoveryState.load(store or MemoryStore(), of.name)
    return discover(of, days or Days.one(DAY), client, state, today=today)  # type: ignore[arg-type]


def paths(found: Discovered) -> list[str]:
    return [link.url.removeprefix("https://news.example") for link in found.links]


def reports(found: Discovered) -> list[tuple[str, str, int]]:
    return [(report.url.removeprefix("https://"), report.status.value, report.links) for report in found.feeds]


def test_all_that_a_source_declares_is_asked(site: NewsSite, client: PoliteClient) -> None:
    site.pages = {
        "news.example/feed": rss("/a"),
        "news.example/news.xml": urlset(("/b", at(DAY))),
        "news.example/sitemap.xml": urlset(("/c", at(DAY))),
        "news.example/2024/05/09/": listing("/d"),
        "news.example/all?p=1": listing(("/e", "9 May 2024, 12:00")),
    }
    found = run(
        source(
            *(FEED, NewsSitemap("https://news.example/news.xml"), MAP),
            DayArchive("https://news.example/%Y/%m/%d/", links="h2 a"),
            PagedListing("https://news.example/all?p={page}", links="h2 a", dates="time"),
        ),
        client,
    )
    assert sorted(paths(found)) == ["/a", "/b", "/c", "/d", "/e"]
    assert {report.status for report in found.feeds} == {FeedStatus.READ}


def test_source_without_declarations_finds_nothing() -> None:
    found = run(SOURCE, None)
    assert (found.links, found.feeds, found.alarms) == ((), (), ())


def test_links_that_state_their_time_come_first_and_guesses_last(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = rss(("/late", at(DAY, 20)), ("/undated", ""), ("/early", at(DAY, 2)))
    site.pages["news.example/sitemap.xml"] = urlset(("/later", at(TODAY)), ("/changed", at(DAY)))
    assert paths(run(source(FEED, MAP), client)) == ["/early", "/late", "/undated", "/changed", "/later"]


# Which links are of the days


@pytest.mark.parametrize(
    ("hint", "kept"),
    [
        ("2024-05-08T20:59:00Z", False),
        ("2024-05-08T21:00:00Z", True),
        ("2024-05-10T02:59:00Z", True),
        ("2024-05-10T03:00:00Z", False),
        ("2024-05-09", True),
        ("2024-05-10", False),
    ],
)
def test_published_on_the_days_with_three_hours_on_both_sides(
    site: NewsSite, client: PoliteClient, hint: str, kept: bool
) -> None:
    site.pages["news.example/feed"] = rss(("/a", hint))
    found = run(source(FEED), client)
    assert paths(found) == (["/a"] if kept else [])
    assert found.dropped == ({} if kept else {Drop.OTHER_DAY: 1})


def test_changed_on_the_days_or_later_may_be_published_on_them(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/sitemap.xml"] = urlset(("/older", "2024-05-08T20:00:00Z"), ("/newer", at(TODAY)))
    found = run(source(MAP), client)
    assert paths(found) == ["/newer"]
    assert found.dropped == {Drop.OTHER_DAY: 1}


STRANGE = {
    "missing": "",
    "1970": "Thu, 01 Jan 1970 00:00:00 GMT",
    "before the web": "Mon, 01 Jan 1985 00:00:00 GMT",
    "far ahead": "2024-05-13T00:00:00Z",
    "nonsense": "now",
}


@pytest.mark.parametrize("hint", STRANGE.values(), ids=STRANGE)
def test_s06_link_without_a_plausible_time_belongs_to_the_newest_days(
    site: NewsSite, client: PoliteClient, hint: str
) -> None:
    site.pages["news.example/feed"] = rss(("/a", hint))
    assert run(source(FEED), client).links == (Link("https://news.example/a"),)  # yesterday
    assert paths(run(source(FEED), client, days=Days.one(TODAY))) == ["/a"]
    older = run(source(FEED), client, days=Days.one(DAY - timedelta(days=1)))
    assert (older.links, older.dropped) == ((), {Drop.UNDATED: 1})


def test_s06_time_two_days_ahead_is_a_hint_still(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = rss(("/a", "2024-05-12T23:59:00Z"))
    assert run(source(FEED), client).dropped == {Drop.OTHER_DAY: 1}


def test_s06_local_time_without_zone_is_in_the_zone_of_the_source(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = rss(
        ("/a", "Thu, 09 May 2024 12:00:00"), ("/b", "Thu, 09 May 2024 12:00:00 -0000")
    )
    assert [link.hint for link in run(source(FEED), client).links] == [
        datetime(2024, 5, 9, 9, tzinfo=UTC),
        datetime(2024, 5, 9, 12, tzinfo=UTC),
    ]


# Which links are the source's


def test_s05_links_are_canonical_and_only_of_the_source(site: NewsSite, client: PoliteClient) -> None:
    links = (
        "a?utm_source=x#top",
        "//www.news.example/b",
        "https://other.example/c",
        "/" + "d" * 10_240,
        "mailto:e",
        "",
    )
    site.pages["news.example/feed"] = rss(*links, "https://evilnews.example/f", "https://news.example.evil.example/g")
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


def test_list_that_is_declared_twice_is_asked_once(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = rss("/a")
    found = run(source(FEED, Feed(FEED.url), NewsSitemap(FEED.url)), client)
    assert site.asked == [(200, "news.example/feed")]
    assert (paths(found), len(found.feeds)) == (["/a"], 1)


# What fails


def test_s01_feed_with_entities_is_rejected_and_the_others_are_read(site: NewsSite, client: PoliteClient) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + rss("/&b;")
    site.pages |= {"news.example/feed": bomb, "news.example/sitemap.xml": urlset(("/a", at(DAY)))}
    found = run(source(FEED, MAP), client)
    assert reports(found) == [("news.example/feed", "rejected", 0), ("news.example/sitemap.xml", "read", 1)]
    assert found.feeds[0].detail == "it declares XML entities"
    assert paths(found) == ["/a"]


def test_s02_sitemap_over_the_limit_is_read_up_to_it_and_reported(site: NewsSite, client: PoliteClient) -> None:
    entries = (f"<url><loc>/{number}</loc></url>" for number in range(50_001))
    site.pages["news.example/sitemap.xml"] = f"<urlset>{''.join(entries)}</urlset>".encode()
    found = run(source(MAP), client)
    assert len(found.links) == 50_000
    assert found.feeds[0].detail == "more than 50,000 entries: the rest is not read"


def test_s02_sitemap_beyond_all_measure_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, site: NewsSite, client: PoliteClient
) -> None:
    monkeypatch.setattr("infra.live.discovery.SITEMAP_REQUEST_BYTES", 100)
    site.pages["news.example/sitemap.xml"] = urlset(("/a" * 100, at(DAY)))
    (report,) = run(source(MAP), client).feeds
    assert (report.status, report.reason) == (FeedStatus.FAILED, FetchReason.TOO_LARGE)


def test_s04_error_page_instead_of_a_feed_is_rejected_and_the_run_goes_on(site: NewsSite, client: PoliteClient) -> None:
    site.pages |= {"news.example/feed": HTML_ERROR, "news.example/sitemap.xml": urlset(("/a", at(DAY)))}
    found = run(source(FEED, MAP), client)
    assert reports(found)[0] == ("news.example/feed", "rejected", 0)
    assert found.feeds[0].detail == "it is an HTML page"
    assert paths(found) == ["/a"]


def test_feed_that_fails_is_reported_with_the_reason_and_the_others_are_read(
    site: NewsSite, client: PoliteClient
) -> None:
    site.pages["news.example/sitemap.xml"] = urlset(("/a", at(DAY)))
    found = run(source(FEED, MAP), client)
    assert reports(found) == [("news.example/feed", "failed", 0), ("news.example/sitemap.xml", "read", 1)]
    assert found.feeds[0].reason is FetchReason.STATUS
    assert "404" in found.feeds[0].detail


def test_s04_broken_feed_is_read_and_its_fault_reported(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = rss("/a") + b"<oops"
    (report,) = run(source(FEED), client).feeds
    assert (report.status, report.links) == (FeedStatus.READ, 1)
    assert "not well-formed" in report.detail


def test_s04_empty_feed_that_was_always_empty_is_no_alarm(
    site: NewsSite, client: PoliteClient, store: MemoryStore
) -> None:
    site.pages["news.example/feed"] = rss()
    for _ in range(2):
        found = run(source(FEED), client, store)
        assert found.alarms == ()
        found.state.save()


@pytest.mark.parametrize("validators", [True, False])
def test_s08_feed_that_lost_all_its_links_raises_an_alarm_until_it_has_some(
    site: NewsSite, client: PoliteClient, store: MemoryStore, validators: bool
) -> None:
    site.validators = validators
    full = rss(*(f"/{number}" for number in range(100)))
    alarms = []
    for body in (full, rss(), rss(), full, rss(), full):
        site.pages["news.example/feed"] = body
        found = run(source(FEED), client, store)
        alarms.append(found.alarms)
        assert len(found.links) == (100 if body == full else 0)
        found.state.save()
    told = ("https://news.example/feed had 100 links before, and has none now",)
    assert alarms == [(), told, told, (), (), ()]  # that it may be empty is known after the first time


def test_s08_feed_that_names_only_other_sites_has_lost_its_links(
    site: NewsSite, client: PoliteClient, store: MemoryStore
) -> None:
    site.pages["news.example/feed"] = rss("/a")
    run(source(FEED), client, store).state.save()
    site.pages["news.example/feed"] = rss("https://parked.example/a")
    assert run(source(FEED), client, store).alarms == (
        "https://news.example/feed had 1 links before, and has none now",
    )


def test_s08_index_that_lost_its_sitemaps_raises_an_alarm(
    site: NewsSite, client: PoliteClient, store: MemoryStore
) -> None:
    site.pages |= {"news.example/sitemap.xml": index("/s1.xml"), "news.example/s1.xml": urlset(("/a", at(DAY)))}
    run(source(MAP), client, store).state.save()
    site.pages["news.example/sitemap.xml"] = index()
    assert run(source(MAP), client, store).alarms == (
        "https://news.example/sitemap.xml had 1 links before, and has none now",
    )


# Conditional requests


def test_f28_unchanged_site_is_asked_conditionally_and_nothing_is_written(
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


def test_unchanged_feed_gives_its_links_for_another_day(
    site: NewsSite, client: PoliteClient, store: MemoryStore
) -> None:
    site.pages["news.example/feed"] = rss(("/a", at(DAY)), ("/b", at(TODAY)))
    run(source(FEED), client, store).state.save()
    site.forget()
    assert paths(run(source(FEED), client, store, Days.one(TODAY))) == ["/b"]
    assert site.asked == [(304, "news.example/feed")]


def test_server_without_validators_is_known_to_be_unchanged_by_its_bytes(
    site: NewsSite, client: PoliteClient, store: MemoryStore
) -> None:
    site.validators = False
    site.pages["news.example/feed"] = rss("/a")
    run(source(FEED), client, store).state.save()
    found = run(source(FEED), client, store)
    assert (paths(found), found.feeds[0].status, found.state.save()) == (["/a"], FeedStatus.UNCHANGED, False)


def test_run_that_was_killed_before_it_saved_finds_everything_again(
    site: NewsSite, client: PoliteClient, store: MemoryStore
) -> None:
    site.pages["news.example/feed"] = rss("/a")
    run(source(FEED), client, store)
    assert paths(run(source(FEED), client, store)) == ["/a"]
    assert site.asked == [(200, "news.example/feed")] * 2


def test_state_that_is_deleted_costs_one_full_fetch(site: NewsSite, client: PoliteClient, store: MemoryStore) -> None:
    site.pages["news.example/feed"] = rss("/a")
    run(source(FEED), client, store).state.save()
    store.objects.clear()
    assert paths(run(source(FEED), client, store)) == ["/a"]
    assert site.asked == [(200, "news.example/feed")] * 2


def test_feed_that_changed_is_read_anew(site: NewsSite, client: PoliteClient, store: MemoryStore) -> None:
    site.pages["news.example/feed"] = rss("/a")
    run(source(FEED), client, store).state.save()
    site.pages["news.example/feed"] = rss("/b")
    assert paths(run(source(FEED), client, store)) == ["/b"]


def test_list_that_is_to_be_read_in_another_way_is_fetched_whole(
    site: NewsSite, client: PoliteClient, store: MemoryStore
) -> None:
    site.pages["news.example/all"] = listing("/a") + b"<h3><a href=/b>T</a></h3>"
    archive = DayArchive("https://news.example/all", links="h2 a")
    run(source(archive), client, store).state.save()
    assert paths(run(source(replace(archive, links="h3 a")), client, store)) == ["/b"]
    assert {status for status, _ in site.asked} == {200}


# Sitemaps


def test_sitemaps_of_other_days_are_not_fetched(site: NewsSite, client: PoliteClient) -> None:
    children = [
        "/post-2024-04.xml",
        "/post-2024-05.xml",
        "/post-2024-05-08.xml",
        "/post-2024-05-09.xml",
        "/page-2024-05.xml",
    ]
    site.pages["news.example/sitemap.xml"] = index(*children, "/post-new.xml", "https://other.example/post-2024-05.xml")
    for child in (*children, "/post-new.xml"):
        site.pages[f"news.example{child}"] = f"<urlset><url><loc>{child}/a</loc></url></urlset>".encode()
    dated = Sitemap(
        MAP.url,
        children=re.compile("/post-"),
        dated=re.compile(r"-(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?\.xml"),
    )
    found = run(source(dated), client)
    wanted = {"/post-2024-05.xml/a", "/post-2024-05-09.xml/a", "/post-new.xml/a"}
    assert set(paths(found)) == wanted
    assert found.dropped == {Drop.OFF_SITE: 1}
    # Without a time a link of a sitemap of the day is of that day, also where the day is long past.
    later = run(source(dated), client, today=date(2025, 1, 1))
    assert set(paths(later)) == wanted - {"/post-new.xml/a"}
    assert later.dropped == {Drop.OFF_SITE: 1, Drop.UNDATED: 1}


def test_sitemaps_whose_address_holds_the_local_day_are_asked_for_those_days(
    site: NewsSite, client: PoliteClient
) -> None:
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
    assert found.feeds[-1].detail == "sitemaps more than 3 levels deep are not read"


def test_s03_index_of_50_000_sitemaps_costs_so_many_requests_and_no_more(
    monkeypatch: pytest.MonkeyPatch, site: NewsSite, client: PoliteClient
) -> None:
    monkeypatch.setattr("infra.live.discovery.MAX_CHILDREN", 3)
    site.pages["news.example/sitemap.xml"] = index(*(f"/{number}.xml" for number in range(50_000)))
    site.pages["news.example/1.xml"] = index("/deeper.xml")
    found = run(source(MAP), client)
    assert len(site.asked) == 4
    assert found.feeds[0].detail == "3 of 50,000 sitemaps in it are read, last changed first"
    assert found.feeds[2].detail == "0 of 1 sitemaps in it are read, last changed first"
    assert MAX_CHILDREN >= 500  # ten years of weekly ones


class Failing:
    """A client that fails in one way, and counts."""

    def __init__(self, reason: FetchReason, after: int, answers: dict[str, bytes]) -> None:
        self.asked: list[str] = []
        self._reason, self._after, self._answers = reason, after, answers

    def get(self, url: str, **_options: object) -> Answer:
        self.asked.append(url)
        if len(self.asked) > self._after:
            raise FetchError(self._reason, "it is so")
        return Answer(url, url, 200, (), self._answers[url], datetime.now(UTC))


@pytest.mark.parametrize(
    ("reason", "asked"),
    [
        (FetchReason.BUDGET, 2),
        (FetchReason.HOST_DOWN, 2),
        (FetchReason.ROBOTS_UNREACHABLE, 2),
        (FetchReason.STATUS, 21),
        (FetchReason.TIMEOUT, 21),
    ],
)
def test_failure_of_the_host_ends_a_sitemap_and_that_of_a_page_does_not(reason: FetchReason, asked: int) -> None:
    client = Failing(reason, 1, {MAP.url: index(*(f"/{number}.xml" for number in range(20)))})
    found = run(source(MAP), client)
    assert len(client.asked) == len(found.feeds) == asked
    assert found.feeds[-1].reason is reason


def test_failure_of_the_host_ends_a_day_archive() -> None:
    client = Failing(FetchReason.BUDGET, 0, {})
    run(source(DayArchive("https://news.example/%Y/%m/%d/", links="a")), client)
    assert client.asked == ["https://news.example/2024/05/09/"]


# Listings


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


def test_archive_without_page_numbers_is_asked_once_a_day(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/2024/05/09/"] = listing("/a")
    run(source(DayArchive("https://news.example/%Y/%m/%d/", links="h2 a", pages=9)), client)
    assert [place for _, place in site.asked] == ["news.example/2024/05/09/", "news.example/2024/05/10/"]


def test_listing_is_read_until_its_dates_pass_the_day(site: NewsSite, client: PoliteClient) -> None:
    def page(number: int) -> bytes:
        day = TODAY - timedelta(days=number - 1)
        pinned = ("/pinned", "1 January 2020, 12:00")
        return listing(pinned, (f"/{number}a", f"{day:%-d %B %Y}, 15:00"), (f"/{number}b", f"{day:%-d %B %Y}, 12:00"))

    for number in range(1, 10):
        site.pages[f"news.example/all/{number}"] = page(number)
    pages = PagedListing("https://news.example/all/{page}", links="h2 a", dates="time")
    found = run(source(pages), client)
    assert paths(found) == ["/2b", "/2a"]
    assert [place for _, place in site.asked] == [f"news.example/all/{number}" for number in (1, 2, 3)]


def test_listing_without_dates_is_read_to_its_end_for_the_newest_days(site: NewsSite, client: PoliteClient) -> None:
    for number in range(1, 4):
        site.pages[f"news.example/all/{number}"] = listing(f"/{number}")
    pages = PagedListing("https://news.example/all/{page}", links="h2 a")
    assert paths(run(source(pages), client)) == ["/1", "/2", "/3"]
    assert paths(run(source(replace(pages, pages=2)), client)) == ["/1", "/2"]


def test_p06_listing_that_hangs_the_reader_is_rejected_and_the_run_goes_on(
    site: NewsSite, client: PoliteClient
) -> None:
    site.pages |= {"news.example/all": b"<div>" * 150_000, "news.example/feed": rss("/a")}
    of = source(PagedListing("https://news.example/all", links="a"), FEED)
    state = DiscoveryState.load(MemoryStore(), of.name)
    found = discover(of, Days.one(DAY), client, state, today=TODAY, page_deadline=0.5)
    assert found.feeds[0].detail == "reading it took longer than 0.5 seconds"
    assert paths(found) == ["/a"]


def test_p07_listing_that_kills_the_reader_is_rejected(
    monkeypatch: pytest.MonkeyPatch, site: NewsSite, client: PoliteClient
) -> None:
    monkeypatch.setattr("infra.live.listing_worker.read_listing", dying_reader)
    site.pages["news.example/all"] = listing("/a")
    (report,) = run(source(PagedListing("https://news.example/all", links="a")), client).feeds
    assert (report.status, report.detail) == (FeedStatus.REJECTED, "the process that read it died, exit code 3")


def test_feeds_on_another_host_than_the_source_are_asked(site: NewsSite, client: PoliteClient) -> None:
    site.pages["feeds.example/news"] = rss("https://news.example/a")
    assert paths(run(source(Feed("https://feeds.example/news")), client)) == ["/a"]


def test_relative_links_are_relative_to_the_address_that_answered(site: NewsSite, client: PoliteClient) -> None:
    site.pages["news.example/feed"] = Said(301, headers={"Location": "/world/feed"})
    site.pages["news.example/world/feed"] = rss("a")
    assert paths(run(source(FEED), client)) == ["/world/a"]


# Days


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [("UTC", 9, 9), ("Europe/Moscow", 9, 10), ("America/New_York", 8, 9), ("Pacific/Kiritimati", 9, 10)],
)
def test_local_days_are_those_that_overlap(zone: str, first: int, last: int) -> None:
    days = local_days(Days.one(DAY), zone)
    assert (days[0].day, days[-1].day, len(days)) == (first, last, last - first + 1)


@pytest.mark.parametrize(
    ("url", "span"),
    [
        ("-2024-02.xml", (date(2024, 2, 1), date(2024, 2, 29))),
        ("-9999-12.xml", (date(9999, 12, 1), date(9999, 12, 31))),
        ("-2024-02-29.xml", (date(2024, 2, 29), date(2024, 2, 29))),
        ("-2024-13.xml", None),
        ("-0000-01.xml", None),
        ("-1.xml", None),
    ],
)
def test_date_in_an_address_says_of_which_days_a_sitemap_is(url: str, span: tuple[date, date] | None) -> None:
    pattern = re.compile(r"-(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?\.xml")
    assert dated_span(url, Sitemap(MAP.url, dated=pattern)) == span


@given(
    st.lists(st.tuples(st.sampled_from(["/a", "/b", "mailto:x", "", "https://o.example/"]), st.dates(date(1960, 1, 1))))
)
def test_every_mention_is_given_or_counted(entries: list[tuple[str, date]]) -> None:
    body = rss(*((link, at(day)) for link, day in entries))
    found = run(source(FEED), Failing(FetchReason.STATUS, 1, {FEED.url: body}))
    assert len(found.links) + found.dropped.total() == len(entries)
