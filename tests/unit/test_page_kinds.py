"""What a page is that is no article: told by what it says of itself, in place of `layout` and `unknown_source`."""

import json

import pytest

from parsers.parse import parse
from parsers.reading.page_kinds import MAX_NOTICE_BYTES
from parsers.record.outcome import Rejected, RejectReason
from parsers.registry import sources
from tests.captures import article_of, html_capture, rejection_of
from tests.tables import table

KNOWN = "https://tass.com/society/1731000"
UNKNOWN = "https://paper.example/2024/05/a-story"
WORDS = "<p>" + "word " * 100 + "</p>"
STORY = "<p>" + "word " * 1000 + "</p>"
ARTICLE = "<meta property=og:type content=article>"


def typed(*kinds: str) -> str:
    return f'<script type="application/ld+json">{json.dumps([{"@type": kind} for kind in kinds])}</script>'


JSONLD = typed("NewsArticle")
LAYOUT = "<h1>A story</h1><div class=text-content><p>Springs keep the bay free of ice.</p></div>"
FILLING = f"<script>{'x' * MAX_NOTICE_BYTES}</script>"

CHALLENGE, CONSENT, EMPTY = RejectReason.CHALLENGE, RejectReason.CONSENT, RejectReason.EMPTY
ERROR, OTHER, NO_LAYOUT = RejectReason.SOFT_ERROR, RejectReason.NOT_ARTICLE, RejectReason.LAYOUT
UNKNOWN_SOURCE, STATUS = RejectReason.UNKNOWN_SOURCE, RejectReason.HTTP_STATUS


def rejected(html: str, url: str = KNOWN, status: int | None = None) -> Rejected:
    return rejection_of(parse(html_capture(f"<!doctype html>{html}", url=url, http_status=status)))


NOTICES = [
    (f"<title>Just a moment...</title>{WORDS}", CHALLENGE),
    (f"<title>Before you continue</title>{WORDS}", CONSENT),
    (f"<title>Paper</title><form action='https://consent.paper.example/save'>{WORDS}</form>", CONSENT),
    (f"<title>Page not found | Paper</title>{WORDS}", ERROR),
    (f"<title>페이지를 찾을 수 없습니다</title>{WORDS}", ERROR),
    (f"<title>Log in to Paper</title>{WORDS}", ERROR),
    (f"<title>404: {'x' * 100_000}</title>{WORDS}", ERROR),
    (f"<title>Paper</title><form>{WORDS}<input type=password></form>", ERROR),
    ("<title>Paper</title><div id=root></div><script>app()</script>", EMPTY),
    ("<title>paper.example</title><div id=px-captcha></div>", CHALLENGE),
    ("<frameset><frame src=a></frameset>", EMPTY),
]


@pytest.mark.parametrize(("html", "reason"), NOTICES)
@pytest.mark.parametrize("url", [KNOWN, UNKNOWN], ids=["known", "unknown"])
def test_p09_p10_notices_are_told_whether_the_site_is_known_or_not(html: str, reason: RejectReason, url: str) -> None:
    outcome = rejected(html, url)
    assert outcome.reason is reason
    assert outcome.source == ("tass" if url == KNOWN else None)
    assert len(outcome.detail) < 300
    assert rejection_of(parse(html_capture(html))).reason is reason  # without an address, too


@pytest.mark.parametrize(
    "html",
    [
        f"<title>A story</title>{STORY}",
        "<title>A story</title><p>Short, but it needs no script.</p>",
        f"<title>Not found: the lost ship</title>{ARTICLE}{STORY}",
        f"<title>Access denied: who may vote</title>{JSONLD}{STORY}",
        f"<title>A story</title>{JSONLD}{STORY}<form><input type=password><div class=g-recaptcha></div></form>",
        f"<title>A list</title><meta property=og:type content=website>{STORY}",
    ],
)
def test_pages_of_unknown_sites_that_are_no_notice_stay_unknown(html: str) -> None:
    assert rejected(html, UNKNOWN).reason is UNKNOWN_SOURCE
    assert rejected(html + FILLING, UNKNOWN).reason is UNKNOWN_SOURCE


def test_p10_of_an_unknown_site_large_pages_are_parsed_only_for_their_title() -> None:
    assert rejected(f"<title>Just a moment...</title>{WORDS}{FILLING}", UNKNOWN).reason is CHALLENGE
    assert rejected(f"<title>x</title><div id=px-captcha></div>{FILLING}", UNKNOWN).reason is UNKNOWN_SOURCE


