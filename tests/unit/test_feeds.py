from contextlib import suppress
from datetime import UTC, datetime
from unittest.mock import Mock
from urllib.parse import quote

import pytest
from hypothesis import given

from parsers.lists.feeds import read_feed
from parsers.lists.links import Reading, UnreadableError, Unusable
from parsers.source.discovery import Link
from tests.broken_markup import broken
from tests.tables import table

BASE = "https://news.example/rss/all.xml"
ZONE = "Europe/Moscow"
NOON = datetime(2024, 5, 3, 12, tzinfo=UTC)


def rss(*entries: str, head: str = "") -> bytes:
    return f'{head}<rss version="2.0"><channel><title>News</title>{"".join(entries)}</channel></rss>'.encode()


def entry(link: str = "/a", date: str = "") -> str:
    return f"<item><title>T</title><link>{link}</link>{f'<pubDate>{date}</pubDate>' if date else ''}</item>"


def read(body: bytes) -> Reading:
    return read_feed(body, BASE, ZONE)


FEEDS = table("feeds")
FORMATS, DANGEROUS, FAULTS = FEEDS["formats"], FEEDS["dangerous"], FEEDS["faults"]


@pytest.mark.parametrize("document", FORMATS.values(), ids=FORMATS)
def test_feeds_of_every_format_are_read(document: str) -> None:
    assert read(document.encode()) == Reading((Link("https://news.example/a"),))


@pytest.mark.parametrize(
    ("published", "hint"),
    [("<published>2024-05-03T12:00:00Z</published>", (NOON, True)), ("", (NOON.replace(day=4), False))],
)
def test_atom_states_when_an_entry_was_published_or_only_changed(published: str, hint: tuple[datetime, bool]) -> None:
    dated = f'<entry><link href="/a"/>{published}<updated>2024-05-04T12:00:00Z</updated></entry>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{dated}</feed>'
    assert read(feed.encode()).links == (Link("https://news.example/a", *hint),)


