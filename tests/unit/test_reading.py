"""The shared reading of HTML pages, what a layout overrides, and the rules of the finished record."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from parsers.page.embedded import embedded
from parsers.page.html import LayoutError, Tree, select
from parsers.page.page import Page
from parsers.reading.finishing import finish
from parsers.reading.reading import read_page
from parsers.reading.readings import labelled
from parsers.record.article import Access, Article, BlockType, Fidelity
from parsers.record.capture import Capture, CapturedAtBasis
from parsers.record.outcome import Outcome
from parsers.source.definition import Layout, Source
from tests.captures import article_of, html_capture

URL = "https://news.example/2024/story.html"
PROSE = "<p>It is a long story.</p>"
SOURCE = Source(
    name="example", title="E", hosts=("news.example",), language="en", timezone="America/New_York", version=1
)


def article(
    head: str = "", body: str = "", prose: str = PROSE, html: str = "<html>", layout: Any = None, **capture: Any
) -> Article:
    text = f"{html}<head><meta property=og:title content=Title>{head}</head><body>{body}<main>{prose}</main></body>"
    return article_of(outcome_of(html_capture(text, **{"url": URL, **capture}), text, layout or {}))


def outcome_of(capture: Capture, text: str, layout: dict[str, Any]) -> Outcome:
    """What is made of a page whose body element is `main`, unless the layout says another."""
    tree = Tree(text)
    fields = {"body": "main", **layout}
    draft = read_page(Page.of(capture, tree, SOURCE.timezone), Layout("x", **fields), select(tree, fields["body"]))
    return finish(draft, SOURCE, capture, "x")


def test_each_line_of_a_lead_is_a_block() -> None:
    prose = "<h2 class=deck>Crews stop work<br>Four boats sail</h2><p>One day<br>and no more.</p>"
    found = article(prose=prose, layout={"lead": ".deck"})
    assert [block.text for block in found.body] == ["Crews stop work", "Four boats sail", "One day and no more."]
    assert found.lead == "Crews stop work Four boats sail"


def test_what_stands_around_an_article_counts_only_where_the_article_has_none() -> None:
    around = "<h1>Site</h1><a class=by>Ed Other</a><p class=deck>Their deck</p><a class=tag>Theirs</a>"
    inside = "<h1>Ours</h1><a class=by>Al Own</a><p class=deck>Our deck</p>" + PROSE
    layout = {"title": "h1", "byline": ".by", "lead": ".deck", "topics": ".tag", "drop": "h1, .by"}
    found = article(body=around, prose=inside, layout=layout)
    assert (found.title, found.byline, found.lead, found.topics) == ("Ours", "Al Own", "Our deck", ("Theirs",))
    alone = article(body=f"<div class=body>{PROSE}</div>" + around, prose="", layout={**layout, "body": ".body"})
    assert (alone.title, alone.byline) == ("Site", "Ed Other")


def ld(fields: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {fields}}}</script>'


def breadcrumbs(*steps: tuple[str, str]) -> str:
    items = ", ".join(f'{{"@type": "ListItem", "name": "{name}", "item": "{address}"}}' for name, address in steps)
    return f'<script type="application/ld+json">{{"@type": "BreadcrumbList", "itemListElement": [{items}]}}</script>'


def test_section_stands_in_the_breadcrumbs_between_home_and_article() -> None:
    home, front = ("Home", "https://news.example/"), ("News Example", "https://news.example/index")
    way = (home, front, ("Coast", "/coast"), ("Ferries", "/coast/ferries"), ("Story", URL))
    site = meta("application-name", "News Example")
    assert article(head=site + breadcrumbs(*way)).section == "Coast"
    assert article(head=site + breadcrumbs(home, front, ("Story", URL))).section is None
    assert article(head=breadcrumbs(*way) + ld('"headline": "Title", "articleSection": "Harbour"')).section == "Harbour"
    assert article(head='<meta name="prism.section" content="Coast">').section == "Coast"
    shown = "<nav class=Breadcrumb_x1><a href=/>Start</a><a href=/coast/>Coast</a><a href=/coast/pier/>Pier</a></nav>"
    assert article(body=shown).section == "Coast"
    assert article(body=shown, head=site + breadcrumbs(home, ("Harbour", "/harbour"))).section == "Harbour"


def meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{content}">'


def test_layout_speaks_before_jsonld_before_meta_before_the_page() -> None:
    head, body = ld('"headline": "From JSON-LD"'), "<h1>From<br>h1</h1>"
    assert article(head, body, layout={"title": "h1"}).title == "From h1"
    assert article(head, body, layout={"title": lambda page: f" {page.text('h1')}\0 2 "}).title == "From h1 2"
    assert article(head, body, layout={"title": "h6"}).title == "From JSON-LD"
    assert article("", body).title == "Title"
    assert article(meta("og:title", ""), body).title == "Title"


def test_fields_are_cleaned_and_lists_hold_each_value_once() -> None:
    body = "<a class=t>a <b>b</b></a><a class='t u'>a b</a><a class=u>c</a><a class=t> </a>"
    body += "<span class=k content='Tom &amp;amp;\x07 <b>Jerry</b>'></span>"
    found = article(body=body, layout={"topics": ".t, .u", "persons": lambda _: ["x\n y", "", "x y"], "section": ".k"})
    assert (found.topics, found.persons, found.section) == (("a b", "c"), ("x y",), "Tom & Jerry")


@pytest.mark.parametrize(
    ("head", "layout", "authors"),
    [
        (ld('"author": [{"name": "Jane Doe"}, {"@type": "Organization", "name": "AP"}]'), {}, ("Jane Doe", "AP")),
        (ld('"author": {"name": "By Jane Doe and John Roe"}'), {}, ("Jane Doe", "John Roe")),
        (ld('"author": 5') + meta("author", "Jane"), {}, ("Jane",)),
        (ld('"author": {"url": "https://x.example/jane"}') + meta("author", "@jane"), {"byline": "i"}, ()),
        (meta("author", "Jane Doe") + meta("author", "John Roe"), {}, ("Jane Doe", "John Roe")),
        ("", {"byline": ".by"}, ("Ann Poe",)),
        (ld('"author": "Jane"'), {"authors": ".name"}, ("Ann Poe", "Di Maio")),
    ],
)
def test_authors(head: str, layout: dict[str, str], authors: tuple[str, ...]) -> None:
    body = "<div class=by>By <b>Ann</b> Poe</div><i></i><a class=name>By Ann Poe</a><a class=name>Di Maio</a>"
    assert article(head, body, layout=layout).authors == authors


@pytest.mark.parametrize(
    ("head", "layout", "expected"),
    [
        ("", {"published": "time"}, ("2024-05-01T14:00:00+00:00", "time_element", "minute")),
        ("", {"published": ".shown"}, ("2024-05-01T13:30:00+00:00", "visible_text", "minute")),
        (ld('"datePublished": "2024-04-30T10:00:00Z"'), {}, ("2024-04-30T10:00:00+00:00", "jsonld", "second")),
        (ld('"datePublished": "May 9, 2019, 07:47 PM EST"'), {}, ("2019-05-10T00:47:00+00:00", "jsonld", "minute")),
        # P13: wrong kinds and nonsense fall through to the next source of the date
        (ld('"datePublished": [5]') + meta("date", "2024-04-29"), {}, ("2024-04-29T00:00:00+00:00", "meta", "day")),
        ("", {}, ("2024-05-01T14:00:00+00:00", "time_element", "minute")),  # not that of another article
    ],
)
def test_p13_publication_time_and_where_it_comes_from(head: str, layout: Any, expected: tuple[str, str, str]) -> None:
    body = (
        "<time datetime='2024-05-01T10:00'>May 1</time><p class=shown>May 1, 2024 9:30 a.m. EDT</p>"
        "<article><time datetime='2024-05-02T08:00:00Z'></time></article>"
    )
    found = article(head, body, layout=layout)
    assert found.published_at is not None
    assert (found.published_at.isoformat(), found.published_basis, found.published_precision) == expected


def test_p14_text_that_is_no_sure_date_is_kept_without_a_time() -> None:
    found = article(ld('"datePublished": "2024-02-30"'), "<article><time datetime='soon'></time></article>")
    assert (found.published_at, found.published_raw, found.published_basis) == (None, "2024-02-30", None)


def test_p14_publication_after_the_capture_is_no_time_and_flagged() -> None:
    head = ld('"datePublished": "2024-05-05T12:00:01Z", "dateModified": "2024-05-06T00:00:00Z"')
    found = article(head)
    assert (found.published_at, found.published_raw, found.modified_at) == (None, "2024-05-05T12:00:01Z", None)
    assert found.flags == ("modified_after_capture", "published_after_capture")
    copied = article(head, basis=CapturedAtBasis.MTIME)  # of a copy's time nothing follows
    assert (copied.published_at, copied.flags) == (datetime(2024, 5, 5, 12, 0, 1, tzinfo=UTC), ())


def test_p15_change_before_publication_is_flagged_and_both_are_kept() -> None:
    head = ld('"datePublished": "2024-05-02T10:00:00Z", "dateModified": "2024-05-01"')
    found = article(head + meta("article:published_time", "2024-05-03T00:00:00Z"))
    assert found.flags == ("modified_before_published",)
    assert (found.published_basis, found.modified_at) == ("jsonld", datetime(2024, 5, 1, tzinfo=UTC))
    assert article(meta("article:modified_time", "never")).modified_at is None
    shown = article(body="<i>Updated May 3, 2024 for 6 readers, 7:30 a.m.</i>", layout={"modified": "i"})
    assert shown.modified_at == datetime(2024, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "asked", "expected"),
    [
        ("/2024/other.html", URL, "https://news.example/2024/other.html"),
        ("https://www.news.example/x?utm_source=a", URL, "https://www.news.example/x"),
        ("https://news.example/", URL, URL),
        ("https://other.example/x", URL, URL),
        ("http://[::1", URL, URL),
        ("", URL, URL),
        ("https://news.example/x", "saved page.html", "https://news.example/x"),
        ("/x", None, None),
    ],
)
def test_p16_canonical_address_is_of_the_site_and_no_home(stated: str, asked: str | None, expected: str | None) -> None:
    head = f'<link rel=canonical href="{stated}"><link rel=canonical href="https://news.example/second">'
    if not stated:
        head = "<link rel=canonical href=''>"
    assert article(head, url=asked).canonical_url == expected


@pytest.mark.parametrize(
    ("html", "head", "expected"),
    [
        ("<html lang=de-AT>", "", "de-AT"),
        ("<html lang='de'>", ld('"inLanguage": "en-GB"'), "en-GB"),
        ("<html lang='de'>", ld('"inLanguage": {"@type": "Language", "name": "German (Austria)"}'), "de"),
        ("<html>", "", "en"),
    ],
)
def test_language_is_a_tag_that_the_page_states_or_that_of_the_source(html: str, head: str, expected: str) -> None:
    assert article(head, html=html).language == expected


def test_p11_paywalled_stub_is_partial_and_paid() -> None:
    found = article(ld('"isAccessibleForFree": true'), "<div class=wall></div>", layout={"paywall": ".wall"})
    assert (found.fidelity, found.access) == (Fidelity.PARTIAL, Access.PAID)
    free = article(layout={"paywall": ".wall"})
    assert (free.fidelity, free.access) == (Fidelity.HTML, None)


def test_genre_section_and_topics_come_from_metadata() -> None:
    head = ld('"articleSection": ["A", "B"], "keywords": "x, y"').replace("NewsArticle", "OpinionNewsArticle")
    found = article(head)
    assert (found.genre, found.section, found.topics) == ("opinion", "A", ("x", "y"))
    assert article(meta("article:tag", "a") + meta("article:tag", "c")).topics == ("a", "c")
    assert article(meta("keywords", "a, b")).topics == ("a", "b")
    assert article(meta("keywords", "a, editors_pick, b")).topics == ("a", "b")


def test_related_links_leave_the_body_and_are_kept_as_such() -> None:
    prose = (
        PROSE + "<p class=r>Read: <a href=/r>Other <b>story</b></a></p><p><a class=r href='javascript:x'>Bad</a></p>"
    )
    found = article(prose=prose, layout={"related": ".r"})
    assert found.related_titles == ("Read: Other story", "Bad")
    assert found.related_urls == ("https://news.example/r",)
    assert [block.text for block in found.body] == ["It is a long story."]
    assert article(prose=prose).related_titles == ()


LEAD = (BlockType.LEAD, "The lead")
STORY = (BlockType.PARAGRAPH, "It is a long story.")


@pytest.mark.parametrize(
    ("body", "prose", "layout", "blocks"),
    [
        ("<p class=lead>The lead<script>x()</script><i class=ad>Buy</i></p>", "", {"drop": ".ad"}, [LEAD, STORY]),
        ("", "<div class=lead><p>The lead</p></div>", {}, [LEAD, STORY]),
        ("", "<aside class=lead><p>Gone</p></aside>", {}, [STORY]),
        ("", "<aside><p>Kept</p></aside>", {"furniture": ""}, [(BlockType.PARAGRAPH, "Kept"), STORY]),
    ],
)
def test_lead_is_read_once_and_furniture_removed(body: str, prose: str, layout: Any, blocks: list[Any]) -> None:
    found = article(body=body, prose=prose + PROSE, layout={"lead": ".lead", **layout})
    assert [(block.type, block.text) for block in found.body] == blocks
    assert found.lead == ("The lead" if LEAD in blocks else None)


def test_dateline_is_read_unless_the_layout_said_it() -> None:
    prose = "<h2>Head</h2><p>KYIV, Ukraine (AP) — It is a long story.</p>"
    found = article(prose=prose)
    assert (found.dateline_city, found.agency) == ("Kyiv", "AP")

    def refine(_page: Page, draft: Any) -> None:
        draft.agency = "Own"

    said = article(prose=prose, layout={"refine": refine})
    assert (said.dateline_city, said.agency) == (None, "Own")


def test_agency_of_the_byline_counts_where_no_dateline_names_one() -> None:
    layout = {"byline": ".by"}
    found = article(body="<p class=by>Jane Roe and Agence France-Presse</p>", layout=layout)
    assert (found.agency, found.dateline_city) == ("AFP", None)
    both = article(body="<p class=by>Reuters</p>", prose="<p>KYIV (AP) — It is a long story.</p>", layout=layout)
    assert (both.agency, both.dateline_city) == ("AP", "Kyiv")
    stated = article(ld('"author": [{"name": "Jane Roe"}, {"name": "dpa"}]'), prose="<p>KYIV, May 3 — It is long.</p>")
    assert (stated.agency, stated.dateline_city, stated.authors) == ("dpa", "Kyiv", ("Jane Roe", "dpa"))


@pytest.mark.parametrize("stated", ["The Paper staff reporter", "Reuters"])
def test_desk_is_the_author_only_if_the_byline_names_nobody(stated: str) -> None:
    head, layout = ld(f'"author": "{stated}"'), {"byline": ".by"}
    people = "<p class=by>Jane Roe in Paris, John Doe and agencies</p>"
    assert article(head, people, layout=layout).authors == ("Jane Roe", "John Doe")
    assert article(head, "<p class=by>Community team</p>", layout=layout).authors == (stated,)
    assert article(ld('"author": "Ed Own"'), people, layout=layout).authors == ("Ed Own",)


def test_byline_is_a_name_of_the_meta_elements_where_the_layout_finds_none() -> None:
    head = meta("article:author", "https://news.example/jane") + meta("article:author", "Jane Roe")
    assert article(head, layout={"byline": ".by"}).byline == "Jane Roe"
    assert article(head).byline is None


@pytest.mark.parametrize(
    ("head", "body", "url", "genre"),
    [
        (ld('"headline": "T"'), "", "https://news.example/opinion/2024/ferries.html", "opinion"),
        (ld('"headline": "T"'), "", "https://news.example/2024/opinion", "news"),  # the article's own part
        (ld('"headline": "T", "articleSection": "사설"'), "", URL, "opinion"),
        (ld('"headline": "T"'), "<a class=tone href=/tone/reviews>Arts</a>", URL, "review"),
        (ld('"headline": "T"'), "<a class=tone href=/tone/features>Features</a>", URL, "news"),
        (ld(f'"url": "{URL}"') + ld(f'"url": "{URL}"').replace("NewsArticle", "LiveBlogPosting"), "", URL, "live"),
        (ld(f'"url": "{URL}"') + ld('"url": "https://news.example/x"').replace("NewsArticle", "LiveBlogPosting"),
         "", URL, "news"),
    ],
)  # fmt: skip
def test_genre_comes_from_tags_types_section_and_address(head: str, body: str, url: str, genre: str) -> None:
    assert article(head, body, url=url, layout={"genre": ".tone"}).genre == genre


def test_entry_of_a_list_of_facts_is_found_by_its_label() -> None:
    facts = "<ul class=f><li><b>Datum</b> 28.04.2023</li><li><b>Autorin:</b> Jane Roe</li><li>Plain</li></ul>"
    layout = {
        "byline": lambda page: labelled(page, ".f li", re.compile("autor", re.I)),
        "published": lambda page: labelled(page, ".f li", re.compile("datum", re.I)),
        "section": lambda page: labelled(page, ".f li", re.compile("plain", re.I)),
    }
    found = article(body=facts, layout=layout)
    assert (found.byline, found.published_raw, found.section) == ("Jane Roe", "28.04.2023", None)


def story_in_script(data: str) -> str:
    return f"<script>window.q = window.q || []; window.q.push({data})</script>"


def html_of(page: Page) -> str:
    return str(embedded(page, "html")["html"])


DATA = '{"state": [{"html": 5}, {"html": "<h2>Crews</h2><p>They stop. <img src=/a.jpg></p><p class=by>Jane Roe</p>"}]}'


def test_story_that_a_page_holds_for_its_script_is_read_as_if_it_were_in_the_page() -> None:
    layout = {"html": html_of, "byline": ".by", "drop": ".by"}
    found = article(body=story_in_script('{"other": 1}') + story_in_script(DATA), prose="Loading", layout=layout)
    assert [(block.type, block.text) for block in found.body] == [
        (BlockType.HEADING, "Crews"),
        (BlockType.PARAGRAPH, "They stop."),
    ]
    assert (found.title, found.byline) == ("Title", "Jane Roe")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (DATA[:-9], "cut short or damaged"),
        ('{"html": ' + "[" * 100_000, "cut short or damaged"),
        ('{"a": {"html": null}}', "no data with a text 'html'"),
        ('{"a": ' * 30 + '{"html": "x"}' + "}" * 30, "no data with a text 'html'"),
    ],
    ids=["cut", "endless", "no text", "too deep"],
)
def test_story_that_can_not_be_got_from_a_script_is_a_fault_of_the_layout(data: str, told: str) -> None:
    with pytest.raises(LayoutError, match=told):
        article(body=story_in_script(data), layout={"html": html_of})
