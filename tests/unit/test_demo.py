"""The demo's news sites: pages that our parsers read with the right dates, and a server that answers as it must."""

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urljoin

import feedparser
import pytest
import requests
from defusedxml import ElementTree
from protego import Protego
from selectolax.lexbor import LexborHTMLParser

from flows.cli import run as run_cli
from parsers.fields.urls import canonical
from parsers.parse import parse
from parsers.record.article import BlockType
from parsers.registry import sources
from tests.captures import article_of, rejection_of
from tests.demo_requests import DemoClient, demo_client
from tests.demo_site.site import DemoSite

TODAY = date(2026, 11, 23)
DAYS = [TODAY - timedelta(days=offset) for offset in range(29)]  # all that is special occurs within four weeks
SITES = {
    "tass": "https://tass.com",
    "theissue": "https://www.theissue.com",
    "globalresearch": "https://www.globalresearch.ca",
}
FEEDS = {"tass": "/rss/v2.xml", "theissue": "/feed/", "globalresearch": "/feed"}
NAMES = sorted(SITES)


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def client(site: DemoSite) -> Iterator[DemoClient]:
    with demo_client(site) as sender:
        yield sender


@pytest.mark.parametrize("name", NAMES)
def test_p14_every_article_of_a_week_lands_whole_on_its_day(site: DemoSite, client: DemoClient, name: str) -> None:
    """One a day is of another day where it was written."""
    days = {day: site.expected(name, day) for day in DAYS[:7]}
    assert {len(articles) for articles in days.values()} == {6}
    for day, expected in ((day, article) for day, articles in days.items() for article in articles):
        article = article_of(parse(client.capture(expected.url)))
        assert (article.source, article.canonical_url, article.title) == (name, expected.url, expected.title)
        assert (article.authors, article.topics) == (expected.authors, expected.topics)
        assert (article.published_at, article.modified_at) == (expected.published_at, expected.modified_at)
        assert expected.published_at.date() == day
        assert (article.access, article.flags) == (expected.access, ())
        assert article.section
        assert article.images[0].caption
        paragraphs = [block.text for block in article.body if block.type is BlockType.PARAGRAPH]
        assert len(paragraphs) == (2 if expected.access == "paid" else 8), article.body
        assert not any("made up" in text or "$" in text for text in paragraphs)  # the notice is outside the text


def test_p11_some_articles_are_paid(site: DemoSite) -> None:
    assert any(article.access == "paid" for day in DAYS[:4] for article in site.expected("theissue", day))


@pytest.mark.parametrize("name", NAMES)
def test_p12_p20_what_is_no_article_is_rejected_for_its_reason(site: DemoSite, client: DemoClient, name: str) -> None:
    expected = [rejection for day in DAYS for rejection in site.expected_rejections(name, day)]
    article_url = sources()[name].article_url
    assert article_url
    assert {rejection.reason for rejection in expected} == {"layout", "not_article"}
    for rejection in expected:
        assert rejection_of(parse(client.capture(rejection.url))).reason == rejection.reason
        assert article_url.search(rejection.url.removeprefix(SITES[name]))  # so it is fetched
    assert len(expected) < 0.05 * len(DAYS) * 6  # below the limit for quarantine, so that a month ends well


@pytest.mark.parametrize("name", NAMES)
def test_s05_s07_the_feed_names_two_days_in_odd_spellings(site: DemoSite, client: DemoClient, name: str) -> None:
    answer = client.get(SITES[name] + FEEDS[name])
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.bozo_exception
    links = [canonical(urljoin(SITES[name], entry.link)) for entry in feed.entries]
    moved = {link: client.get(link).headers["Location"] for link in links if link and "first-draft" in link}
    wanted = {article.url for day in DAYS[:2] for article in site.expected(name, day)}
    assert wanted <= {moved.get(link or "", link) for link in links}
    assert len(moved) == (2 if name == "theissue" else 0)
    assert "https://adverts.example/umbrellas?from=feed" in links
    lost = [client.get(link).status_code for link in links if link and link.endswith(("/404", "/410"))]
    assert lost == {"tass": [404], "theissue": [], "globalresearch": [410]}[name]


