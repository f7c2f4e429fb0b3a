import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given

from parsers.lists.feeds import MAX_ENTRIES, read_sitemap
from parsers.lists.links import Reading, UnreadableError, Unusable
from parsers.source.discovery import Link
from tests.broken_markup import broken
from tests.unit.test_feeds import DANGEROUS, FAULTS

BASE = "https://news.example/sitemap.xml"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def urlset(*entries: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NAMESPACES}>{"".join(entries)}</urlset>'.encode()


def index(*children: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{child}</loc></sitemap>" for child in children)
    return f"<sitemapindex {NAMESPACES}>{entries}</sitemapindex>".encode()


def url(loc: str = "/a", more: str = "") -> str:
    return f"<url><loc>{loc}</loc>{more}</url>"


def read(body: bytes) -> Reading:
    return read_sitemap(body, BASE, "Europe/Moscow")


NEWS = "<n:news><n:publication_date>2024-05-03T12:00:00Z</n:publication_date><n:title>T</n:title></n:news>"
CHANGED = "<lastmod>2024-05-05T12:00:00+03:00</lastmod>"


@pytest.mark.parametrize(
    ("dates", "day", "hour", "is_publication"),
    [
        (NEWS + CHANGED, 3, 12, True),
        (CHANGED, 5, 9, False),
        (CHANGED + "<lastmod>2030-01-01</lastmod>", 5, 9, False),  # S06: the first counts
    ],
)
def test_hint_is_the_publication_or_else_the_last_change(dates: str, day: int, hour: int, is_publication: bool) -> None:
    expected = Link("https://news.example/a", datetime(2024, 5, day, hour, tzinfo=UTC), is_publication)
    assert read(urlset(url(more=dates))).links == (expected,)


def test_addresses_of_pictures_are_no_links_and_strange_dates_no_hints() -> None:
    picture = "<image:image><image:loc>https://news.example/a.jpg</image:loc></image:image>"
    found = read(urlset(url(more=picture + "<lastmod>soon</lastmod>"), f"<url>{picture}</url>"))
    assert found == Reading((Link("https://news.example/a"),), unusable={Unusable.NO_ADDRESS: 1})


def test_index_gives_children_with_the_query_that_names_them() -> None:
    body = index("/s1.xml?outputType=xml&amp;utm_source=1#x", "mailto:x")
    body = body.replace(b"</loc>", b"</loc><lastmod>2024-05-05</lastmod>")
    child = Link("https://news.example/s1.xml?outputType=xml&utm_source=1", datetime(2024, 5, 5, 9, tzinfo=UTC), False)
    assert read(body) == Reading(children=(child,), unusable={Unusable.NOT_HTTP: 1})


@pytest.mark.parametrize("head", DANGEROUS.values(), ids=DANGEROUS)
def test_s01_entities_that_a_sitemap_declares_are_never_expanded(head: str) -> None:
    reading = read(f"{head}<urlset>{url('/&a;')}{url('/b')}</urlset>".encode())
    assert reading == Reading((Link("https://news.example/b"),), (), {Unusable.GARBLED: 1}, "garbled addresses: 1")


def test_s02_s03_sitemap_or_index_over_50_000_addresses_is_read_up_to_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_ENTRIES == 50_000  # as the protocol of sitemaps has it
    monkeypatch.setattr("parsers.lists.feeds.MAX_ENTRIES", 9)
    exact = read(urlset(*(url(f"/{number}") for number in range(9))))
    assert (len(exact.links), exact.lacking) == (9, "")
    over = read(index(*(f"/{number}.xml" for number in range(10))))
    assert (len(over.children), over.lacking) == (9, "more than 9 entries: the rest is not read")


def test_s02_sitemap_over_50_megabytes_is_read_up_to_there() -> None:
    body = urlset(*(url(f"/{number}", "<x>" + "x" * 1_000_000 + "</x>") for number in range(60)))
    reading = read(body)
    assert len(reading.links) == 53  # the address of the last one is whole
    assert reading.lacking.startswith("more than 52,428,800 bytes: the rest is not read")


def test_s03_elements_nested_without_end_are_left() -> None:
    for piece, lacking in ((b"<url>", "more than 50,000 entries"), (b"<a>", "it breaks off")):
        reading = read(b"<urlset>" + url().encode() + b"<url>" + piece * 60_000)
        assert len(reading.links) == 1
        assert lacking in reading.lacking
    began = time.process_time()
    read(b"<urlset>" + url().encode() + b"<url>" + b"<a>" * 20_000 + b"</b>" * 20_000)
    assert time.process_time() - began < 4  # one end tag after the other was looked for among all that are open


UNREADABLE = {
    "nothing": (b"", "empty"),
    "feed": (b"<rss/>", "the root element is <rss>"),
    "text": (b"Come back later: https://news.example/", "it has no element"),
    "breaks off in its first entry": (b"<urlset><url><loc>https://news.exam", "breaks off before its first entry"),
}


@pytest.mark.parametrize(("body", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_s04_what_is_no_sitemap_is_refused_with_the_reason(body: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read(body)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_s04_no_fault_loses_an_entry(fault: str) -> None:
    fault = fault.replace("LINK", "<loc>/m?a=1&b=2</loc>").replace("item>", "url>").replace("link>", "loc>")
    reading = read(urlset(url("/a"), f"<url>{fault}</url>", url("/z")))
    links = [link.url.removeprefix("https://news.example") for link in reading.links]
    assert [link for link in links if link != "/x"] == ["/a", "/m?a=1&b=2", "/z"]
    assert (reading.unusable, reading.lacking) == ({}, "")


@example(b"<?xml?><?xml version='' encoding='x'?>")
@example(b"<?xml?><?xml version='1.0' encoding='utf-7'?>")
@given(
    broken(
        "<urlset> </urlset> <url> </url> <loc> </loc> <sitemapindex> <sitemap> </sitemap> <lastmod> </lastmod> <n:news>"
        " </n:news> &amp; &#0; ]]> <![CDATA[ <!-- --> <?x <!DOCTYPE_x_[ /a http://[:: 2024-05-05"
        " <?xml_version='1.0'_encoding='x'?>"
    )
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for document in (body, b"<urlset>" + body):
        try:
            reading = read(document)
        except UnreadableError:
            continue
        assert all(link.url.startswith("https://") for link in reading.links)