@pytest.mark.parametrize("status", [401, 403, 429, 503])
@pytest.mark.parametrize("url", [KNOWN, UNKNOWN], ids=["known", "unknown"])
def test_f29_p10_a_challenge_is_told_whatever_the_status_it_came_with(status: int, url: str) -> None:
    outcome = rejected("<title>Just a moment...</title><p>Checking your browser.</p>", url, status)
    assert (outcome.reason, outcome.detail) == (CHALLENGE, f"status {status}, title 'Just a moment...'")
    assert outcome.source == ("tass" if url == KNOWN else None)


@pytest.mark.parametrize(
    ("html", "status"),
    [
        ("<title>Just a moment...</title>", 404),  # no service asks so
        ("<title>403 Forbidden</title><h1>Forbidden</h1>", 403),
        (f"<title>A story</title>{STORY}", 403),
        ("", 503),
        ("%PDF-1.7", 403),
    ],
)
def test_f29_f31_other_answers_keep_their_status(html: str, status: int) -> None:
    outcome = rejection_of(parse(html_capture(html, url=KNOWN, http_status=status)))
    assert (outcome.reason, outcome.detail) == (STATUS, f"answered with status {status}")


@pytest.mark.parametrize(("head", "url", "detail"), table("page_kinds")["no_articles"])
def test_f13_p20_home_pages_and_listings_that_no_layout_matches_are_told(head: str, url: str, detail: str) -> None:
    outcome = rejected(f"<title>Cranes</title>{head}{WORDS}", url)
    assert (outcome.reason, outcome.detail) == (OTHER, detail)


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (ARTICLE + "<link rel=canonical href=https://tass.com/>", KNOWN),  # P16: some sites write that everywhere
        (ARTICLE, "https://tass.com/tag/cranes"),
        ("", KNOWN),
        ("", "https://tass.com/videography/1731000"),
        ("", "https://tass.com/?p=1731000"),
        ("", "https://tass.com/society/1?from=/tag/"),
        ("<meta property=og:type content=website>" + typed("ItemList", "NewsArticle"), KNOWN),
        ("<title>500 killed in quake</title>", KNOWN),
        (f"<form class=g-recaptcha></form>{STORY}", KNOWN),  # for comments
    ],
)
def test_p12_what_may_be_an_article_in_a_new_layout_is_told_as_such(head: str, url: str) -> None:
    title = "" if "<title>" in head else "<title>Cranes</title>"
    assert rejected(f"{title}{head}{WORDS}", url).reason is NO_LAYOUT


@pytest.mark.parametrize(
    ("head", "detail"),
    [
        (typed("WebPage", "ImageGallery"), "its JSON-LD is of type ImageGallery"),
        ("<meta property=og:type content=video.other>", "its og:type is 'video.other'"),
    ],
)
def test_p20_a_page_that_is_no_article_for_sure_is_rejected_although_a_layout_matches(head: str, detail: str) -> None:
    outcome = rejected(head + LAYOUT)
    assert (outcome.reason, outcome.detail) == (OTHER, detail)
    assert (outcome.source, outcome.layout, outcome.parser_version) == ("tass", "2019", sources()["tass"].version)


@pytest.mark.parametrize("title", ["Page not found", "Page not found - TASS", "TASS | 404", "Something went wrong."])
@pytest.mark.parametrize("head", ["", ARTICLE, JSONLD + "<script>const state = 1;</script>"])
def test_p10_an_error_in_the_template_for_articles_is_no_article(title: str, head: str) -> None:
    assert rejected(f"<title>{title}</title>{head}{LAYOUT}").reason is ERROR


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Page not found: the lost books of the bay - TASS", ""),
        ("Bridge closed for maintenance", ""),
        ("404 seats, 90 years: the opera at Omsk", ""),
        ("Not found", STORY),
    ],
)
def test_p09_headlines_that_resemble_errors_are_those_of_articles(title: str, text: str) -> None:
    page = f"<title>{title}</title>{JSONLD}{LAYOUT.replace('<p>', f'<p>{text}', 1)}"
    assert article_of(parse(html_capture(page, url=KNOWN))).title == "A story"


@pytest.mark.parametrize(
    "head",
    [
        "",
        "<meta property=og:type content=website>",  # which some sites write into every page
        ARTICLE + typed("CollectionPage"),
        typed("VideoObject"),  # of a video in the text
        typed("NewsArticle", "ProfilePage"),
        "<meta property=og:type content=video.other>" + typed("Article"),
        typed("LiveBlogPosting"),  # as the source has it
        "<link rel=canonical href=https://tass.com/>",  # P16
    ],
)
def test_p20_what_may_be_an_article_lands_where_a_layout_matches(head: str) -> None:
    article = article_of(parse(html_capture(head + LAYOUT, url=KNOWN)))
    assert (article.title, article.canonical_url) == ("A story", KNOWN)