@pytest.mark.parametrize(
    ("name", "path", "days"), [("tass", "/sitemap_news.xml", 2), ("globalresearch", "/sitemap.xml", 29)]
)
def test_a_sitemap_leads_to_every_article(site: DemoSite, client: DemoClient, name: str, path: str, days: int) -> None:
    root = ElementTree.fromstring(client.get(SITES[name] + path).content)
    found = [element.text or "" for element in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    second = [url for url in found if url.rpartition("/")[0].endswith("-2")]  # a copy, which names the first address
    assert bool(second) == (name == "globalresearch")
    named = {article_of(parse(client.capture(url))).canonical_url for url in second}
    assert named.union(found) >= {article.url for day in DAYS[:days] for article in site.expected(name, day)}


def test_the_day_archive_has_pages_and_404_after_the_last(site: DemoSite, client: DemoClient) -> None:
    listed: set[str] = set()
    for day in (DAYS[3], DAYS[2]):  # a UTC day has articles of two local days
        for page in (1, 2):
            url = f"{SITES['theissue']}/{day:%Y/%m/%d}/page/{page}/"
            hrefs = [node.attributes["href"] for node in LexborHTMLParser(client.get(url).text).css("article h2 a")]
            listed |= {urljoin(url, href) for href in hrefs if href}
        assert client.get(f"{SITES['theissue']}/{day:%Y/%m/%d}/page/3/").status_code == 404
    assert listed >= {article.url for article in site.expected("theissue", DAYS[2])}


def test_r06_one_robots_file_disallows_an_article_and_one_asks_for_a_delay(site: DemoSite, client: DemoClient) -> None:
    robots = {name: Protego.parse(client.get(f"{SITES[name]}/robots.txt").text) for name in NAMES}
    assert robots["tass"].crawl_delay("newslake") == 0.1
    disallowed = [url for day in DAYS for url in site.disallowed("theissue", day)]
    assert disallowed
    assert not any(robots["theissue"].can_fetch(url, "newslake") for url in disallowed)
    for name in NAMES:
        assert all(robots[name].can_fetch(article.url, "newslake") for article in site.expected(name, TODAY))


def test_an_address_shows_the_same_page_on_any_day(client: DemoClient, site: DemoSite) -> None:
    with DemoSite(TODAY + timedelta(days=1), days=3) as later, demo_client(later) as other:
        url = site.expected("theissue", TODAY)[2].url
        assert parse(other.capture(url)) == parse(client.capture(url))


def test_f28_a_conditional_get_is_answered_304_without_a_body(site: DemoSite, client: DemoClient) -> None:
    page = site.expected("tass", TODAY)[0].url
    first = client.get(page)
    for headers in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        again = client.get(page, headers)
        assert (again.status_code, again.content) == (304, b""), headers
    for headers in ({"If-None-Match": '"other"'}, {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}):
        assert client.get(page, headers).content == first.content


def test_bare_hosts_lead_to_www_and_an_unknown_address_nowhere(client: DemoClient) -> None:
    answer = client.get("https://theissue.com/culture/x-1?utm_source=a")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{SITES['theissue']}/culture/x-1?utm_source=a")
    assert client.get(f"{SITES['tass']}/society/1").status_code == 404


def test_a_browser_gets_a_start_page_and_sites_whose_links_stay_here(site: DemoSite) -> None:
    with requests.Session() as session:
        session.trust_env = False
        start = session.get(f"{site.url}/").text
        assert all(f'href="/{base.removeprefix("https://")}/"' in start for base in SITES.values())
        assert site.origins in start
        assert session.get(f"{site.url}/nothing").status_code == 404
        page = session.get(f"{site.url}/{site.expected('tass', TODAY)[0].url.removeprefix('https://')}").text
        hrefs = [node.attributes["href"] or "" for node in LexborHTMLParser(page).css("a")]
        assert all(href.startswith("/tass.com/") for href in hrefs)
        assert {session.get(site.url + href).status_code for href in hrefs} == {200}


def test_a_port_that_is_taken_is_told_in_one_line(site: DemoSite, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["demo", "--serve", "--port", str(site.server_port)]) == 1
    assert f"port {site.server_port} can't be listened on" in capsys.readouterr().err
