"""What sites put into the body or beside it that is no part of the story: embeds, other stories, closing notes."""

import re

import pytest

from parsers.record.article import Article
from tests.tables import table
from tests.unit.test_reading import article

TABLE = table("asides")

STORY = ["Ferry crews began a two day stoppage.", "Four of the nine boats would still run."]


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def body_of(found: Article) -> list[str]:
    return [block.text for block in found.body]


@pytest.mark.parametrize("note", TABLE["notes"])
def test_usual_notes_at_the_end_are_left_out(note: str) -> None:
    layout = {"notes": re.compile("Filed")}
    assert body_of(article(prose=paragraphs(*STORY, note, "Filed under boats"), layout=layout)) == STORY


@pytest.mark.parametrize("text", TABLE["no_notes"])
def test_paragraphs_that_sound_like_notes_stay(text: str) -> None:
    assert body_of(article(prose=paragraphs(*STORY, text))) == [*STORY, text]


def test_authors_who_sign_below_the_text_are_left_out() -> None:
    prose = paragraphs(*STORY, "Jane Roe and John Doe")
    assert body_of(article(prose=prose, layout={"authors": lambda _: ["John Doe", "Jane Roe"]})) == STORY
    assert body_of(article(prose=prose, layout={"authors": lambda _: ["Jane Roe"]}))[2:] == ["Jane Roe and John Doe"]


@pytest.mark.parametrize("line", TABLE["other_stories"])
def test_lines_to_other_stories_are_left_out_wherever_they_stand(line: str) -> None:
    assert body_of(article(prose=paragraphs(STORY[0], line, STORY[1]))) == STORY


@pytest.mark.parametrize("text", TABLE["no_other_stories"])
def test_sentences_that_begin_like_lines_to_other_stories_stay(text: str) -> None:
    assert body_of(article(prose=paragraphs(*STORY, text))) == [*STORY, text]


def test_notes_stay_where_the_story_goes_on_after_them() -> None:
    texts = [STORY[0], "This article was first published on Tuesday.", STORY[1]]
    assert body_of(article(prose=paragraphs(*texts))) == texts


LINKS = "<li><a href=/a>Owners of the boats meet today</a></li><li><a href=/b>Why the night timetable failed</a></li>"


def test_list_of_headlines_becomes_related_stories() -> None:
    layout = {"related": ".rich a"}
    prose = f"<p>One.</p><ul>{LINKS}</ul><div class=rich><a href=/c>Harbour office<i>Read more</i></a></div><p>Two.</p>"
    found = article(prose=prose, layout=layout)
    assert body_of(found) == ["One.", "Two."]
    assert found.related_titles == (
        *("Harbour office", "Owners of the boats meet today"),
        "Why the night timetable failed",
    )
    assert found.related_urls == tuple(f"https://news.example/{name}" for name in "cab")


def test_labels_may_stand_before_headlines_in_a_list() -> None:
    items = (
        "<li><b>Ferries:</b> <a href=/a>Owners meet the crews</a></li><li>Why? <a href=/b>All of the demands</a></li>"
    )
    found = article(prose=f"<p>One.</p><ul>{items}</ul>")
    assert body_of(found) == ["One."]
    assert found.related_titles == ("Owners meet the crews", "All of the demands")


@pytest.mark.parametrize(
    "items",
    [
        LINKS + "<li>Nine boats, of which <a href=/d>four still run</a></li>",
        "<li><a href=/a>Harborne</a></li><li><a href=/b>Ellen</a></li>",
        "<li><a href=https://x.example>The report of the owners</a></li><li><a href=/b>The crews answer them</a></li>",
        "<li><a>A link that leads nowhere at all</a></li>",
        "<li>No link at all in this item</li>",
    ],
    ids=["text too", "tags", "two sites", "no address", "no link"],
)
def test_other_lists_are_text(items: str) -> None:
    found = article(prose=f"<p>One.</p><ul>{items}</ul>")
    assert len(found.body) == 1 + items.count("<li>")
    assert found.related_titles == ()


def test_lists_of_headlines_in_lists_and_in_nested_bodies_are_taken_once() -> None:
    prose = f"<div class=b><ul><li>Inner<ul>{LINKS}</ul></li></ul><div class=b><p>One.</p><ul>{LINKS}</ul></div></div>"
    found = article(prose=prose, layout={"body": ".b"})
    assert body_of(found) == ["Inner", "One."]
    assert len(found.related_titles) == 2


@pytest.mark.parametrize("embed", TABLE["embeds"])
def test_embeds_and_adverts_of_large_systems_are_no_text_whatever_the_layout(embed: str) -> None:
    for layout in ({}, {"furniture": "script", "drop": ".x9"}):
        assert body_of(article(prose=paragraphs(STORY[0]) + embed, layout=layout)) == STORY[:1]
