"""Layouts that papers in the north and in Japan share, each on a small page of its structure."""

from dataclasses import replace

import pytest

from parsers.parse import parse_as
from parsers.record.article import Article, BlockType
from parsers.source.definition import Layout, Source
from parsers.source.families.chunichi import CHUNICHI
from parsers.source.families.labrador import LABRADOR
from parsers.source.families.schibsted import SCHIBSTED
from tests.captures import article_of, html_capture

PAPER = Source(name="paper", title="Paper", hosts=("paper.example",), language="nb", timezone="Europe/Oslo")
STORY = [
    (BlockType.LEAD, "Two of nine boats sail from Monday on."),
    (BlockType.PARAGRAPH, "The crews voted on Sunday night."),
    (BlockType.HEADING, "Why the boats lie still"),
    (BlockType.PARAGRAPH, "Their pay has not risen since spring."),
]
LEAD, FIRST, HEADING, LAST = (text for _, text in STORY)

CHUNICHI_PAGE = f"""<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Ferries lie still",
 "url": "https://paper.example/1/ferries", "articleSection": ["ニュース", "社会", "港区"]}}</script>
<div id="entry"><div class="cmp-thmb003"><div class="thumb"><img src="/quay.jpg"><p class="thumb-caption">The quay</p>
</div></div><div class="block"><p>{FIRST}</p></div><div class="block"><div class="right"><div class="wrap">
<img src="/boat.jpg"><p class="caption">A boat</p></div></div></div><div class="block"><h2>{HEADING}</h2></div>
<div class="block">{LAST}</div><div class="block"><div class="cmp-lst003"><p>Keywords</p><ul><li>社会</li></ul></div>
</div><div class="cmp-misc010"><div class="txt">Offers</div></div></div>"""
LABRADOR_PAGE = f"""<main><article><div class="articleHeader"><h1>Ferries</h1><h2 class="subtitle">{LEAD}</h2></div>
<div class="bodytext"><div class="factbox"><h2>In short</h2><ul><li>Boats stay</li></ul></div><p>{FIRST}</p>
<article class="preview"><a href="/a">Another story</a></article><h2>{HEADING}</h2>
<figure><img src="/boat.jpg"><figcaption itemprop="caption">A boat</figcaption>
<figcaption itemprop="author">Foto: John Doe</figcaption></figure><p>{LAST}</p></div></article></main>"""
SCHIBSTED_PAGE = f"""<main><article><header class="article-intro"><h1>Ferries</h1><p>{LEAD}</p></header>
<section class="article-body"><astro-island><h2>In short</h2><ul><li>Boats stay</li></ul></astro-island>
<p>{FIRST}</p><h2>{HEADING}</h2><p>{LAST}</p></section></article></main>"""


def read(layout: Layout, body: str) -> Article:
    """The article of a page that the family's layout reads."""
    head = '<meta property="og:title" content="Ferries lie still"><meta property="og:type" content="article">'
    capture = html_capture(f"<head>{head}</head><body>{body}</body>", url="https://paper.example/1/ferries")
    return article_of(parse_as(capture, replace(PAPER, layouts=(layout,))))


@pytest.mark.parametrize(
    ("layout", "page", "expected"),
    [(CHUNICHI, CHUNICHI_PAGE, STORY[1:]), (LABRADOR, LABRADOR_PAGE, STORY), (SCHIBSTED, SCHIBSTED_PAGE, STORY)],
    ids=("chunichi", "labrador", "schibsted"),
)
def test_family_reads_the_story_and_nothing_around_it(
    layout: Layout, page: str, expected: list[tuple[BlockType, str]]
) -> None:
    assert [(block.type, block.text) for block in read(layout, page).body] == expected


def test_sections_of_chunichi_are_its_topics_unless_they_only_say_news() -> None:
    found = read(CHUNICHI, CHUNICHI_PAGE)
    assert (found.topics, found.section) == (("社会", "港区"), "社会")


def test_pictures_have_the_captions_of_their_family() -> None:
    chunichi, labrador = read(CHUNICHI, CHUNICHI_PAGE), read(LABRADOR, LABRADOR_PAGE)
    assert [image.caption for image in chunichi.images] == ["The quay", "A boat"]
    assert [(image.caption, image.credit) for image in labrador.images] == [("A boat", "John Doe")]
