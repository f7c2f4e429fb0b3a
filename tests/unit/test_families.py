"""Layouts that several sources share, each on a small page of its structure."""

from dataclasses import replace

import pytest

from parsers.parse import parse_as
from parsers.record.article import Article, BlockType
from parsers.source.definition import Source
from parsers.source.families.ard import ARD
from parsers.source.families.chunichi import CHUNICHI
from parsers.source.families.conde_nast import CONDE_NAST
from parsers.source.families.funke import FUNKE
from parsers.source.families.ippen import IPPEN
from parsers.source.families.labrador import LABRADOR
from parsers.source.families.mediahuis import MEDIAHUIS
from parsers.source.families.schibsted import SCHIBSTED
from tests.captures import article_of, html_capture

PAPER = Source(name="paper", title="Paper", hosts=("paper.example",), language="de", timezone="Europe/Berlin")
STORY = [
    (BlockType.LEAD, "Two of nine boats sail from Monday on."),
    (BlockType.PARAGRAPH, "The crews voted on Sunday night."),
    (BlockType.HEADING, "Why the boats lie still"),
    (BlockType.PARAGRAPH, "Their pay has not risen since spring."),
]
LEAD, FIRST, HEADING, LAST = (text for _, text in STORY)

PAGES = {
    "ard": (
        ARD,
        f"""<article class="container content-wrapper__group"><div class="seitenkopf"><h1>Ferries</h1>
        <p class="metatextline">Stand: 1.5.2024</p></div>
        <p class="textabsatz columns twelve"><strong>{LEAD}</strong></p>
        <div class="copytext-element-wrapper"><div class="authorline"><div class="authorline__inner">Von Jane Roe</div>
        </div></div><p class="textabsatz l-eight">{FIRST}</p><div class="teaser-absatz"><p>Another story</p></div>
        <h2 class="meldung__subhead">{HEADING}</h2><div class="absatzbild"><img src="/boat.jpg">
        <p class="absatzbild__info__text">A boat at the quay</p></div><p class="textabsatz l-eight">{LAST}</p>
        <div class="meldungsfooter"><ul class="taglist"><li>Ferries</li></ul></div></article>""",
    ),
    "conde_nast": (
        CONDE_NAST,
        f"""<main><div class="HeaderDek-x">{LEAD}</div><div data-testid="BodyWrapper"><p>{FIRST}</p>
        <div data-testid="external-link-embed--inline"><a href="/a">Another story</a></div><h2>{HEADING}</h2></div>
        <aside>Most read</aside><div data-testid="BodyWrapper"><figure><img src="/boat.jpg">
        <span class="caption__text">A boat at the quay</span><span class="caption__credit">Foto: John Doe</span>
        </figure><p>{LAST}</p></div></main>""",
    ),
    "funke 2025": (
        FUNKE[0],
        f"""<main><article><hgroup><h2>Ferries</h2></hgroup><div>{LEAD}</div><div><address>Von Jane Roe</address>
        <time>1.5.2025</time></div><div class="article-body"><p>{FIRST}</p><h4>Auch interessant</h4>
        <ul><li><strong>Tides:</strong> <a href="/a">Why the sea rises</a></li></ul><h3>{HEADING}</h3>
        <div class="not-prose"><h3>Our newsletter</h3><p>Subscribe!</p></div><p>{LAST}</p></div></article>
        <section data-test-tags-box-v2><ul><li>Ferries</li></ul></section></main>""",
    ),
    "funke 2024": (
        FUNKE[1],
        f"""<meta name="news_keywords" content="Ferries,Pay"><main><article><hgroup><h2>Ferries</h2></hgroup>
        <div><time>1.5.2024</time></div><div class="article-body"><p class="font-medium">{LEAD}</p><p>{FIRST}</p>
        <h3>{HEADING}</h3><p>{LAST}</p></div></article></main>""",
    ),
    "ippen": (
        IPPEN,
        f"""<article class="id-Page-mainContent idjs-Story"><h1 class="id-StoryElement-headline">Ferries</h1>
        <p class="id-StoryElement-timestamp">Stand: 01.05.2024</p><p class="id-StoryElement-leadText">{LEAD}</p>
        <p class="id-StoryElement-paragraph">{FIRST}</p><h2 class="id-StoryElement-crosshead">{HEADING}</h2>
        <p class="id-StoryElement-paragraph">{LAST}</p><div class="id-Recommendation"><h3>Auch interessant</h3></div>
        </article>""",
    ),
    "mediahuis": (
        MEDIAHUIS,
        f"""<article><h2 data-testid="article-intro">{LEAD}</h2><section data-testid="article-body"><p>{FIRST}</p>
        <div class="Quote_quote__1 pull-quote_pullQuote__2"><p>Their pay!</p></div><h4>{HEADING}</h4><p>{LAST}</p>
        <a class="RelatedTeaser_related-teaser__3" href="/a">Lesen Sie auch: another story</a></section></article>""",
    ),
    "chunichi": (
        CHUNICHI,
        f"""<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Ferries lie still",
 "url": "https://paper.example/1/ferries", "articleSection": ["ニュース", "社会", "港区"]}}</script>
<div id="entry"><div class="cmp-thmb003"><div class="thumb"><img src="/quay.jpg"><p class="thumb-caption">The quay</p>
</div></div><div class="block"><p>{FIRST}</p></div><div class="block"><div class="right"><div class="wrap">
<img src="/boat.jpg"><p class="caption">A boat</p></div></div></div><div class="block"><h2>{HEADING}</h2></div>
<div class="block">{LAST}</div><div class="block"><div class="cmp-lst003"><p>Keywords</p><ul><li>社会</li></ul></div>
</div><div class="cmp-misc010"><div class="txt">Offers</div></div></div>""",
    ),
    "labrador": (
        LABRADOR,
        f"""<main><article><div class="articleHeader"><h1>Ferries</h1><h2 class="subtitle">{LEAD}</h2></div>
<div class="bodytext"><div class="factbox"><h2>In short</h2><ul><li>Boats stay</li></ul></div><p>{FIRST}</p>
<article class="preview"><a href="/a">Another story</a></article><h2>{HEADING}</h2>
<figure><img src="/boat.jpg"><figcaption itemprop="caption">A boat</figcaption>
<figcaption itemprop="author">Foto: John Doe</figcaption></figure><p>{LAST}</p></div></article></main>""",
    ),
    "schibsted": (
        SCHIBSTED,
        f"""<main><article><header class="article-intro"><h1>Ferries</h1><p>{LEAD}</p></header>
<section class="article-body"><astro-island><h2>In short</h2><ul><li>Boats stay</li></ul></astro-island>
<p>{FIRST}</p><h2>{HEADING}</h2><p>{LAST}</p></section></article></main>""",
    ),
}


