"""The record and the capture: identity, digests, what is refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.record.article import Block, BlockType, article_id, content_digest, spans_of, text_of
from parsers.record.capture import Capture, CapturedAtBasis, MediaType

TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]))
BODIES = st.lists(st.builds(Block, st.sampled_from(BlockType), TEXTS)).map(tuple)


@given(TEXTS, BODIES, TEXTS, BODIES)
def test_digests_tell_content_apart(
    title: str, body: tuple[Block, ...], other_title: str, other: tuple[Block, ...]
) -> None:
    same = (title, body) == (other_title, other)
    assert (content_digest(title, body) == content_digest(other_title, other)) is same
    assert content_digest(title, body).startswith("sha256:")


@given(TEXTS, BODIES)
def test_identity_is_the_address_where_there_is_one_and_else_the_text(title: str, body: tuple[Block, ...]) -> None:
    by_url = article_id("a", "https://example.com/x", title, body)
    assert by_url == article_id("a", "https://example.com/x", "other", ())
    assert by_url != article_id("b", "https://example.com/x", title, body)
    assert article_id("a", None, title, body) != article_id("a", None, title + "x", body)
    assert len(by_url) == 32
    assert int(by_url, 16) >= 0


@given(BODIES)
def test_the_text_holds_every_block_and_nothing_else_but_breaks(body: tuple[Block, ...]) -> None:
    text, spans = text_of(body), spans_of(body)
    assert [Block(span.type, text[span.start : span.end]) for span in spans] == list(body)
    gaps = zip([0, *(span.end for span in spans)], [*(span.start for span in spans), len(text)], strict=True)
    assert "".join(text[end:start] for end, start in gaps).strip("\n") == ""


def test_a_list_is_joined_by_lines_and_all_else_by_blank_lines() -> None:
    kinds = ("lead", "heading", "list_item", "list_item", "paragraph", "paragraph", "list_item")
    body = tuple(Block(BlockType(kind), name) for kind, name in zip(kinds, "ABCDEFG", strict=True))
    assert text_of(body) == "A\n\nB\n\nC\nD\n\nE\n\nF\n\nG"
    assert text_of(()) == ""


def test_capture_keeps_its_bytes_and_takes_its_time_to_utc() -> None:
    at = datetime(2024, 5, 3, 2, tzinfo=timezone(timedelta(hours=3)))
    capture = Capture(b"\xff\x00", MediaType.HTML, at, CapturedAtBasis.WARC)
    assert (capture.captured_at, capture.captured_at.tzinfo) == (at, UTC)
    assert capture.digest == "sha256:ea5dbf9596d187e9500f23e9a680109475341cf4e81f7e043f7d97152c10772f"


def test_capture_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match=r"captured_at of https://a\.example/ has no time zone"):
        Capture(b"", MediaType.HTML, datetime(2024, 5, 3), CapturedAtBasis.LIVE, url="https://a.example/")  # noqa: DTZ001
