"""Values as pages write them: odd but plain to a reader. Each came out wrong, or not at all, before."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from parsers.parse import parse
from parsers.record.article import Article, Update
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import Parsed
from tests.captures import html_capture
from tests.tables import table

TITLE = "Ferry crews stop work on the Ellen"
PARAGRAPHS = [
    "Ferry crews on the Ellen river began a two day stoppage on Tuesday over the new night timetable.",
    "The harbour office said that four of the nine boats would still run, though only until sunset.",
    "Talks between the crews and the owners are to go on in Harborne at the end of the week.",
]
SHOWN = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
STATED = {
    "@type": "NewsArticle",
    "headline": TITLE,
    "datePublished": "2024-06-11T09:15:00-04:00",
    "author": {"@type": "Person", "name": "Ada Quill"},
}
SEEN = datetime(2024, 6, 20, tzinfo=UTC)
ADA = "Ada Quill"


def jsonld(kind: str = "application/ld+json", **values: Any) -> str:
    stated = {name: value for name, value in (STATED | values).items() if value is not None}
    return f'<script type="{kind}">{json.dumps(stated)}</script>'


def read(head: str | None = None, body: str = SHOWN, heading: str = f"<h1>{TITLE}</h1>", *, source: str) -> Article:
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{TITLE} | The Issue</title>'
        f"{jsonld() if head is None else head}</head>"
        f'<body><main><article>{heading}<div class="entry-content">{body}</div></article></main></body></html>'
    )
    seen = Capture(
        page.encode(), MediaType.HTML, SEEN, CapturedAtBasis.LIVE, "https://www.theissue.com/politics/ferry", source
    )
    outcome = parse(seen, generic=True)
    assert isinstance(outcome, Parsed), outcome
    return outcome.article


both = pytest.mark.parametrize("source", ["theissue", "web"])


@both
@pytest.mark.parametrize("stated", [1718111700, 1718111700000, "1718111700000", "/Date(1718111700000)/"])
def test_a_time_in_milliseconds(stated: Any, source: str) -> None:
    article = read(jsonld(datePublished=stated), source=source)
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2024-06-11T13:15:00+00:00"


@both
@pytest.mark.parametrize("name", table("what_pages_write")["names_of_times"])
def test_a_time_in_a_meta_element_of_some_system(name: str, source: str) -> None:
    meta = f'<meta name="{name}" content="2024-06-11T09:15:00-04:00">'
    article = read(jsonld(datePublished=None) + meta, source=source)
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2024-06-11T13:15:00+00:00"


@both
@pytest.mark.parametrize("around", table("what_pages_write")["times"])
def test_the_time_of_a_comment_or_of_another_story_is_not_that_of_the_page(around: str, source: str) -> None:
    assert read("", body=SHOWN + around, source=source).published_at is None


@both
@pytest.mark.parametrize("times", table("what_pages_write")["own_times"])
def test_the_time_of_publication_is_not_that_of_a_change(times: str, source: str) -> None:
    article = read("", heading=f"<h1>{TITLE}</h1>{times}", source=source)
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2024-06-11T13:15:00+00:00"


def test_the_footer_of_a_story_on_an_unknown_site_may_hold_its_time() -> None:
    footer = '<footer class="entry-meta"><time datetime="2024-06-11T13:15:00Z">June 11</time></footer>'
    assert read("", heading=f"<h1>{TITLE}</h1>{footer}", source="web").published_at is not None


@both
@pytest.mark.parametrize(("author", "names"), table("what_pages_write")["authors"])
def test_an_author(author: Any, names: list[str], source: str) -> None:
    assert list(read(jsonld(author=author), source=source).authors) == names


@both
@pytest.mark.parametrize(("byline", "names"), table("what_pages_write")["bylines"])
def test_an_author_in_a_byline(byline: str, names: list[str], source: str) -> None:
    site = '<meta property="og:site_name" content="The Issue">'
    head = f'{site}{jsonld(author=None)}<meta name="author" content="{byline}">'
    assert list(read(head, source=source).authors) == names


@both
@pytest.mark.parametrize("reference", ["#ada", {"@id": "#ada"}])
def test_an_author_who_is_described_elsewhere(reference: Any, source: str) -> None:
    person = '<script type="application/ld+json">{"@type": "Person", "@id": "#ada", "name": "Ada Quill"}</script>'
    assert read(jsonld(author=reference) + person, source=source).authors == (ADA,)


@both
def test_authors_in_rdfa(source: str) -> None:
    byline = f'<span property="author" typeof="Person"><span property="name">{ADA}</span></span>'
    assert read("", heading=f"<h1>{TITLE}</h1>{byline}", source=source).authors == (ADA,)


@both
@pytest.mark.parametrize(
    "head", [jsonld(author=None, creator=[ADA]), jsonld(author=None) + f'<meta name="byl" content="By {ADA}">']
)
def test_an_author_by_another_name(head: str, source: str) -> None:
    assert read(head, source=source).authors == (ADA,)


@both
@pytest.mark.parametrize(
    "head",
    [
        jsonld("application/ld+json; charset=utf-8"),
        jsonld(" application/ld+json "),
        jsonld().replace('"headline"', '"schema:headline"').replace('"datePublished"', '"schema:datePublished"'),
        jsonld().replace('"datePublished"', '"http://schema.org/datePublished"'),
        jsonld(mainEntityOfPage={"@type": "NewsArticle", "headline": TITLE, **STATED}, **{"@type": "WebPage"}),
    ],
    ids=["parameter", "spaces", "prefix", "address", "of a page"],
)
def test_json_ld_by_another_name(head: str, source: str) -> None:
    assert read(head, source=source).published_at is not None


@both
@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        (jsonld(headline=None, name=TITLE), "", TITLE),
        (jsonld(headline=None), "", TITLE),
        (jsonld(headline="Ferry crews stop..."), f"<h1>{TITLE}</h1>", TITLE),
        (jsonld(headline="Ferry crews wait…"), f"<h1>{TITLE}</h1>", "Ferry crews wait…"),
    ],
    ids=["name", "title element", "cut", "not cut"],
)
def test_a_title(head: str, heading: str, title: str, source: str) -> None:
    site = '<meta property="og:site_name" content="The Issue">'
    assert read(site + head, heading=heading, source=source).title == title


@both
@pytest.mark.parametrize("form", table("what_pages_write")["named_titles"])
def test_a_title_without_the_name_of_the_site(form: str, source: str) -> None:
    head = (
        f'<meta property="og:site_name" content="The Issue"><meta property="og:title" content="{form.format(TITLE)}">'
    )
    assert read(head, heading="", source=source).title == TITLE


@both
@pytest.mark.parametrize("heading", [f"<h1>The Issue</h1><h1>{TITLE}</h1>", f"<h1><b>Politics</b> {TITLE}</h1>"])
def test_the_name_of_the_site_and_a_kicker_are_no_title(heading: str, source: str) -> None:
    site = '<meta property="og:site_name" content="The Issue">'
    assert read(site, heading=heading, source=source).title == TITLE


@both
@pytest.mark.parametrize(("between", "shown"), table("what_pages_write")["hidden_elements"])
def test_what_readers_do_not_see_is_no_text(between: str, shown: str, source: str) -> None:
    body = f"<p>{PARAGRAPHS[0]}{between}</p><p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>"
    texts = [block.text for block in read(body=body, source=source).body]
    assert texts == [PARAGRAPHS[0], *filter(None, (shown,)), *PARAGRAPHS[1:]]


@both
@pytest.mark.parametrize("style", table("what_pages_write")["hidden"])
def test_what_a_style_hides_is_no_text(style: str, source: str) -> None:
    hidden = f'<p style="{style}">Words that nobody on this page can see.</p>'
    inline = f'<p>{PARAGRAPHS[0]}<span style="{style}"> Secret.</span></p>'
    body = inline + hidden + "".join(f"<p>{text}</p>" for text in PARAGRAPHS[1:])
    assert [block.text for block in read(body=body, source=source).body] == PARAGRAPHS


@both
@pytest.mark.parametrize("between", table("what_pages_write")["adverts"])
def test_an_advert_is_no_paragraph(between: str, source: str) -> None:
    article = read(body=f"<p>{PARAGRAPHS[0]}</p>{between}<p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>", source=source)
    assert [block.text for block in article.body] == PARAGRAPHS


@both
def test_elements_of_a_sites_own_are_paragraphs_or_phrases(source: str) -> None:
    first = PARAGRAPHS[0].replace("Ellen", "<x-place>Ellen</x-place>")
    body = "".join(f"<story-paragraph>{text}</story-paragraph>" for text in (first, *PARAGRAPHS[1:]))
    assert [block.text for block in read(body=body, source=source).body] == PARAGRAPHS


@both
@pytest.mark.parametrize(("cells", "rows"), table("what_pages_write")["cells"])
def test_a_table_is_whole_and_its_cells_stay_in_their_column(cells: str, rows: list[str], source: str) -> None:
    first, *rest = [f"<p>{text}</p>" for text in PARAGRAPHS]
    article = read(body=f"{first}<table><caption>The boats</caption>{cells}</table>{''.join(rest)}", source=source)
    told = [(block.type.value, block.text) for block in article.body if block.text not in PARAGRAPHS]
    assert told == [("caption", "The boats"), *(("table", row) for row in rows)]


@both
@pytest.mark.parametrize("after", table("what_pages_write")["next_stories"])
def test_the_next_story_below_is_no_part_of_this_one(after: str, source: str) -> None:
    own = f'<article><h1>{TITLE}</h1><div class="entry-content">{SHOWN}</div>'
    within = after.startswith("<div")
    below = after.replace("{}", table("what_pages_write")["next_story"])
    page = f"{own}{below}</article>" if within else f"{own}</article>{below}"
    seen = html_capture(f"<html><head>{jsonld()}</head><body><main>{page}</main></body>", source=source)
    outcome = parse(seen, generic=True)
    assert isinstance(outcome, Parsed), outcome
    assert [block.text for block in outcome.article.body] == PARAGRAPHS


@both
@pytest.mark.parametrize(("meta", "authors"), table("what_pages_write")["meta_authors"])
def test_authors_of_meta_elements_have_their_given_names_first(meta: str, authors: list[str], source: str) -> None:
    assert list(read(jsonld(author=None) + meta, source=source).authors) == authors


@both
@pytest.mark.parametrize("frame", table("what_pages_write")["frames"])
def test_a_caption_is_no_paragraph(frame: str, source: str) -> None:
    first, *rest = [f"<p>{text}</p>" for text in PARAGRAPHS]
    article = read(body=f"{first}{frame}{''.join(rest)}", source=source)
    assert [block.text for block in article.body] == PARAGRAPHS
    assert [(image.url, image.caption) for image in article.images] == [("https://www.theissue.com/a.jpg", "A weir")]
    assert article.photo_credits == (("Jo",) if "Jo" in frame else ())


@both
def test_posts_of_a_live_blog_have_their_times_and_places(source: str) -> None:
    posts = [
        {"headline": "Sunset", "datePublished": "2024-06-11T21:15:00-04:00", "articleBody": PARAGRAPHS[1]},
        {"datePublished": "2024-06-11T13:20:00Z", "articleBody": PARAGRAPHS[0] + " And more."},  # that is not shown
        {"headline": "Sunset", "datePublished": "2024-06-11 13:10"},  # in no zone: no time
        {"headline": "Of yesterday", "datePublished": "2024-06-10T13:20:00Z"},  # on another page of the blog
        {"articleBody": "Neither headline nor time"},
        "no post",
    ]
    shown = "<h2>Sunset</h2>{1}<h2>Sunset</h2>{2}{0}".format(*(f"<p>{text}</p>" for text in PARAGRAPHS))
    stated: dict[str, Any] = {"@type": "LiveBlogPosting", "liveBlogUpdate": posts}
    article = read(jsonld(**stated), shown, source=source)
    assert article.genre == "live"
    second = article.text.index("Sunset", article.text.index("Sunset") + 1)
    assert article.updates == (
        Update(datetime(2024, 6, 12, 1, 15, tzinfo=UTC), "Sunset", article.text.index("Sunset")),
        Update(datetime(2024, 6, 11, 13, 20, tzinfo=UTC), None, article.text.index(PARAGRAPHS[0])),
        Update(None, "Sunset", second),
        Update(datetime(2024, 6, 10, 13, 20, tzinfo=UTC), "Of yesterday", None),
    )
    assert read(source=source).updates == ()
