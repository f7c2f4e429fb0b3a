"""Why a record is what it is: the article that was chosen, the rivals of each field, the text that was left out."""

from pathlib import Path

import orjson
import pytest

from parsers.explain import Explanation, explain
from parsers.record.outcome import Parsed
from tests import sample_pages as pages
from tests.captures import html_capture
from tests.commands import Cli

pytestmark = pytest.mark.usefixtures("alone")

SENTENCE = "The harbour board voted on Tuesday to keep the old crane where it has stood for ninety years."
LOST = "Readers who came late to the meeting heard none of this, since the doors were shut at noon sharp."
STORY = {"@type": "NewsArticle", "headline": "The old crane stays", "url": "https://harbour.example/news/crane"}
OTHER = {"@type": "NewsArticle", "headline": "A new ferry comes", "url": "https://harbour.example/news/ferry"}
HEAD = f"""<html lang="en"><head><title>The old crane stays - Harbour News</title>
<link rel="canonical" href="https://harbour.example/news/crane"><meta property="og:title" content="Crane may stay">
<meta name="author" content="Ines Falk"><script type="application/ld+json">{orjson.dumps([OTHER, STORY]).decode()}
</script></head>"""
BODY = f"""<body><nav><p>Home and away</p></nav><main><article><h1>The old crane stays</h1><div class="story">
<p>{SENTENCE}</p><div class="share">Share this story</div><p>{SENTENCE.replace("crane", "ferry")}</p>
<p>{SENTENCE.replace("crane", "quay")}</p></div></article></main><div class="notes"><p>{LOST}</p></div></body></html>"""


def _explained(html: str) -> Explanation:
    return explain(html_capture(html, url="https://harbour.example/news/crane"), generic=True)


def test_text_that_readers_see_and_the_body_lacks_is_told_with_its_place() -> None:
    told = {each.text: each for each in _explained(HEAD + BODY).left_out}
    assert told.keys() == {"Share this story", LOST}
    assert told["Share this story"].inside
    assert not told[LOST].inside
    assert told[LOST].place == "div.notes > p"


def test_text_that_another_field_has_is_told_with_it() -> None:
    page = BODY.replace('<div class="story">', "").replace("</div></article>", "</article>")
    assert [each.field for each in _explained(HEAD + page).left_out if "crane stays" in each.text] == ["title"]


def test_a_short_text_counts_as_kept_only_where_it_stands_in_the_body() -> None:
    page = BODY.replace("</div></article>", f"<p>{SENTENCE} {SENTENCE} Now share this story.</p></div></article>")
    assert "Share this story" in [each.text for each in _explained(HEAD + page).left_out]


def test_a_page_that_is_no_article_is_explained_without_a_body() -> None:
    found = _explained("<title>Harbour News</title><p>Nothing")
    assert (found.container, found.left_out, found.rivals) == ("", (), {})


def test_parse_explains_for_people_and_in_json(alone: Path, cli: Cli) -> None:
    (alone / "page.html").write_text(HEAD + BODY)
    asked = ["parse", "page.html", "--generic", "--explain"]
    lines = [" ".join(line.split()) for line in cli(*asked).splitlines()]
    assert "title The old crane stays JSON-LD NewsArticle.headline" in lines
    assert "not: Crane may stay meta og:title" in lines
    assert "JSON-LD: another article A new ferry comes: states another address, has another headline than the page" in (
        lines
    )
    assert f"elsewhere {LOST} p" in lines
    told = cli.json(*asked)
    assert told["origins"]["title"] == "JSON-LD NewsArticle.headline"
    assert told["explanation"]["container"] == "main > article > div.story"
    assert LOST in [each["text"] for each in told["explanation"]["left_out"]]


def test_a_layout_s_reading_has_the_page_s_other_readings_for_rivals() -> None:
    found = explain(pages.capture(0))
    assert isinstance(found.outcome, Parsed)
    assert found.outcome.origins["title"] == "layout: .news-header__title"
    assert "JSON-LD NewsArticle.headline" in [rival.origin for rival in found.rivals["title"]]