@pytest.mark.parametrize("family", PAGES)
def test_family_reads_the_story_and_nothing_around_it(family: str) -> None:
    layout, _ = PAGES[family]
    found = read(family)
    expected = STORY[1:] if family == "chunichi" else STORY  # it has no lead
    assert [(block.type, block.text) for block in found.body] == expected
    assert (found.title, found.layout) == ("Ferries lie still", layout.name)


def test_pictures_have_the_captions_of_their_family() -> None:
    shown = {
        family: [(image.caption, image.credit) for image in read(family).images]
        for family in ("ard", "conde_nast", "chunichi", "labrador")
    }
    assert shown == {
        "ard": [("A boat at the quay", None)],
        "conde_nast": [("A boat at the quay", "John Doe")],
        "chunichi": [("The quay", None), ("A boat", None)],
        "labrador": [("A boat", "John Doe")],
    }


def test_ard_names_its_authors_in_the_line_below_the_lead() -> None:
    assert read("ard").authors == ("Jane Roe",)


def test_funke_names_topics_below_the_text_or_in_the_head() -> None:
    assert [read(f"funke {year}").topics for year in (2025, 2024)] == [("Ferries",), ("Ferries", "Pay")]


def test_sections_of_chunichi_are_its_topics_unless_they_only_say_news() -> None:
    found = read("chunichi")
    assert (found.topics, found.section) == (("社会", "港区"), "社会")


def read(family: str) -> Article:
    """The article of the family's page, by its layout."""
    layout, body = PAGES[family]
    head = '<meta property="og:title" content="Ferries lie still"><meta property="og:type" content="article">'
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    source = replace(PAPER, layouts=(layout,))
    return article_of(parse_as(html_capture(html, url="https://paper.example/1/ferries"), source))
