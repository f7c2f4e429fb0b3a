"""Plain-text captures: lines, links, headings, the date that a corpus put before a page."""

from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.fields.bylines import split_names, split_people
from parsers.fields.datelines import AGENCIES, Dateline, read_dateline
from parsers.page.text import TextPage, is_heading, prose
from parsers.parse import parse
from parsers.reading.finishing import language_of
from parsers.record.article import BlockType
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from tests.captures import article_of, html_capture
from tests.tables import table

AT = datetime(2018, 1, 5, tzinfo=UTC)
utc = partial(datetime, tzinfo=UTC)


def page(text: str, basis: CapturedAtBasis = CapturedAtBasis.MANIFEST) -> TextPage:
    return TextPage(Capture(b"", MediaType.TEXT, AT, basis), text, "Europe/Moscow")


def test_lines_are_clean_and_empty_ones_are_kept() -> None:
    assert page(" a\u00a0 b \r\n\r\n\0c\u2028d").lines == ("a b", "", "c", "d")
    assert page(" date 2017-05-04 First line\nSecond").lines == ("First line", "Second")
    assert page("The date 2017-05-04 x").lines == ("The date 2017-05-04 x",)


@pytest.mark.parametrize(
    ("text", "shown", "basis", "at", "origin"),
    [
        ("x", "May 4, 2017, 15:00 UTC+3", CapturedAtBasis.MTIME, utc(2017, 5, 4, 12), "visible_text"),
        ("date 2017-05-04 x", "May 4, 15:00", CapturedAtBasis.MTIME, utc(2017, 5, 4, 12), "+header_year"),
        ("date 2017-01-04 x", "December 30", CapturedAtBasis.LIVE, utc(2016, 12, 30), "+header_year"),
        ("x", "December 30", CapturedAtBasis.LIVE, utc(2017, 12, 30), "+capture_year"),
        ("x", "December 30", CapturedAtBasis.MTIME, None, None),
        ("date 0000-99-99 x", "December 30", CapturedAtBasis.LIVE, None, None),
        ("x", "yesterday", CapturedAtBasis.LIVE, None, None),
    ],
)
def test_year_comes_from_the_page_else_the_corpus_else_a_trusted_capture(
    text: str, shown: str, basis: CapturedAtBasis, at: datetime | None, origin: str | None
) -> None:
    stamp = page(text, basis).published(shown)
    assert (stamp.at, stamp.raw) == (at, shown)
    assert str(stamp.basis).removeprefix("visible_text") == str(origin).removeprefix("visible_text")


@given(st.text(), st.text())
def test_no_text_raises(text: str, shown: str) -> None:
    seen = page(text)
    assert seen.published(shown).raw == shown
    assert [block.text for block in prose(seen.lines)] == [line for line in seen.lines if line]


@pytest.mark.parametrize(("line", "heading"), table("text").items())
def test_short_line_that_ends_like_no_sentence_is_a_heading(line: str, heading: bool) -> None:
    assert is_heading(line) is heading
    assert [block.type for block in prose(["", line])] == [BlockType.HEADING if heading else BlockType.PARAGRAPH]


TEXTS = {
    "en": "The ferry between the two banks of the river sails again from Tuesday, eleven weeks after a log damaged it.",
    "de": "Die Fähre zwischen den beiden Ufern des Flusses fährt ab Dienstag wieder, elf Wochen nach dem Schaden.",
    "tr": "Nehrin iki yakası arasındaki vapur on bir hafta sonra salı günü yeniden sefere başlıyor.",
    "ru": "Паром между двумя берегами реки снова пойдёт со вторника как сообщил порт.",
    "ja": "川の両岸を結ぶ渡し船は、流木で舵が壊れてから十一週間ぶりに再び運航される。" * 3,
}  # fmt: skip


@pytest.mark.parametrize("code", TEXTS)
def test_words_tell_the_language(code: str) -> None:
    assert language_of(f"{TEXTS[code]} {TEXTS[code]}") == code


@pytest.mark.parametrize("text", ["", "Ferry sails", "1 2 3 " * 60], ids=["none", "few", "numbers"])
def test_what_is_not_certain_is_not_said(text: str) -> None:
    assert language_of(text) is None


def test_page_speaks_first_and_the_words_only_if_it_is_silent() -> None:
    body = (
        f"<body><article><h1>Die Fähre fährt wieder</h1><p>{TEXTS['de']}</p><p>{TEXTS['de']} Noch einmal.</p></article>"
    )
    silent = parse(html_capture(f"<!doctype html><title>Die Fähre fährt wieder</title>{body}"), generic=True)
    stated = parse(html_capture(f"<!doctype html><html lang=de-AT><title>Die Fähre</title>{body}"), generic=True)
    assert (article_of(silent).language, article_of(stated).language) == ("de", "de-AT")


# Bylines and datelines: what a story says of who wrote it, and where.


TABLE = table("bylines")


@pytest.mark.parametrize(("byline", "names"), TABLE["bylines"].items())
def test_byline_gives_names(byline: str, names: list[str]) -> None:
    assert split_names(byline) == tuple(names)


@pytest.mark.parametrize(("text", "names"), TABLE["people"].items())
def test_names_in_one_text_are_parted_only_where_each_part_reads_as_a_name(text: str, names: list[str]) -> None:
    assert split_people(text) == tuple(names)


@given(st.text())
def test_names_are_clean_and_never_empty(byline: str) -> None:
    for names in (split_names(byline), split_people(byline)):
        assert all(name and name == name.strip() for name in names)
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(("paragraph", "expected"), TABLE["datelines"].items())
def test_dateline_is_read(paragraph: str, expected: list[str]) -> None:
    city, agency = (each or None for each in expected)
    assert read_dateline(paragraph) == Dateline(city, agency)


@pytest.mark.parametrize("paragraph", TABLE["no_datelines"]["paragraphs"])
def test_what_only_looks_like_a_dateline_is_none(paragraph: str) -> None:
    assert read_dateline(paragraph) is None


@given(st.text() | st.sampled_from(AGENCIES).map(lambda agency: f"({agency}) - x"))
def test_no_paragraph_makes_the_dateline_raise(paragraph: str) -> None:
    found = read_dateline(paragraph)
    assert found is None or found.agency in (None, *AGENCIES)
