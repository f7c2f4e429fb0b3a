"""From bytes to an outcome, with a source made up for it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import registry
from parsers.page.html import LayoutError
from parsers.page.text import TextPage
from parsers.parse import MAX_BYTES, parse
from parsers.record.article import Block, BlockType, Fidelity
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.draft import Draft
from parsers.record.outcome import Parsed, Rejected, RejectReason
from parsers.source.definition import Layout, Source, TextLayout
from tests.captures import AT, article_of, html_capture, rejection_of

URL = "https://news.example/2024/story.html"
BODY = "<main><p>It is a long story of two paragraphs.</p><p>This is the other one.</p></main>"


def read_text(page: TextPage) -> Draft:
    if "torn" in page.text:
        raise LayoutError("a torn page")
    return Draft(Fidelity.TEXT, title=page.lines[0], body=[Block(BlockType.PARAGRAPH, page.lines[-1])])


SOURCE = Source(
    name="example",
    title="Example",
    hosts=("news.example", "old.example"),
    language="en",
    timezone="America/New_York",
    version=7,
    signature=(re.compile("The Example"),),
    layouts=(Layout("new", body="main.new", when="html.new"), Layout("old", body="main")),
    text_layouts=(TextLayout("lines", matches=lambda page: len(page.lines) > 1, read=read_text),),
)


@pytest.fixture(autouse=True)
def only_the_example(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_load", lambda: ({"example": SOURCE}, {}))
    registry._hosts.cache_clear()
    yield
    monkeypatch.undo()
    registry._hosts.cache_clear()


def page(body: str = BODY, head: str = "<title>A story</title><meta property=og:title content='A story'>") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def text_capture(text: str, **fields: Any) -> Capture:
    return Capture(text.encode(), MediaType.TEXT, AT, CapturedAtBasis.LIVE, **fields)


def test_article_says_where_it_comes_from() -> None:
    article = article_of(parse(html_capture(page(), url=URL + "?utm_source=x#top")))
    assert (article.source, article.parser, article.parser_version, article.layout) == ("example", "example", 7, "old")
    assert (article.url, article.canonical_url) == (URL + "?utm_source=x#top", URL)
    assert (article.title, article.language, article.fidelity) == ("A story", "en", Fidelity.HTML)
    assert article.word_count == 13


def test_first_layout_that_matches_is_taken() -> None:
    new = page().replace("<html>", "<html class=new>").replace("<main>", "<main class=new>")
    assert article_of(parse(html_capture(new, url=URL))).layout == "new"
    without = page().replace("<main>", "<main class=new>")
    assert article_of(parse(html_capture(without, url=URL))).layout == "old"


@pytest.mark.parametrize(
    ("fields", "head"),
    [
        ({"source": "example"}, ""),
        ({"url": "https://www.old.example/x"}, ""),
        ({}, f"<link rel=canonical href={URL}>"),
        ({}, f"<link rel=canonical href=/story><meta property=og:url content={URL}>"),
        ({"url": "saved page.html"}, f"<link rel=canonical href={URL}>"),
    ],
)
def test_source_of_a_page_is_named_or_of_its_host_or_of_the_address_it_gives_itself(fields: Any, head: str) -> None:
    capture = html_capture(page(head="<meta property=og:title content=A>" + head), **fields)
    assert article_of(parse(capture)).source == "example"


def test_time_without_a_zone_is_in_that_of_the_source_also_where_the_page_names_it() -> None:
    head = (
        f"<link rel=canonical href={URL}><meta property=og:title content=A><meta name=date content='2024-05-01T10:00'>"
    )
    assert article_of(parse(html_capture(page(head=head)))).published_at == datetime(2024, 5, 1, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("capture", "reason", "detail"),
    [
        (html_capture(b"", url=URL), RejectReason.EMPTY, "no bytes"),  # P09
        (html_capture(b" \r\n\t ", url=URL), RejectReason.EMPTY, "white space only"),  # P09
        (html_capture(page(), url=URL, http_status=404), RejectReason.HTTP_STATUS, "answered with status 404"),  # F29
        (html_capture(b"\x89PNG\r\n" + b"\0" * 99, url=URL), RejectReason.NOT_HTML, "PNG image"),  # F33
        (html_capture(b"a" * (MAX_BYTES + 1), url=URL), RejectReason.TOO_LARGE, "10,485,761 bytes"),
        (html_capture("<p>x", url="https://other.example/"), RejectReason.UNKNOWN_SOURCE, "host other.example"),
        (html_capture("<p>x", source="nobody", url=URL), RejectReason.UNKNOWN_SOURCE, "there is no source 'nobody'"),
        (html_capture("<p>x"), RejectReason.UNKNOWN_SOURCE, "the page names no known host (no address)"),
        (
            html_capture(b"\xff\xfe" + b"\x00\xd8" * 99, url=URL),
            RejectReason.ENCODING,
            "99 undecodable characters",
        ),  # P05
        (text_capture("The Other\nText"), RejectReason.UNKNOWN_SOURCE, "no source recognises this text"),
        (text_capture("one line", url=URL), RejectReason.LAYOUT, "no text layout of example matches (tried: lines)"),
        (text_capture("torn\npage", url=URL), RejectReason.LAYOUT, "a torn page"),
    ],
)
def test_capture_without_an_article_says_why(capture: Capture, reason: RejectReason, detail: str) -> None:
    outcome = rejection_of(parse(capture))
    assert outcome.reason is reason
    assert detail in outcome.detail


def jsonld(kinds: str) -> str:
    return f'<script type="application/ld+json">{{"@type": {kinds}}}</script>'


CHALLENGE, CONSENT, EMPTY = RejectReason.CHALLENGE, RejectReason.CONSENT, RejectReason.EMPTY
ERROR, OTHER, LAYOUT = RejectReason.SOFT_ERROR, RejectReason.NOT_ARTICLE, RejectReason.LAYOUT


@pytest.mark.parametrize(
    ("html", "reason", "detail"),
    [
        ("<body><script>app()</script><noscript>Switch it on</noscript><div id=root></div>", EMPTY, "0 visible"),
        ("<frameset><frame src=a></frameset>", EMPTY, "no body element"),
        ("<title>Just a moment...</title>", CHALLENGE, "title 'Just a moment...'"),
        ("<title>news.example</title><form id=challenge-form></form>", CHALLENGE, "challenge form"),
        ("<title>Before you continue</title>", CONSENT, "title"),
        ("<title>Cookie settings</title>", CONSENT, "title"),
        ("<title>404 - Example</title>", ERROR, "title"),
        ("<title>Page not found | Example</title>", ERROR, "title"),
        ("<title>Site under maintenance</title>", ERROR, "title"),
        ("<title>Log in to Example</title>", ERROR, "title"),
        ("<title>404: " + "x" * 100_000 + "</title>", ERROR, "title '404: xxx"),
        (jsonld('"CollectionPage"'), OTHER, "its JSON-LD is of type CollectionPage"),
        (jsonld('"LiveBlogPosting"'), OTHER, "its JSON-LD is of type LiveBlogPosting"),
        ("<meta property=og:type content=website>", OTHER, "og:type is 'website'"),
        ("<meta property=og:type content=video.other>", OTHER, "og:type is 'video.other'"),
        # What may be an article in a layout that nobody has described
        ("<meta property=og:type content=article>", LAYOUT, "no HTML layout of example matches (tried: new, old)"),
        ("<meta property=og:type content=website>" + jsonld('["ItemList", "NewsArticle"]'), LAYOUT, "no HTML layout"),
        ("<form class=g-recaptcha></form><div>" + "word " * 400 + "</div>", LAYOUT, "no HTML layout"),  # for comments
        ("<title>S&P 500 closes higher</title>", LAYOUT, "no HTML layout"),
        ("<title>500 killed in quake</title>", LAYOUT, "no HTML layout"),
        ("<title>Parents' consent: what to know</title>", LAYOUT, "no HTML layout"),
    ],
)
def test_p09_p10_p20_pages_that_no_layout_matches_are_named(html: str, reason: RejectReason, detail: str) -> None:
    padding = "" if reason is EMPTY else "<div>" + "word " * 100 + "</div>"
    outcome = rejection_of(parse(html_capture(html + padding, url=URL)))
    assert outcome.reason is reason
    assert detail in outcome.detail
    assert len(outcome.detail) < 300
    assert (outcome.source, outcome.parser_version) == ("example", 7)


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (page(head=""), RejectReason.MISSING_TITLE),  # P12: no headline
        (page("<main><p> </p><script>x</script></main>"), RejectReason.MISSING_BODY),
        (page("<main><p>* * *</p><p>—</p></main>"), RejectReason.MISSING_BODY),  # P19: no words
    ],
)
def test_p12_p19_matching_layout_without_headline_or_words_is_rejected(html: str, reason: RejectReason) -> None:
    outcome = rejection_of(parse(html_capture(html, url=URL)))
    assert (outcome.reason, outcome.layout, outcome.parser_version) == (reason, "old", 7)
    cut = rejection_of(parse(html_capture(html, url=URL, truncated=True)))
    assert (cut.reason, cut.detail) == (RejectReason.TRUNCATED, outcome.detail)


def test_truncated_capture_is_partial_and_flagged() -> None:
    article = article_of(parse(html_capture(page(), url=URL, truncated=True)))
    assert (article.fidelity, article.flags) == (Fidelity.PARTIAL, ("truncated",))


def test_p05_few_replaced_characters_are_flagged() -> None:
    body = page().encode() + "é".encode() * 9 + b"\xe2\x80"
    assert article_of(parse(html_capture(body, url=URL))).flags == ("replaced_characters:1",)


def test_p01_p02_p03_encodings_reach_the_text() -> None:
    text = "<main><p>Käse “und” Brot – heute.</p></main>"
    for encoding, charset in (
        ("utf-8", "iso-8859-1"),
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-16-le", "windows-1252"),
        ("cp1252", None),
        ("cp1252", "latin1"),
    ):
        capture = html_capture(page(text).encode(encoding), url=URL, http_charset=charset)
        article = article_of(parse(capture))
        assert article.body == (Block(BlockType.PARAGRAPH, "Käse “und” Brot – heute."),), encoding
        assert article.title == "A story"


def test_p08_text_fields_hold_no_controls() -> None:
    html = page(
        "<main><p>a\0b\x1b[31m\u202e\u200b c</p></main>", "<meta property=og:title content='A\x07\ufeff\n story'>"
    )
    article = article_of(parse(html_capture(html, url=URL)))
    assert article.title == "A story"
    assert article.body[0].text == "ab[31m\u200b c"


def test_p18_markup_in_a_headline_becomes_text() -> None:
    head = '<meta property=og:title content="&lt;script&gt;alert(1)&lt;/script&gt; =1+1 &amp;amp; more">'
    assert article_of(parse(html_capture(page(head=head), url=URL))).title == "alert(1) =1+1 & more"


def test_p19_body_of_one_endless_word_is_flagged() -> None:
    article = article_of(parse(html_capture(page(f"<main><p>{'x' * 5_000_000}</p></main>"), url=URL)))
    assert (article.word_count, article.flags) == (1, ("oversized_body",))


def test_text_capture_is_found_by_address_or_by_content() -> None:
    for fields in ({"url": URL}, {"source": "example"}, {}):
        article = article_of(parse(text_capture("The Example\n\nIt happened.", **fields)))
        assert (article.title, article.fidelity, article.layout) == ("The Example", Fidelity.TEXT, "lines")


def test_layout_error_of_a_page_is_a_rejection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_page: object, _draft: Draft) -> None:
        raise LayoutError("0 matches of 'h1', expected 1")

    source = Source(
        name="example", title="E", hosts=("news.example",), language="en", timezone="UTC", version=1,
        layouts=(Layout("strict", body="main", refine=refuse),),
    )  # fmt: skip
    monkeypatch.setattr(registry, "_load", lambda: ({"example": source}, {}))
    outcome = rejection_of(parse(html_capture(page(), url=URL)))
    assert (outcome.reason, outcome.layout, outcome.detail) == (
        RejectReason.LAYOUT,
        "strict",
        "0 matches of 'h1', expected 1",
    )


@given(st.binary(), st.sampled_from(MediaType), st.none() | st.text(), st.none() | st.text() | st.just(URL))
def test_p21_no_bytes_make_parsing_raise(body: bytes, kind: MediaType, charset: str | None, url: str | None) -> None:
    capture = Capture(body, kind, AT, CapturedAtBasis.LIVE, url=url, http_charset=charset)
    assert isinstance(parse(capture), Parsed | Rejected)


# Pieces of pages, some of them as no page should have them; each line is one.
PIECES = """\
<main>
</main>
<p>
<br>
<ul><li>
</ul>
<blockquote>
<table><td>
<template>
<svg><p>
<a href>
<h1>
<html lang=x_y>
<figure><img src=' '>
<figure><img srcset=', 2x'>
<figure><img data-src='data:x' src=//[>
<script type="application/ld+json">
</script>
{"@type": "NewsArticle",
"headline": 5,
"author": {"@id": {}},
"author": [{"@id": "x"}, 5, null, [{}]],
"datePublished": ["x", {}],
"image": [[{}], {"url": 5}, {"contentUrl": null}],
"inLanguage": {"name": "English"},
"isAccessibleForFree": {}}
<meta property=og:title content='&#0;A'>
<meta name=date content='9999-99-99'>
<meta name=author content='https://'>
<article><time datetime='2024-02-30'>
<link rel=canonical href='http://[::1'>
<title>404
\ud800\0é
""".splitlines()
FRAGMENTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(FRAGMENTS)
def test_p13_p21_no_page_makes_parsing_raise(html: str) -> None:
    assert isinstance(parse(html_capture(html, url=URL)), Parsed | Rejected)