@pytest.mark.parametrize("head", DANGEROUS.values(), ids=DANGEROUS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_s01_entities_that_a_feed_declares_are_never_expanded(head: str, encoding: str) -> None:
    entries = entry("/a&#x2F;&eacute;"), entry("https://news.example/&a;"), entry("/b")
    reading = read(rss(*entries, head=head).decode().encode(encoding))
    assert [link.url for link in reading.links] == ["https://news.example/a/%C3%A9", "https://news.example/b"]
    assert (reading.unusable, reading.lacking) == ({Unusable.GARBLED: 1}, "garbled addresses: 1")


@pytest.mark.parametrize(
    "body",
    [
        *(b"http://127.0.0.1:9/feed", b"file:///etc/passwd", b"feeds.xml"),
        FORMATS["RSS 0.91 with the document type of Netscape"].encode(),
    ],
)
def test_s01_no_feed_opens_a_file_or_an_address(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Mock(side_effect=AssertionError)
    with monkeypatch.context() as patches, suppress(UnreadableError):
        for way in ("builtins.open", "socket.socket.connect", "urllib.request.OpenerDirector.open"):
            patches.setattr(way, opened)
        read(body)
    opened.assert_not_called()


UNREADABLE = {
    "HTML page behind a comment": (b"<!-- x --><html><body>Sorry</body></html>", "HTML page"),
    "document type without end": (b"<!DOCTYPE x [<!ENTITY a 'b>" + b"y" * 200_000, "has no end"),
    "text": (b"Come back later", "it has no element"),
    "sitemap": (b"<urlset><url><loc>https://news.example/a</loc></url></urlset>", "neither RSS nor Atom"),
    "feed that breaks off before its first entry": (b'<rss version="2.0"><channel><title>x', "breaks off"),
}


@pytest.mark.parametrize(("body", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_s04_what_is_no_feed_is_refused_with_the_reason(body: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read(body)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_s04_no_fault_loses_an_entry(fault: str) -> None:
    faulty = f"<item>{fault.replace('LINK', '<link>/m?a=1&b=2</link>')}</item>"
    reading = read(rss(entry("/a"), faulty, entry("/z")))
    links = [link.url.removeprefix("https://news.example") for link in reading.links]
    assert [link for link in links if link != "/x"] == ["/a", "/m?a=1&b=2", "/z"]
    assert reading.lacking == ""


def test_s04_feed_that_breaks_off_gives_what_is_whole_and_says_so() -> None:
    whole, mark, end = rss(entry("/a"), entry("/b")), b"</link", b"</channel"
    both = [Link("https://news.example/a"), Link("https://news.example/b")]
    for length in range(whole.index(mark) + len(mark), len(whole) + 1):
        reading = read(whole[:length])
        assert list(reading.links) == both[: whole[:length].count(mark)]
        assert bool(reading.lacking) == (end not in whole[:length])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251", "euc-kr", "shift_jis"])
def test_s04_declared_encodings_are_read(encoding: str) -> None:
    word = {"windows-1251": "новость", "euc-kr": "뉴스", "shift_jis": "ニュース"}.get(encoding, "é")
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    body = rss(entry(f"/{word}"), head=declared).decode().encode(encoding)
    assert read(body).links[0].url == f"https://news.example/{quote(word)}"


@pytest.mark.parametrize(("link", "url"), table("urls")["feed_links"])
def test_s05_links_are_canonical(link: str, url: str) -> None:
    assert read(rss(entry(link))).links == (Link(url),)
    assert read(rss()) == Reading()


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("", Unusable.NO_ADDRESS),
        ("/" + "a" * 10_240, Unusable.TOO_LONG),
        ("/" + "é" * 4_000, Unusable.TOO_LONG),
        ("mailto:desk@news.example", Unusable.NOT_HTTP),
        ("http://[::1", Unusable.NOT_HTTP),
    ],
)
def test_s05_entries_without_a_usable_address_are_counted(link: str, reason: Unusable) -> None:
    assert read(rss(entry(link))) == Reading(unusable={reason: 1})


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Fri, 03 May 2024 15:00:00 +0300", NOON),
        ("Fri, 03 May 2024 12:00:00 -0000", NOON),  # RFC 5322: UTC
        ("Fri, 03 May 2024 15:00:00", NOON),  # in the zone of the source
        ("2024-05-03", NOON.replace(hour=9)),  # a date alone is noon in the zone
        ("2024-05-03T12:00:00Z" + " " * 90 + "x", None),  # too long to be one
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Fri, 32 May 2024 12:00 GMT", None),
    ],
)
def test_s06_times_become_hints(date: str, expected: datetime | None) -> None:
    (link,) = read(rss(entry(date=date))).links
    assert (link.hint, link.hint_is_publication) == (expected, True)


@given(
    broken(
        "<rss_version='2.0'> <channel> <item> <link> </link> </item> <feed> <entry> </ <! <![CDATA[ ]]> <!-- --> &#x0;"
        " &#99999999; &amp; <a:b_xmlns:a='c'> <link_href=' '/> <!DOCTYPE http://[ <pubDate> </pubDate> <guid> </guid>"
        " <?xml ?> ]["
    )
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for document in (body, b"<rss version='2.0'><channel>" + body):
        try:
            reading = read(document)
        except UnreadableError:
            continue
        assert all(link.url.startswith("https://") for link in reading.links)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece",
    [b"<", b"<a", b"<!", b"&", b"</", b"<item>", b"<a:b xmlns:a='u'>", b"<!DOCTYPE ", b"<a b='", b"<!--", b"<![CDATA["],
)
def test_p06_feed_of_one_piece_over_and_over_ends(piece: bytes) -> None:
    body = b"<rss version='2.0'><channel>" + piece * (100_000 // len(piece))
    with suppress(UnreadableError):
        read(body)
