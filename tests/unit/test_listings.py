from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from parsers.lists.links import Reading, UnreadableError, Unusable
from parsers.lists.listings import read_listing
from parsers.source.discovery import Link
from tests.broken_markup import broken

BASE = "https://news.example/2024/05/03/"
ARTICLE = '<article><h2><a href="{}">Headline</a></h2><p>{}</p></article>'
LINKS = "article h2 a"


def page(*articles: tuple[str, str], head: str = "") -> bytes:
    rows = "".join(ARTICLE.format(*article) for article in articles)
    return f"<html><head>{head}</head><body><a href=/about>About</a>{rows}</body></html>".encode()


def read(body: bytes, *, dates: str | None = None) -> Reading:
    return read_listing(body, BASE, "Europe/Moscow", links=LINKS, dates=dates, today=date(2024, 5, 4))


def test_links_that_the_selector_finds_are_given_in_order() -> None:
    links = ("/b", ""), ("a?utm_source=x#top", ""), ("//www.news.example/c", "")
    (b, c) = Link("https://news.example/b"), Link("https://www.news.example/c")
    assert read(page(*links)) == Reading((b, Link(f"{BASE}a"), c))
    assert read(page(*links, head='<base href="/world/">')) == Reading((b, Link("https://news.example/world/a"), c))
    assert read(page()) == read(b"") == Reading()


def test_s05_links_without_a_usable_address_are_counted() -> None:
    body = (
        page(("javascript:void(0)", ""), ("", ""), ("/" + "a" * 10_240, "")) + b"<article><h2><a>x</a></h2></article>"
    )
    assert read(body).unusable == {Unusable.NOT_HTTP: 1, Unusable.NO_ADDRESS: 2, Unusable.TOO_LONG: 1}


def test_dates_beside_the_links_become_hints() -> None:
    body = page(
        ("/a", "<time datetime=2024-05-03T12:00:00Z>today</time>"),
        ("/b", "<time>3 May 2024, 15:00</time>"),
        ("/c", "<time>3 May, 15:00</time>"),  # in the last year in which that was not in the future
        ("/d", "<time>some day</time>"),
    )
    noon = datetime(2024, 5, 3, 12, tzinfo=UTC)
    assert [link.hint for link in read(body, dates="article time").links] == [noon, noon, noon, None]


def test_dates_that_are_not_as_many_as_links_are_refused() -> None:
    body = page(("/a", "<time>3 May 2024</time>"), ("/b", ""))
    with pytest.raises(UnreadableError, match="2 links match 'article h2 a', but 1 dates 'time'"):
        read(body, dates="time")


@pytest.mark.parametrize(("links", "dates"), [("a[[", None), ("a", "time[[")])
def test_selector_that_is_none_is_refused(links: str, dates: str | None) -> None:
    with pytest.raises(UnreadableError, match="is no CSS selector"):
        read_listing(page(), BASE, "UTC", links=links, dates=dates)


@given(
    broken(
        "<article> <h2> <a_href= ' > </a> <time_datetime= <time> 2024-05-03 <base_href= http://[ <!-- &#xd800;"
        " <template> <svg> </h2>"
    )
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for dates in (None, "time"):
        try:
            reading = read(body, dates=dates)
        except UnreadableError:
            continue
        assert all(link.url.startswith("https://") for link in reading.links)
