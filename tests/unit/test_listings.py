import pytest
from hypothesis import given

from parsers.lists.feeds import read_listing
from parsers.lists.links import Reading, UnreadableError, Unusable
from parsers.source.discovery import Link
from tests.broken_markup import broken

BASE = "https://news.example/2024/05/03/"
ARTICLE = '<article><h2><a href="{}">Headline</a></h2><p>{}</p></article>'
LINKS = "article h2 a"


def page(*articles: tuple[str, str], head: str = "") -> bytes:
    rows = "".join(ARTICLE.format(*article) for article in articles)
    return f"<html><head>{head}</head><body><a href=/about>About</a>{rows}</body></html>".encode()


def read(body: bytes) -> Reading:
    return read_listing(body, BASE, links=LINKS)


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


def test_selector_that_is_none_is_refused() -> None:
    with pytest.raises(UnreadableError, match="is no CSS selector"):
        read_listing(page(), BASE, links="a[[")


@given(
    broken(
        "<article> <h2> <a_href= ' > </a> <time_datetime= <time> 2024-05-03 <base_href= http://[ <!-- &#xd800;"
        " <template> <svg> </h2>"
    )
)
def test_any_bytes_are_read(body: bytes) -> None:
    assert all(link.url.startswith("https://") for link in read(body).links)
