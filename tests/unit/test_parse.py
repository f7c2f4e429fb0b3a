"""From bytes to an outcome, with a source made up for it."""

import re
from collections.abc import Iterator
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
from tests.broken_markup import broken
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
    new = page().replace("<html>", "<html class=new>").replace("<main>", "<main class=new>")
    assert article_of(parse(html_capture(new, url=URL))).layout == "new"  # the first layout that matches


@pytest.mark.parametrize(
    ("fields", "head"),
    [
        ({"source": "example"}, ""),
        ({"url": "https://www.old.example/x"}, ""),
        ({}, f"<link rel=canonical href={URL}>"),
        ({}, f"<link rel=canonical href=/story><meta property=og:url content={URL}>"),
    ],
)
def test_source_of_a_page_is_named_or_of_its_host_or_of_the_address_it_gives_itself(fields: Any, head: str) -> None:
    capture = html_capture(page(head="<meta property=og:title content=A>" + head), **fields)
    assert article_of(parse(capture)).source == "example"


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
        (html_capture(b"\xff\xfe\x00\xd8", url=URL), RejectReason.ENCODING, "1 undecodable characters"),  # P05
        (text_capture("The Other\nText"), RejectReason.UNKNOWN_SOURCE, "no source recognises this text"),
        (text_capture("one line", url=URL), RejectReason.LAYOUT, "no text layout of example matches (tried: lines)"),
        (text_capture("torn\npage", url=URL), RejectReason.LAYOUT, "a torn page"),
    ],
)
def test_capture_without_an_article_says_why(capture: Capture, reason: RejectReason, detail: str) -> None:
    outcome = rejection_of(parse(capture))
    assert outcome.reason is reason
    assert detail in outcome.detail


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
    article = article_of(parse(html_capture(page(), url=URL, truncated=True)))
    assert (article.fidelity, article.flags) == (Fidelity.PARTIAL, ("truncated",))


def test_p05_few_replaced_characters_are_flagged() -> None:
    body = page().encode().replace(b"long", "é".encode() * 9 + b"\xe2\x80")
    for charset in (None, "utf-8"):
        article = article_of(parse(html_capture(body, url=URL, http_charset=charset)))
        assert article.flags == ("replaced_characters:1",)


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("utf-8", "latin1"), ("utf-8", None), ("utf-16", "utf-8"), ("utf-16-le", None), ("cp1252", None)],
)
@pytest.mark.parametrize("text", ["Käse “und” Brot – heute.", "ä “" * 10_000 + "."], ids=["short", "long"])
def test_p01_p02_p03_encodings_reach_the_text_whatever_the_label(encoding: str, charset: str | None, text: str) -> None:
    capture = html_capture(page(f"<main><p>{text}</p></main>").encode(encoding), url=URL, http_charset=charset)
    assert article_of(parse(capture)).body == (Block(BlockType.PARAGRAPH, text),)


def test_p08_p18_controls_and_markup_leave_text_fields() -> None:
    stated = "A\x07\ufeff\n &lt;script&gt;alert(1)&lt;/script&gt; =1+1 &amp;amp; more"
    html = page("<main><p>a\0b\x1b[31m\u202e\u200b c</p></main>", f'<meta property=og:title content="{stated}">')
    article = article_of(parse(html_capture(html, url=URL)))
    assert (article.title, article.body[0].text) == ("A alert(1) =1+1 & more", "ab[31m\u200b c")


def test_p19_body_of_one_endless_word_is_flagged() -> None:
    article = article_of(parse(html_capture(page(f"<main><p>{'x' * 5_000_000}</p></main>"), url=URL)))
    assert (article.word_count, article.flags) == (1, ("oversized_body",))


def test_text_capture_is_found_by_address_or_by_content() -> None:
    for fields in ({"url": URL}, {"source": "example"}, {}):
        article = article_of(parse(text_capture("The Example\n\nIt happened.", **fields)))
        assert (article.title, article.fidelity, article.layout) == ("The Example", Fidelity.TEXT, "lines")


@given(st.binary(), st.sampled_from(MediaType), st.none() | st.text(), st.none() | st.text() | st.just(URL))
def test_p21_no_bytes_make_parsing_raise(body: bytes, kind: MediaType, charset: str | None, url: str | None) -> None:
    capture = Capture(body, kind, AT, CapturedAtBasis.LIVE, url=url, http_charset=charset)
    assert isinstance(parse(capture), Parsed | Rejected)


@given(
    broken(
        "<main> </main> <p> <br> <ul><li> </ul> <blockquote> <table><td> <template> <svg><p> <a_href> <h1> \ud800\0é"
        " <html_lang=x-y> <figure><img_src='_'> <figure><img_srcset=',_2x'> <figure><img_data-src='data:x'_src=//[>"
        ' <script_type="application/ld+json"> </script> {"@type":"NewsArticle", "headline":5, "author":{"@id":{}},'
        ' "author":[{"@id":"x"},5,null,[{}]], "datePublished":["x",{}], "image":[[{}],{"url":5},{"contentUrl":null}],'
        ' "inLanguage":{"name":"English"}, "isAccessibleForFree":{}} <meta_property=og:title_content=&#0;A>'
        " <meta_name=date_content=9999-99-99> <meta_name=author_content=https://> <article><time_datetime=2024-02-30>"
        " <link_rel=canonical_href=http://[::1> <title>404"
    )
)
def test_p13_p21_no_page_makes_parsing_raise(html: bytes) -> None:
    assert isinstance(parse(html_capture(html, url=URL)), Parsed | Rejected)
