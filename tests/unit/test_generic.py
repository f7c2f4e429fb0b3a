"""The generic reader: pages of hosts without a source, in the structures that real sites have."""

from pathlib import Path

import pytest

from parsers.parse import parse
from parsers.record.article import Article
from parsers.record.outcome import Outcome, Parsed, Rejected, RejectReason
from tests.captures import html_capture
from tests.commands import Cli
from tests.tables import table

URL = "https://paper.example/2024/03/harbour-bridge-opens"
OPENING = "The harbour bridge opened on Friday, three years after work on its foundations had begun."
CROWD = "Hundreds of people walked across it in the first hour, and a brass band played at both ends."
TRAMS = "Trams will cross it from next year, the city said, once the rails have been laid and tested."
STORY = [OPENING, CROWD, TRAMS]
HEAD = "<title>Harbour bridge opens | The Paper</title><meta property=og:title content='Harbour bridge opens'>"
MENU = "<ul class=menu>" + "".join(f"<li><a href=/{n}>Section number {n}</a></li>" for n in range(9)) + "</ul>"


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(body: str, head: str = HEAD) -> str:
    return f"<!doctype html><html lang=en><head>{head}</head><body>{MENU}{body}</body></html>"


def read(html: str, url: str | None = URL) -> Outcome:
    return parse(html_capture(html, url=url), generic=True)


def article_of(html: str, url: str | None = URL) -> Article:
    outcome = read(html, url)
    assert isinstance(outcome, Parsed), outcome
    return outcome.article


def body_of(html: str) -> list[str]:
    return [block.text for block in article_of(html).body]


def detail_of(html: str, url: str = URL) -> str:
    outcome = read(html, url)
    assert isinstance(outcome, Rejected), outcome
    assert (outcome.reason, outcome.source) == (RejectReason.NOT_ARTICLE, None)
    return outcome.detail


H1 = "<h1>Harbour bridge opens</h1>"


@pytest.mark.parametrize(
    "body",
    [
        f"<article>{H1}<div>{paragraphs(*STORY)}</div></article>",
        f"{H1}<div class=post-body>{'<br><br>'.join(STORY)}</div>",
        f"{H1}<div id=text>{''.join(f'<div>{text}</div>' for text in STORY)}</div>",
        f"{H1}<div class=entry>{OPENING}<p>{CROWD}</p>{TRAMS}</div>",
        f"{H1}<table><tr><td>{MENU}</td><td class=main>{paragraphs(*STORY)}</td></tr></table>",
        f"{H1}<div class='widget Blog'><div class=post>{paragraphs(*STORY)}</div></div>",
        f"<article class='post tag-sidebar category-widget'>{H1}{paragraphs(*STORY)}</article>",
        f"{H1}<div class=has-sidebar>{paragraphs(*STORY)}</div>",
        f"{H1}<div hidden id='S:1f'><main>{paragraphs(*STORY)}</main></div>",
        f"{H1}<form id=aspnetForm><div>{paragraphs(*STORY)}</div></form>",
        f"{H1}" + "".join(f"<div class=story-body><p>{text}</p><p>{text[::-1]}.</p></div>" for text in STORY),
        f"{'<section>' * 600}{H1}{paragraphs(*STORY)}",
    ],
    ids=[
        *("article", "breaks", "divs", "loose text", "layout table", "blog widget", "classes of a theme", "state"),
        *("streamed by React", "form around all", "in pieces", "deep"),
    ],
)
def test_the_story_is_found_in_any_markup(body: str) -> None:
    found = body_of(page(body))
    assert [text for text in found if text in STORY] == STORY
    assert not any("Section number" in text or text == "Harbour bridge opens" for text in found)


@pytest.mark.parametrize("furniture", table("asides")["furniture"])
def test_furniture_between_the_paragraphs_is_no_text(furniture: str) -> None:
    html = page(f"<article>{H1}<div>{paragraphs(OPENING, CROWD)}{furniture}<p>{TRAMS}</p></div></article>")
    assert body_of(html) == STORY


CONSENT = "<p>We store and read what identifies your device, for a purpose that this sentence names.</p>" * 40


