"""A source of six lines: no layout, so the generic reader takes its pages."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from parsers import registry
from parsers.fields.dates import Precision
from parsers.page.html import LayoutError
from parsers.page.page import Page
from parsers.parse import parse
from parsers.record.outcome import Outcome, RejectReason
from parsers.source import definition
from parsers.source.definition import Layout, Source
from tests.captures import article_of, html_capture, rejection_of

URL = "https://paper.example/2024/03/ferry-crews-stop-work"
SIX_LINES = Source(name="paper", title="The Paper", hosts=("paper.example",), language="tr", timezone="Europe/Istanbul")
PROSE = [
    "Ferry crews on the Ellen river began a two day stoppage on Tuesday over the new night timetable.",
    "The harbour office said that four of the nine boats would still run, though only until sunset.",
    "Talks between the crews and the owners are to go on in Harborne at the end of the week.",
]
STORY = f"<h1>Ferry crews stop work</h1><div class=x7>{''.join(f'<p>{text}</p>' for text in PROSE)}</div>"
NO_STORY = "<ul>" + "".join(f"<li><h3><a href=/{n}>Harbour story number {n}</a></h3></li>" for n in range(20)) + "</ul>"

Read = Callable[..., Outcome]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[Read]:
    """Parse a page of a source that is the only one."""

    def parse_as(source: Source, body: str, head: str = "", url: str = URL, named: str | None = None) -> Outcome:
        monkeypatch.setattr(registry, "_load", lambda: ({source.name: source}, {}))
        registry._hosts.cache_clear()
        title = "<title>Ferry crews stop work</title><meta property=og:title content='Ferry crews stop work'>"
        html = f"<!doctype html><head>{title}{head}</head><body>{body}"
        return parse(html_capture(html, url=url, source=named))

    yield parse_as
    monkeypatch.undo()
    registry._hosts.cache_clear()


@pytest.mark.parametrize("fields", [{}, {"url": "https://mirror.example/1", "named": "paper"}], ids=["host", "named"])
def test_pages_are_read_as_rows_of_the_source_without_any_switch(read: Read, fields: dict[str, str]) -> None:
    article = article_of(read(SIX_LINES, STORY, **fields))
    assert [block.text for block in article.body] == PROSE
    assert (article.title, article.language) == ("Ferry crews stop work", "tr")
    assert (article.source, article.parser, article.layout) == ("paper", "paper", "generic")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<meta property=article:published_time content=2024-03-05T09:30:00>", STORY),
        ("", STORY.replace("</h1>", "</h1><p>5 March 2024, 09:30</p>")),
    ],
    ids=["stated", "shown"],
)
def test_times_without_a_zone_are_in_that_of_the_source(read: Read, head: str, body: str) -> None:
    article = article_of(read(SIX_LINES, body, head))
    assert article.published_at == datetime(2024, 3, 5, 6, 30, tzinfo=UTC)
    assert article.published_precision is not Precision.DAY
    # On a host without a source, nobody knows what clock that is.
    elsewhere = parse(html_capture(f"{head}<title>Ferry crews stop work</title>{body}"), generic=True)
    assert article_of(elsewhere).published_precision is Precision.DAY


def test_what_is_no_article_is_rejected_under_the_name_of_the_source(read: Read) -> None:
    rejected = rejection_of(read(SIX_LINES, NO_STORY))
    assert (rejected.reason, rejected.source, rejected.layout) == (RejectReason.NOT_ARTICLE, "paper", "generic")
    assert rejected.parser_version == SIX_LINES.parser_version


def test_source_with_layouts_rejects_a_redesign_unless_it_says_otherwise(read: Read) -> None:
    designed = replace(SIX_LINES, layouts=(Layout("2024-01", body="div.story"),))
    rejected = rejection_of(read(designed, STORY))
    assert (rejected.reason, rejected.layout) == (RejectReason.LAYOUT, None)
    assert article_of(read(replace(designed, generic=True), STORY)).layout == "generic"
    old = STORY.replace("x7", "story")
    assert article_of(read(replace(designed, generic=True), old)).layout == "2024-01"


def fails(_page: Page) -> str:
    raise LayoutError("no data")


def test_page_that_no_layout_matches_is_still_asked_for_the_facts_of_the_newest(read: Read) -> None:
    layout = Layout("2024-01", body=".story", title=".over", byline=".by", topics=".tags a", drop="p", html=fails)
    facts = "<p class=over>Boats stay away</p><p class=by>By Jane Doe</p><p class=tags><a>Ferries</a><a>Strikes</a></p>"
    source = replace(SIX_LINES, layouts=(layout, Layout("2020-01", body=".text", byline="h1")), generic=True)
    article = article_of(read(source, facts + STORY))
    assert (article.title, article.authors, article.topics) == (
        "Boats stay away",
        ("Jane Doe",),
        ("Ferries", "Strikes"),
    )
    assert ([block.text for block in article.body], article.layout) == (PROSE, "generic")
    # What its selectors don't find, the page may say elsewhere.
    article = article_of(
        read(source, STORY, "<meta name=keywords content=Harbour><meta name=author content='Ann Poe'>")
    )
    assert (article.title, article.authors, article.topics) == ("Ferry crews stop work", ("Ann Poe",), ("Harbour",))


@pytest.mark.parametrize(
    "layout", [{"blocks": "div.text"}, {"html": fails}, {"drop": "p"}], ids=["none", "html", "drop"]
)
def test_page_without_the_structure_of_its_layout_is_read_as_one_that_none_matches(
    read: Read, layout: dict[str, Any]
) -> None:
    source = replace(SIX_LINES, layouts=(Layout("2024-01", body="div.x7", **layout),))
    rejected = rejection_of(read(source, STORY))
    assert rejected.reason in (RejectReason.MISSING_BODY, RejectReason.LAYOUT)
    assert rejection_of(read(replace(source, generic=True), "<h1>A shell</h1><div class=x7></div>")) is not None
    article = article_of(read(replace(source, generic=True), STORY))
    assert ([block.text for block in article.body], article.layout) == (PROSE, "generic")


def test_layout_without_a_body_states_facts_and_leaves_the_text_to_the_generic_reader(read: Read) -> None:
    layout = Layout(
        "2024-05",
        when="div.x7",
        title=".over",
        byline=".by",
        topics=".tags a",
        drop=".also",
        notes=re.compile("Filed"),
        refine=lambda _page, draft: draft.flags.append("refined"),
    )
    story = STORY.replace("</div>", f"<p class=also>{PROSE[0]} Read on.</p><p>Filed from the harbour.</p></div>")
    facts = "<p class=over>Boats stay away</p><p class=by>By Jane Doe</p><p class=tags><a>Ferries</a><a>Strikes</a></p>"
    article = article_of(read(replace(SIX_LINES, layouts=(layout,)), facts + story))
    assert [block.text for block in article.body] == PROSE
    assert (article.title, article.authors) == ("Boats stay away", ("Jane Doe",))
    assert (article.topics, article.layout, article.flags) == (("Ferries", "Strikes"), "2024-05", ("refined",))
    assert article.parser_version == SIX_LINES.parser_version
    rejected = rejection_of(read(replace(SIX_LINES, layouts=(layout,)), STORY.replace("x7", "x8")))
    assert (rejected.reason, rejected.layout) == (RejectReason.LAYOUT, None)


def test_topics_of_a_meta_element_are_its_keywords_without_those_for_machines(read: Read) -> None:
    words = "Ferries, 26157981-b4f7-4929-adc1-e860c6f03636, Strikes, paper.example, 100312362, 2024"
    head = f"<meta name=keywords content='Harbour'><meta name=tags content='{words}'>"
    layout = Layout("2024-05", topics="meta[name=tags]")
    assert article_of(read(replace(SIX_LINES, layouts=(layout,)), STORY, head)).topics == ("Ferries", "Strikes", "2024")


def test_rows_are_outdated_when_the_generic_reader_changes(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    designed = replace(SIX_LINES, version=4, layouts=(Layout("2024-01", body="div.x7"),))
    before = article_of(read(SIX_LINES, STORY)).parser_version
    monkeypatch.setattr(definition, "GENERIC_CHANGES", definition.GENERIC_CHANGES + 1)
    assert article_of(read(SIX_LINES, STORY)).parser_version == before + 1
    assert article_of(read(designed, STORY)).parser_version == 4  # it has nothing to do with that reader
