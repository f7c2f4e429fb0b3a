"""P11: paywalled pages are what they say, and a stub is partial; test_landing.py holds that a whole text stays."""

import pytest

from parsers.parse import parse
from parsers.record.article import Access, Fidelity
from tests.captures import article_of, html_capture

URL = "https://tass.com/society/1731000"
PAID_PART = '"isAccessibleForFree": false, "hasPart": {"isAccessibleForFree": "False", "cssSelector": ".paywall"},'


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