@pytest.mark.parametrize(
    "body",
    [
        f"<div>{paragraphs(*STORY)}</div><div class=cookie-notice>{CONSENT}</div>",
        f"<div>{paragraphs(*STORY)}</div><div class=comment-list>{CONSENT}</div>",
        f"<div class=popup-content>{paragraphs(*STORY)}</div>",  # a name that would hide all prose is not believed
        f"<div><noscript>{paragraphs(*STORY)}</noscript></div>",
    ],
    ids=["overlay", "comments", "popup", "no scripts"],
)
def test_the_story_comes_without_what_is_said_around_it(body: str) -> None:
    assert body_of(page(f"{H1}{body}")) == STORY


def test_of_two_articles_the_one_below_the_headline_counts() -> None:
    other = [f"The other story is longer, and has nothing to do with number {n} of the bridges." for n in range(9)]
    html = page(f"<article>{H1}{paragraphs(*STORY, *STORY)}</article><article>{paragraphs(*other)}</article>")
    assert not set(body_of(html)) & set(other)


NEXT_STORY = f"<article><h3><a href=/a>Ferry drivers strike</a></h3><p>{TRAMS}</p></article>"
AROUND = (
    "<div class=newsletter-signup><p>Get the best stories every morning in your inbox. It is free.</p></div>",
    f"<section id=comments><div class=comment><p>{CROWD}</p></div></section>",
    f"<section class=related><h2>Related stories</h2>{NEXT_STORY * 2}</section>",
)


@pytest.mark.parametrize("lines", table("generic")["short_stories"])
def test_a_short_story_comes_whole_and_without_the_longer_asides_around(lines: list[str]) -> None:
    for inside, outside in ((AROUND[:1], AROUND[1:]), ((), AROUND), (AROUND[:2], AROUND[2:])):
        article = f"<article>{H1}{paragraphs(*lines)}{''.join(inside)}</article>"
        assert body_of(page(f"<main>{article}{''.join(outside)}</main>")) == lines


def test_what_is_said_around_a_story_without_text_is_not_taken_for_it() -> None:
    outcome = read(page(f"<main><article>{H1}<img src=/bridge.jpg></article>{''.join(AROUND)}</main>"))
    assert isinstance(outcome, Rejected), outcome
    assert (outcome.reason, outcome.detail) == (RejectReason.MISSING_BODY, "no body text found")


def test_kinds_of_blocks_and_the_lead() -> None:
    lead = "It took three years and cost twice what had been planned."
    html = page(
        f"{H1}<p class=standfirst>{lead}</p><div class=article-body><p>{OPENING}</p><h2>Walkers</h2><p>{CROWD}</p>"
        f"<ul><li>length: 400 metres</li><li>height: 90 metres</li></ul>"
        f"<blockquote><p>We have waited for this day.</p></blockquote><p>{TRAMS}</p></div>"
    )
    article = article_of(html)
    assert article.lead == lead
    kinds = ["lead", "paragraph", "heading", "paragraph", "list_item", "list_item", "quote", "paragraph"]
    assert [block.type for block in article.body] == kinds


@pytest.mark.parametrize(("text", "sentences"), table("generic")["prose"])
def test_prose_of_other_scripts_is_prose(text: str, sentences: int) -> None:
    assert body_of(page(f"{H1}<div>{paragraphs(*[text] * sentences)}</div>")) == [text] * sentences


def test_a_body_that_only_jsonld_states_is_read() -> None:
    stated = r"\n\n".join(STORY * 2)
    script = f'{{"@type": "NewsArticle", "headline": "Harbour bridge opens", "articleBody": "{stated}"}}'
    html = page(f"{H1}<div>Please wait.</div>", f"{HEAD}<script type=application/ld+json>{script}</script>")
    assert body_of(html) == STORY * 2


STATED = '<script type=application/ld+json>{"@type": "NewsArticle", %s}</script>'


def test_a_headline_goes_without_the_kicker_that_opengraph_leaves_out() -> None:
    shown = "<h2><span>City life</span><span> – </span><span>Harbour bridge opens</span></h2>"
    head = HEAD + STATED % '"headline": "City life: Harbour bridge opens"'
    html = page(f"<h1>City life: Harbour bridge opens</h1><article>{shown}{paragraphs(*STORY)}</article>", head)
    assert article_of(html).title == "Harbour bridge opens"


def test_a_time_without_a_zone_takes_that_of_the_same_clock() -> None:
    head = HEAD + STATED % '"headline": "Harbour bridge opens", "datePublished": "2024-03-01 09:30:00.0"'
    head += "<meta name=date content='2024-03-01T09:30:00+01:00'>"
    published = article_of(page(f"{H1}<div>{paragraphs(*STORY)}</div>", head)).published_at
    assert published is not None
    assert published.isoformat() == "2024-03-01T08:30:00+00:00"


