"""P11: paywalled pages are what they say, and a stub is partial; test_landing.py holds that a whole text stays."""

import re

import pytest

from infra.authoring.cases import capture_of
from parsers.parse import parse
from parsers.record.article import Access, Fidelity
from parsers.record.capture import Capture
from parsers.record.outcome import Parsed
from tests.captures import article_of, html_capture
from tests.source_cases import FIXTURES

URL = "https://tass.com/society/1731000"
PAID_PART = '"isAccessibleForFree": false, "hasPart": {"isAccessibleForFree": "False", "cssSelector": ".paywall"},'
SOURCES = (
    *("apnews/2023_wire_story", "bbc/2026-04", "dw/2024-01", "reuters/2021_two_authors", "tass/html-2019"),
    *("techcrunch/2024-05", "theguardian/2020_article", "theindependent/2020_article"),
)


def with_jsonld(capture: Capture, fields: str) -> str:
    """The page with fields put into the JSON-LD of its article."""
    page = re.sub(r'(?<=,)"isAccessibleForFree": ?\w+,|,"isAccessibleForFree": ?\w+(?=})', "", capture.body.decode())
    return re.sub(r'("@type": ?"(?:Reportage)?NewsArticle",)', rf"\1{fields}", page, count=1)


@pytest.mark.parametrize("case", SOURCES)
def test_p11_a_page_that_leaves_out_its_paid_part_is_partial_in_the_layouts_of_all_sources(case: str) -> None:
    whole = capture_of(FIXTURES / case)
    stub = with_jsonld(whole, PAID_PART)
    assert article_of(parse(whole)).fidelity is Fidelity.HTML
    outcome = parse(html_capture(stub, url=whole.url))
    assert isinstance(outcome, Parsed)
    assert outcome.article.fidelity is Fidelity.PARTIAL
    assert outcome.article.access in (Access.PAID, Access.METERED)  # what the site says of its tariff goes first
    assert outcome.origins["fidelity"].endswith("hasPart: no .paywall in the page")
    full = stub.replace("</body>", '<div class="paywall"></div></body>')
    assert article_of(parse(html_capture(full, url=whole.url))).fidelity is Fidelity.HTML


def page(fields: str = "", last: str = "Springs keep it free of ice.", more: str = "") -> str:
    return (
        f'<script type="application/ld+json">{{"@type": "NewsArticle", {fields} "headline": "A story"}}</script>{more}'
        f"<div class=text-content><p>Cranes have stayed.</p><p>{last}</p></div>"
    )


@pytest.mark.parametrize(
    ("fields", "last", "access", "fidelity"),
    [
        ('"isAccessibleForFree": false,', "The end.", Access.PAID, Fidelity.HTML),
        ('"isAccessibleForFree": "http://schema.org/False",', "The end.", Access.PAID, Fidelity.HTML),
        ('"isAccessibleForFree": true,', "And so on…", Access.FREE, Fidelity.HTML),
        ('"isAccessibleForFree": false,', "The company said that…", Access.PAID, Fidelity.PARTIAL),
        ('"isAccessibleForFree": false,', "“Not a word more....”", Access.PAID, Fidelity.PARTIAL),
        ('"isAccessibleForFree": false,', "The company [...]", Access.PAID, Fidelity.PARTIAL),
        (PAID_PART, "The end.", Access.PAID, Fidelity.PARTIAL),
        ('"hasPart": {"isAccessibleForFree": false},', "The end.", Access.PAID, Fidelity.HTML),
        ('"hasPart": [5, {"isAccessibleForFree": true}],', "The end.", None, Fidelity.HTML),
        # Of the article nothing is said: such classes are named also by sites that show everything.
        ('"hasPart": {"isAccessibleForFree": false, "cssSelector": ".wall"},', "The end.", Access.PAID, Fidelity.HTML),
        # No plain class: never used as a selector.
        (PAID_PART.replace(".paywall", "p:has(*)"), "The end.", Access.PAID, Fidelity.HTML),
        (PAID_PART.replace(".paywall", ".text-content"), "The end.", Access.PAID, Fidelity.HTML),
    ],
)
def test_p11_access_is_as_said_and_a_stub_partial(
    fields: str, last: str, access: Access | None, fidelity: Fidelity
) -> None:
    article = article_of(parse(html_capture(page(fields, last), url=URL)))
    assert (article.access, article.fidelity) == (access, fidelity)
