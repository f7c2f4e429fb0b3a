"""The inflater: every coding, whatever the bytes are and however they are cut."""

import gzip
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.base.inflate import MAX_GZIP_MEMBERS, Inflater, inflate
from tests.bodies import PACK

TEXT = "".join(f"<p>News {number**5} of the day.</p>" for number in range(20_000)).encode()  # several blocks of zstd


def packed(content: bytes, window: int) -> bytes:
    deflate = zlib.compressobj(wbits=window)
    return deflate.compress(content) + deflate.flush()


@given(st.lists(st.binary(max_size=300), max_size=4), st.integers(1, 40), st.sampled_from([31, 15, -15]))
def test_content_is_the_same_however_the_packed_bytes_are_cut(parts: list[bytes], size: int, window: int) -> None:
    if window != 31:
        parts = parts[:1]
    source = BytesIO(b"".join(packed(part, window) for part in parts))
    inflater = Inflater(lambda _: source.read(size), "gzip" if window == 31 else "deflate")
    assert inflater.read_up_to(10_000) == b"".join(parts)
    assert inflater.damage is None


@pytest.mark.parametrize("coding", PACK)
@pytest.mark.parametrize("left_out", [1, 8, 100])
def test_f19_what_is_cut_short_gives_what_there_is_and_says_so(coding: str, left_out: int) -> None:
    body, inflater = inflate(PACK[coding](TEXT)[:-left_out], coding, 1 << 20)
    assert TEXT.startswith(body)
    assert len(body) > 1000
    assert inflater.is_cut
    assert inflater.damage == f"{coding} data is cut short"


def test_f16_a_million_empty_gzip_members_are_given_up() -> None:
    _, inflater = inflate(gzip.compress(b"", mtime=0) * (MAX_GZIP_MEMBERS + 1), "gzip", 1000)
    assert inflater.damage == "more than 1,000 gzip members"


def test_a_single_member_ends_where_the_next_one_begins() -> None:
    first = packed(b"one", 31)
    inflater = Inflater(BytesIO(first + packed(b"two", 31)).read, "gzip", max_members=1)
    assert inflater.read_up_to(100) == b"one"
    assert inflater.packed == len(first)


@given(st.binary(max_size=300), st.sampled_from([None, *PACK]))
def test_any_bytes_are_read_or_called_damaged(content: bytes, coding: str | None) -> None:
    for packed_content in (content, b"\x1f\x8b\x08" + content, b"\x28\xb5\x2f\xfd" + content):
        assert len(inflate(packed_content, coding, 1000)[0]) <= 1001