@pytest.mark.parametrize("named", ["article-teaser", "story__teaser", "field-label-hidden", "node-promoted"])
def test_a_standfirst_is_read_whatever_its_name(named: str) -> None:
    html = page(
        f"{H1}<div class={named}><p>{CROWD}</p></div><div class=article-body>{paragraphs(OPENING, TRAMS)}</div>"
    )
    assert CROWD in body_of(html)


def test_an_article_of_which_little_is_kept_is_flagged() -> None:
    notes = "".join(f"<p>© Agency {n}, which made the pictures of the harbour and of its bridges</p>" for n in range(9))
    whole, cut = (article_of(page(f"{H1}<div>{paragraphs(*STORY)}{more}</div>")) for more in ("", notes))
    assert (whole.completeness, whole.fidelity, whole.flags) == (1.0, "html", ())
    assert cut.completeness is not None
    assert cut.completeness < 0.5
    assert (cut.fidelity, len(cut.flags)) == ("partial", 1)


@pytest.mark.parametrize(("byline", "authors"), table("generic")["bylines"])
def test_a_byline_is_read_where_the_site_names_itself_as_author(byline: str, authors: int) -> None:
    head = f"{HEAD}<meta property=og:site_name content='The Paper'><meta name=author content='The Paper'>"
    found = article_of(page(f"{H1}{byline}<div>{paragraphs(*STORY)}</div>", head)).authors
    assert found == (("Jane Doe", "Joe Roe")[:authors] or ("The Paper",))


@pytest.mark.parametrize(("stated", "at", "precision"), table("generic")["times"])
def test_a_time_without_a_zone_is_a_day(stated: str, at: str, precision: str) -> None:
    head = f"{HEAD}<meta property=article:published_time content='{stated}'>"
    article = article_of(page(f"{H1}<div>{paragraphs(*STORY)}</div>", head))
    assert article.published_at is not None
    assert (article.published_at.isoformat(), article.published_precision) == (at, precision)


def test_a_change_without_a_zone_gives_no_instant() -> None:
    script = '{"@type": "NewsArticle", "headline": "Harbour bridge opens", "dateModified": "2024-03-01T09:30:00"}'
    head = f"{HEAD}<script type=application/ld+json>{script}</script>"
    html = page(f"{H1}<div>{paragraphs(*STORY)}</div>", head)
    assert article_of(html).modified_at is None
    assert article_of(html.replace("09:30:00", "09:30:00Z")).modified_at is not None


@pytest.mark.parametrize(("title", "reason"), table("generic")["notices"])
@pytest.mark.parametrize("head", ["<title>The Paper</title>", "<title>{} | The Paper</title>"])
def test_notices_are_told_by_title_or_headline_in_many_languages(title: str, reason: str, head: str) -> None:
    outcome = read(page(f"<h1>{title}</h1>{paragraphs(OPENING)}", head.format(title)))
    assert isinstance(outcome, Rejected), outcome
    assert outcome.reason == reason


@pytest.mark.parametrize("line", table("generic")["dates"])
def test_a_date_below_a_short_headline_is_read(line: str) -> None:
    prose = "港の橋が金曜日に開通し、工事の開始から三年がたった。"
    html = f"<title>港の橋が開通 | The Paper</title><h1>港の橋が開通</h1><p>{line}</p>{paragraphs(*[prose] * 6)}"
    article = article_of(html)
    assert article.published_at is not None
    assert article.published_at.date().isoformat() == "2024-03-04"


@pytest.mark.parametrize("other", table("generic")["foreign_dates"])
def test_dates_of_other_things_are_not_that_of_the_story(other: str) -> None:
    article = article_of(page(f"<main><article>{H1}{other}{paragraphs(*STORY)}</article></main>"))
    assert (article.published_at, article.published_raw) == (None, None)


def test_the_date_below_the_headline_goes_before_a_time_above_the_story() -> None:
    above = "<div><a href=/old>Old news</a> <time datetime=2020-01-01T10:00:00Z>1 Jan 2020</time></div>"
    story = f"<main><article>{H1}<p>By Jane Doe | 4 March 2024</p>{paragraphs(*STORY)}</article></main>"
    article = article_of(page(above + story))
    assert article.published_raw == "By Jane Doe | 4 March 2024"


