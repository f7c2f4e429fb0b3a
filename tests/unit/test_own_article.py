"""Which article is the page's own, and that nothing of another story is taken for it."""

import json
from typing import Any

import pytest

from parsers.record.article import Article, Fidelity
from tests.tables import table
from tests.unit.test_reading import PROSE, URL, article, ld, meta

HERE, ELSEWHERE = URL, "https://news.example/2024/hives.html"


def story(headline: str, **fields: Any) -> str:
    about = {"@type": "NewsArticle", "headline": headline, "datePublished": "2024-05-03T10:00:00Z", **fields}
    return f'<script type="application/ld+json">{json.dumps(about)}</script>'


@pytest.mark.parametrize(
    "own",
    [
        {"url": HERE},
        {"@id": f"{HERE}#article"},
        {"mainEntityOfPage": HERE},
        {"mainEntityOfPage": {"@type": "WebPage", "@id": HERE.replace("https", "http")}},
        {"url": f"{HERE}?utm_source=feed"},
    ],
)
def test_jsonld_of_another_address_is_not_the_pages_own(own: dict[str, Any]) -> None:
    found = article(story("Hives", url=ELSEWHERE, author="Bo Marsh") + story("Boats", author="Al Own", **own))
    assert (found.title, found.authors) == ("Boats", ("Al Own",))


def test_jsonld_of_another_story_alone_is_not_used() -> None:
    found = article(story("Hives in the valley", url=ELSEWHERE, author="Bo Marsh"))
    assert (found.title, found.authors, found.published_at) == ("Title", (), None)


def test_headline_of_the_page_tells_its_article_where_no_address_does() -> None:
    head = "<title>Boats stop at noon | News</title>"
    assert article(head + story("Hives in the valley") + story("Boats stop at noon")).title == "Boats stop at noon"
    moved = article(head + story("Boats stop at noon", url="https://news.example/old-address.html"))
    assert moved.title == "Boats stop at noon"


def test_two_objects_of_the_article_complete_each_other() -> None:
    found = article(story("Boats", url=HERE) + ld(f'"url": "{HERE}", "author": "Al Own"'))
    assert (found.title, found.authors) == ("Boats", ("Al Own",))


def test_date_of_the_web_page_is_the_last_resort() -> None:
    block = json.dumps({"@type": "WebPage", "@id": HERE, "datePublished": "2024-05-03"})
    found = article(f'<script type="application/ld+json">{block}</script>')
    assert found.published_raw == "2024-05-03"


def test_parts_of_one_body_are_kept_together() -> None:
    parts = "<article><h1>Boats</h1><div class=text><p>One.</p></div><h2>More</h2><div class=text><p>Two.</p></div>"
    posts = "</article><article><h2>17:00</h2><div class=text><p>Three.</p></div></article>"
    found = article(body=parts + posts, prose="", layout={"body": ".text"})
    assert [block.text for block in found.body] == ["One.", "Two.", "Three."]


def test_microdata_of_the_article_counts_and_that_of_teasers_does_not() -> None:
    teaser = "<article><meta itemprop=datePublished content=2023-01-01><a rel=author>Bo Marsh</a></article>"
    own = "<span itemprop=author><i itemprop=name>Al Own</i></span><meta itemprop=datePublished content=2024-05-03>"
    found = article(body=teaser, prose=own + PROSE)
    assert (found.authors, found.published_raw) == (("Al Own",), "2024-05-03")
    assert article(body=teaser).authors == ()


def test_base_applies_to_the_addresses_of_a_page() -> None:
    found = article("<base href=https://cdn.example/a/>", prose="<figure><img src=b.jpg></figure>" + PROSE)
    assert [image.url for image in found.images] == ["https://cdn.example/a/b.jpg"]


def test_names_are_made_of_their_parts() -> None:
    assert article(ld('"author": {"givenName": "Al", "familyName": "Own"}')).authors == ("Al Own",)
    assert article(ld('"author": {"givenName": "太郎", "familyName": "山田"}')).authors == ("山田太郎",)


def test_site_is_the_author_only_where_nobody_else_is_named() -> None:
    named = ld('"author": "The Example"') + meta("og:site_name", "The Example")
    assert article(named, prose="<a rel=author>Al Own</a>" + PROSE).authors == ("Al Own",)
    assert article(named).authors == ("The Example",)


@pytest.mark.parametrize(("stated", "title"), table("what_pages_write")["titles"])
def test_title_has_no_name_of_the_site(stated: str, title: str) -> None:
    head = meta("og:site_name", "The Example") + ld(f'"headline": "{stated}"')
    assert article(head, prose="<h1>Boats stop at noon</h1>" + PROSE).title == title


def flags_of(found: Article) -> tuple[tuple[str, ...], Fidelity | str]:
    return found.flags, found.fidelity


def test_layout_that_leaves_out_most_of_the_text_gives_a_flagged_partial_row() -> None:
    prose = "<p>One.</p>" + "<div>Text that the selector misses.</div>" * 3
    assert flags_of(article(prose=prose, layout={"blocks": "p"})) == (("text_left_out:96%",), Fidelity.PARTIAL)
    assert flags_of(article(prose=prose)) == ((), Fidelity.HTML)


def test_completeness_is_the_share_of_the_shown_letters_that_is_kept() -> None:
    prose = f"<p>{'one' * 30}</p><div>{'two' * 10}</div>"
    assert article(prose=prose).completeness == 1
    assert article(prose=prose, layout={"blocks": "p"}).completeness == 0.75


def test_jsonld_that_nobody_can_read_is_flagged() -> None:
    block = '<script type="application/ld+json">no data</script>'
    assert article(block).flags == ("jsonld_unreadable",)
