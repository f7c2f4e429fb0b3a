from contextlib import suppress
from datetime import UTC, datetime
from unittest.mock import Mock
from urllib.parse import quote

import pytest
from hypothesis import given

from parsers.lists.feeds import MAX_FEED_BYTES, read_feed
from parsers.lists.links import Reading, UnreadableError, Unusable
from parsers.source.discovery import Link
from tests.broken_markup import broken

BASE = "https://news.example/rss/all.xml"
ZONE = "Europe/Moscow"
NOON = datetime(2024, 5, 3, 12, tzinfo=UTC)


def rss(*entries: str, head: str = "") -> bytes:
    return f'{head}<rss version="2.0"><channel><title>News</title>{"".join(entries)}</channel></rss>'.encode()


def entry(link: str = "/a", date: str = "") -> str:
    return f"<item><title>T</title><link>{link}</link>{f'<pubDate>{date}</pubDate>' if date else ''}</item>"


def read(body: bytes) -> Reading:
    return read_feed(body, BASE, ZONE)


FORMATS = {
    "RSS 0.91 with the document type of Netscape": '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
    ' "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><item><link>/a</link></item>'
    "</channel></rss>",
    "RSS 1.0": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    '<channel rdf:about="x"/><item rdf:about="https://news.example/a"><link>https://news.example/a</link></item></rdf:RDF>',
    "RSS 2.0": rss(entry()).decode(),
    "RSS 2.0 with the address as guid": '<rss version="2.0"><channel><item><guid isPermaLink="true">https://news.example'
    "/a</guid></item></channel></rss>",
    "RSS 2.0 through FeedBurner": '<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
    "<channel><item><link>https://feedproxy.example/~r/x</link><feedburner:origLink>https://news.example/a"
    "</feedburner:origLink></item></channel></rss>",
    "Atom": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="alternate" href="/a"/></entry></feed>',
    "white space before the declaration": '\n <?xml version="1.0" encoding="utf-8"?>' + rss(entry()).decode(),
}


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


DANGEROUS = {
    "billion laughs": "<!DOCTYPE lolz [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]>",
    "external entity": "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
    "external subset of entities": "<!DOCTYPE x [<!ENTITY % a SYSTEM 'http://127.0.0.1/x.dtd'> %a;]>",
    "behind a comment": "<!-- <rss> --><!DOCTYPE x [<!ENTITY a 'b'>]>",
    "document type without end": "<!DOCTYPE x " + "y" * 2000 + " [<!ENTITY a 'b'>]>",
    "elements declared": "<!DOCTYPE rss [<!ELEMENT rss ANY>]>",
}


@pytest.mark.parametrize("head", DANGEROUS.values(), ids=DANGEROUS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_s01_feed_that_declares_entities_is_refused(head: str, encoding: str) -> None:
    body = rss(entry("https://news.example/&a;"), head=head).decode().encode(encoding)
    with pytest.raises(UnreadableError, match="declares XML entities"):
        read(body)


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
    "JSON": (b'{"version": "https://jsonfeed.org/version/1"}', "neither RSS nor Atom"),
    "sitemap": (b"<urlset><url><loc>https://news.example/a</loc></url></urlset>", "neither RSS nor Atom"),
    "feed that breaks off before its first entry": (b'<rss version="2.0"><channel><title>x', "broken"),
    "too many bytes": (b" " * (MAX_FEED_BYTES + 1), "more than 5,242,880 bytes"),
}


@pytest.mark.parametrize(("body", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_s04_what_is_no_feed_is_refused_with_the_reason(body: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read(body)


def test_s04_whatever_the_library_raises_makes_the_feed_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedparser.parse", Mock(side_effect=RecursionError("too deep")))
    with pytest.raises(UnreadableError, match="RecursionError: too deep"):
        read(rss())


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (rss(entry(), "<media:x>1</media:x>"), "unbound prefix"),
        (rss(entry()) + b"<more", "not well-formed"),
        (
            rss("<!-- <!ENTITY -->", "<title>&nbsp; <![CDATA[<!ENTITY a 'b'>]]></title>", entry()),
            "undefined entity",
        ),  # S01
    ],
)
def test_s04_feed_that_is_not_well_formed_is_read_and_noted(body: bytes, note: str) -> None:
    reading = read(body)
    assert [link.url for link in reading.links] == ["https://news.example/a"]
    assert note in reading.lacking


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251", "euc-kr", "shift_jis"])
def test_s04_declared_encodings_are_read(encoding: str) -> None:
    word = {"windows-1251": "новость", "euc-kr": "뉴스", "shift_jis": "ニュース"}.get(encoding, "é")
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    body = rss(entry(f"/{word}"), head=declared).decode().encode(encoding)
    assert read(body).links[0].url == f"https://news.example/{quote(word)}"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("a", "https://news.example/rss/a"),
        ("\n //www.news.example/a \n", "https://www.news.example/a"),
        ("http://me:secret@news.example/a?utm_source=rss&amp;id=7#comments", "https://news.example/a?id=7"),
        ("https://other.example/a", "https://other.example/a"),
    ],
)
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
    "piece", [b"<", b"<a", b"<!", b"&", b"</", b"<item>", b"<a:b xmlns:a='u'>", b"<!DOCTYPE ", b"<a b='"]
)
def test_p06_feed_of_one_piece_over_and_over_ends(piece: bytes) -> None:
    body = b"<rss version='2.0'><channel>" + piece * (200_000 // len(piece))
    with suppress(UnreadableError):
        read(body)