TEASERS = "".join(
    f"<div><h2><a href=/{n}>Another story of the harbour, number {n}</a></h2><p>What it says, in a line.</p></div>"
    for n in range(12)
)
EXCERPTS = "".join(
    f"<article><h2><a href=/{n}>Story number {n} of the harbour</a></h2>{paragraphs(*STORY, ' '.join(STORY))}</article>"
    for n in range(5)
)
VIDEO = '<script type=application/ld+json>{"@type": "VideoObject", "name": "The bridge"}</script>'
PRODUCT = '<script type=application/ld+json>{"@type": "Product", "name": "A model of the bridge"}</script>'
THREAD = '<script type=application/ld+json>{"@type": "DiscussionForumPosting", "headline": "The bridge"}</script>'


@pytest.mark.parametrize(
    ("html", "url", "detail"),
    [
        (page(f"<div>{TEASERS}</div>"), "https://paper.example/", "its address is that of the home page"),
        (page(f"<h1>Harbour</h1><div>{TEASERS}</div>"), "https://paper.example/harbour/", "a list of 12 links"),
        (page(f"<div>{TEASERS}</div>"), "https://paper.example/search?q=bridge", "its address is that of a search"),
        (page(f"<div>{TEASERS}</div>"), "https://paper.example/?s=bridge", "its address is that of a search"),
        (page(paragraphs(*STORY), HEAD + PRODUCT), URL, "a shop: its JSON-LD is of type Product"),
        (page(f"<form action=/cart/add></form>{paragraphs(*STORY)}"), URL, "a shop: it has a cart"),
        (page(paragraphs(*STORY), HEAD + THREAD), URL, "a forum: its JSON-LD is of type DiscussionForumPosting"),
        (page(paragraphs(*STORY), f"{HEAD}<meta name=generator content='phpBB 3'>"), URL, "a forum: made by 'phpBB 3'"),
        (page(paragraphs(*STORY)), "https://paper.example/viewtopic.php?t=4", "a forum by its address"),
        (page(paragraphs(*STORY)), "https://forum.paper.example/t/bridge/4", "a forum by its address"),
        (page(f"<button class='btn add-to-basket'>Kaufen</button>{paragraphs(*STORY)}"), URL, "a shop: it has a cart"),
        (page(f"<h1>Blog</h1><main>{EXCERPTS}</main>"), URL, "a list of articles"),
        (page(paragraphs(OPENING), HEAD + VIDEO), URL, "a video: its JSON-LD is of type VideoObject"),
        (page(paragraphs(*STORY)), "https://paper.example/tag/cranes", "its address has '/tag'"),
    ],
    ids=[
        *("home", "section", "search", "search of WordPress", "shop", "cart", "forum", "software", "address"),
        *("host", "button", "blog", "video", "tag"),
    ],
)
def test_what_is_no_article_is_refused(html: str, url: str, detail: str) -> None:
    assert detail_of(html, url).startswith(detail)


def test_it_is_off_unless_asked_for_and_leaves_known_hosts_to_their_source() -> None:
    html = page(f"{H1}<div>{paragraphs(*STORY)}</div>")
    off = parse(html_capture(html, url=URL))
    assert isinstance(off, Rejected)
    assert off.reason is RejectReason.UNKNOWN_SOURCE
    known = read(html, "https://tass.com/world/1234567")
    assert isinstance(known, Rejected)
    assert (known.reason, known.source) == (RejectReason.LAYOUT, "tass")
    named = parse(html_capture(html, url="https://tass.com/world/1234567", source="web"))
    assert isinstance(named, Parsed)
    assert (named.article.source, named.article.parser, named.article.layout) == ("web", "web", "generic")


@pytest.mark.usefixtures("alone")
def test_unknown_hosts_are_read_by_switch_or_setting(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text(page(f"{H1}<div>{paragraphs(*STORY)}</div>"), encoding="utf-8")
    for switch, setting, reason in (([], "0", "unknown_source"), (["--generic"], "0", None), ([], "1", None)):
        monkeypatch.setenv("NEWSLAKE_GENERIC", setting)
        assert f'"reason":{f"{chr(34)}{reason}{chr(34)}" if reason else "null"}' in cli(
            "parse", "page.html", "--url", URL, "--json", *switch
        )
