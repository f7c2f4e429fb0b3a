from contextlib import suppress
from datetime import UTC, datetime
from unittest.mock import Mock
from urllib.parse import quote

import pytest
from hypothesis import given

from parsers.lists.feeds import read_feed
from parsers.lists.json_feed import MAX_JSON_LENGTH
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
    "RSS 2.0 with a guid that is no permalink, but an address": '<rss version="2.0"><channel><item><link/><guid '
    'isPermaLink="false"> https://news.example/a </guid></item></channel></rss>',
    "RSS 2.0 with a guid that is a relative address": rss("<item><link></link><guid>/a</guid></item>").decode(),
    "RSS 2.0 with links of Atom": rss('<item><a:link rel="self" href="/b"/><a:link href="/a"/></item>').decode(),
    "RSS 2.0 without its last end tag": rss(entry()).decode().removesuffix("</rss>"),
    "address in CDATA": rss(entry("\n<![CDATA[ https://news.example/a ]]>\n")).decode(),
    "Atom": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="alternate" href="/a"/></entry></feed>',
    "Atom with a prefix and bases": '<a:feed xmlns:a="urn:atom" xml:base="/x/"><a:entry xml:base="y">'
    '<a:source><a:link href="/b"/></a:source><a:link rel="self" href="/b"/><a:link href="../a"></a:link></a:entry>'
    "</a:feed>",
    "JSON Feed 1.0": '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "url": "/a"}]}',
    "JSON Feed 1.1": '{"version": "https:\\/\\/jsonfeed.org\\/version\\/1.1", "items": [{"id": "https://news.example/a",'
    ' "title": "\x0b\n"}, 1], "x": ',
    "behind a comment, blank lines and marks of byte order": "\ufeff\n<!-- x -->\ufeff<?xml version='1.0'?>"
    + rss(entry()).decode(),
    "behind a warning of the server": "<br />\n<b>Warning</b>: x in y on line 5" + rss(entry()).decode(),
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
    "external subset of entities": "<!DOCTYPE x [<!ENTITY % c SYSTEM 'http://127.0.0.1/x.dtd'> %c; <!ENTITY a 'b'>]>",
    "behind a comment": "<!-- <rss> --><!DOCTYPE x [<!-- it's ]> --><!ENTITY a '<item>]>'>]>",
}


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
    "JSON": (b'{"version": "https://jsonfeed.org/version/1"}', "no JSON Feed"),
    "JSON of a size": (FORMATS["JSON Feed 1.0"].encode() + b" " * MAX_JSON_LENGTH, "more than 16,777,216 characters"),
    "document type without end": (b"<!DOCTYPE x [<!ENTITY a 'b>" + b"y" * 200_000, "has no end"),
    "text": (b"Come back later", "it has no element"),
    "sitemap": (b"<urlset><url><loc>https://news.example/a</loc></url></urlset>", "neither RSS nor Atom"),
    "feed that breaks off before its first entry": (b'<rss version="2.0"><channel><title>x', "breaks off"),
}


@pytest.mark.parametrize(("body", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_s04_what_is_no_feed_is_refused_with_the_reason(body: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read(body)


FAULTS = {
    "stray &": "<title>R & D &c; &nbsp;</title>LINK",
    "control characters": "<title>a\x0b\x00b&#11;</title>LINK",
    "bare <": "<title>5 < 6 <3 <> </></title>LINK",
    "broken tags": "<title x='>a <b c</title>LINK",
    "undeclared prefix": "<media:x media:y='1'>1</media:x>LINK",
    "attributes without quotes or twice": "<guid isPermaLink=false a='1' a='2'>1</guid>LINK",
    "tags left open": "<description><p>a<br><link>/no</link></description>LINK",
    "end tags of nothing": "</oops>LINK</rdf>",
    "the end of the feed, and another one": "LINK</item></channel></rss><rss><channel>",
    "end tags that are missing": "<guid>1LINK<item><link>/x<guid>1</guid>",
    "comment without end": "<!-- x LINK <!-- y -->",
    "CDATA without end": "<title><![CDATA[ x</title>LINK<title><![CDATA[ y ]]></title>",
    "a second declaration": "<?xml version='1.0' encoding='x'?>LINK",
    "a document type inside": "<title><!DOCTYPE x [<!ENTITY a 'b'>]></title>LINK",
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_s04_no_fault_loses_an_entry(fault: str) -> None:
    faulty = f"<item>{fault.replace('LINK', '<link>/m?a=1&b=2</link>')}</item>"
    reading = read(rss(entry("/a"), faulty, entry("/z")))
    links = [link.url.removeprefix("https://news.example") for link in reading.links]
    assert [link for link in links if link != "/x"] == ["/a", "/m?a=1&b=2", "/z"]
    assert reading.lacking == ""


@pytest.mark.parametrize(
    ("whole", "mark", "end"),
    [
        (rss(entry("/a"), entry("/b")), b"</link", b"</channel"),
        (b'{"version":"https://jsonfeed.org/version/1","items":[{"url":"/a"},{"url":"/b"}]}', b'"}', b"}]"),
    ],
)
def test_s04_feed_that_breaks_off_gives_what_is_whole_and_says_so(whole: bytes, mark: bytes, end: bytes) -> None:
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
        ' <?xml ?> ][ {"version":"https://jsonfeed.org/version/1","items":[ {"url":"/a"} , [ ]'
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
    body = b"<rss version='2.0'><channel>" + piece * (200_000 // len(piece))
    with suppress(UnreadableError):
        read(body)
