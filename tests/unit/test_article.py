"""The record and the capture: identity, digests, what is refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.record.article import Block, BlockType, article_id, content_digest
from parsers.record.capture import Capture, CapturedAtBasis, MediaType

TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]))
BODIES = st.lists(st.builds(Block, st.sampled_from(BlockType), TEXTS)).map(tuple)


@given(TEXTS, BODIES, TEXTS, BODIES)
def test_digests_are_equal_exactly_for_equal_content(
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


def test_capture_keeps_its_bytes_and_takes_its_time_to_utc() -> None:
    at = datetime(2024, 5, 3, 2, tzinfo=timezone(timedelta(hours=3)))
    capture = Capture(b"\xff\x00", MediaType.HTML, at, CapturedAtBasis.WARC)
    assert (capture.captured_at, capture.captured_at.tzinfo) == (at, UTC)
    assert capture.digest == "sha256:ea5dbf9596d187e9500f23e9a680109475341cf4e81f7e043f7d97152c10772f"


def test_capture_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match=r"captured_at of https://a\.example/ has no time zone"):
        Capture(b"", MediaType.HTML, datetime(2024, 5, 3), CapturedAtBasis.LIVE, url="https://a.example/")  # noqa: DTZ001
