"""Layouts that several sources share, each on a small page of its structure."""

from dataclasses import replace
from pathlib import Path

import pytest

from parsers.parse import parse_as
from parsers.record.article import Article, BlockType
from parsers.source.definition import Source
from parsers.sources.families.ard import ARD
from parsers.sources.families.chunichi import CHUNICHI
from parsers.sources.families.conde_nast import CONDE_NAST
from parsers.sources.families.funke import FUNKE
from parsers.sources.families.ippen import IPPEN
from parsers.sources.families.labrador import LABRADOR
from parsers.sources.families.mediahuis import MEDIAHUIS
from parsers.sources.families.schibsted import SCHIBSTED
from tests.captures import article_of, html_capture

PAPER = Source(name="paper", title="Paper", hosts=("paper.example",), language="de", timezone="Europe/Berlin")
PAGES = Path(__file__).parents[1] / "fixtures" / "families"
LAYOUTS = {
    "ard": ARD,
    "chunichi": CHUNICHI,
    "conde_nast": CONDE_NAST,
    "funke-2024": FUNKE[1],
    "funke-2025": FUNKE[0],
    "ippen": IPPEN,
    "labrador": LABRADOR,
    "mediahuis": MEDIAHUIS,
    "schibsted": SCHIBSTED,
}
STORY = [
    (BlockType.LEAD, "Two of nine boats sail from Monday on."),
    (BlockType.PARAGRAPH, "The crews voted on Sunday night."),
    (BlockType.HEADING, "Why the boats lie still"),
    (BlockType.PARAGRAPH, "Their pay has not risen since spring."),
]


@pytest.mark.parametrize("family", LAYOUTS)
def test_family_reads_the_story_and_nothing_around_it(family: str) -> None:
    found = read(family)
    expected = STORY[1:] if family == "chunichi" else STORY  # it has no lead
    assert [(block.type, block.text) for block in found.body] == expected
    assert (found.title, found.layout) == ("Ferries lie still", LAYOUTS[family].name)


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
    assert [read(f"funke-{year}").topics for year in (2025, 2024)] == [("Ferries",), ("Ferries", "Pay")]


def test_sections_of_chunichi_are_its_topics_unless_they_only_say_news() -> None:
    found = read("chunichi")
    assert (found.topics, found.section) == (("社会", "港区"), "社会")


def read(family: str) -> Article:
    body = (PAGES / f"{family}.html").read_text("utf-8")
    head = '<meta property="og:title" content="Ferries lie still"><meta property="og:type" content="article">'
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    source = replace(PAPER, layouts=(LAYOUTS[family],))
    return article_of(parse_as(html_capture(html, url="https://paper.example/1/ferries"), source))
