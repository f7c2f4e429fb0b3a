"""Plain-text captures: lines, links, headings, the date that a corpus put before a page."""

from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.page.text import TextPage, is_heading, prose
from parsers.record.article import BlockType
from parsers.record.capture import Capture, CapturedAtBasis, MediaType

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


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Talks on Syria", True),
        ("He said so.", False),
        ("艾伦河的渡轮停运两天。", False),
        ("渡轮停运引发不满", True),
        ("港务处表示九艘船中有四艘会航行到日落其余的船将在周末之前全部恢复正常的夜间航行", False),
        ("यह एक वाक्य है।", False),
        ("هل توقفت العبارات؟", False),
        ("العبارات تتوقف", True),
        ("‘They will come.’", True),
        ("He said: “They will come.”", False),
        ("word " * 14, True),
        ("word " * 15, False),
    ],
)
def test_short_line_that_ends_like_no_sentence_is_a_heading(line: str, heading: bool) -> None:
    assert is_heading(line) is heading
    assert [block.type for block in prose(["", line])] == [BlockType.HEADING if heading else BlockType.PARAGRAPH]
