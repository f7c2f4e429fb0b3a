"""The demo's news sites: pages that our parsers read with the right dates, and a server that answers as it must."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import requests
from selectolax.lexbor import LexborHTMLParser

from parsers.parse import parse
from parsers.record.article import BlockType
from tests.captures import article_of
from tests.commands import Cli
from tests.demo_requests import DemoClient, demo_client
from tests.demo_site.site import DemoSite

TODAY = date(2026, 11, 23)
DAYS = [TODAY - timedelta(days=offset) for offset in range(29)]  # all that is special occurs within four weeks
SITES = {
    "tass": "https://tass.com",
    "theissue": "https://www.theissue.com",
    "globalresearch": "https://www.globalresearch.ca",
}
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


def test_a_port_that_is_taken_is_told_in_one_line(site: DemoSite, cli: Cli) -> None:
    cli("demo", "--serve", "--port", str(site.server_port), code=1)
    assert f"port {site.server_port} can't be listened on" in cli.err
