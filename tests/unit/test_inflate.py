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


def test_gzip_is_recognised_and_anything_else_left_as_it_is() -> None:
    for content, is_packed in ((TEXT, False), (packed(TEXT, 31), True), (b"x", False), (b"", False)):
        body, inflater = inflate(content, None, len(TEXT))
        assert (body, inflater.is_packed, inflater.damage) == (TEXT if is_packed else content, is_packed, None)


@pytest.mark.parametrize("coding", PACK)
@pytest.mark.parametrize("left_out", [1, 8, 100])
def test_f19_what_is_cut_short_gives_what_there_is_and_says_so(coding: str, left_out: int) -> None:
    body, inflater = inflate(PACK[coding](TEXT)[:-left_out], coding, 1 << 20)
    assert TEXT.startswith(body)
    assert len(body) > 1000
    assert inflater.is_cut
    assert inflater.damage == f"{coding} data is cut short"


@pytest.mark.parametrize("coding", [*PACK])
def test_f20_what_is_no_packed_data_is_damage(coding: str) -> None:
    body, inflater = inflate(b"no packed data at all, for certain", coding, 1000)
    assert (body, inflater.is_cut) == (b"", False)
    assert f"{coding} data is damaged" in (inflater.damage or "")


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_f20_a_wrong_checksum_is_damage(coding: str) -> None:
    whole = bytearray(PACK[coding](TEXT))
    whole[-6 if coding != "deflate" else -2] ^= 0xFF
    _, inflater = inflate(bytes(whole), coding, 1 << 20)
    assert f"{coding} data is damaged" in (inflater.damage or "")


@pytest.mark.parametrize("coding", PACK)
def test_f16_a_bomb_is_opened_up_to_the_limit(coding: str) -> None:
    source = BytesIO(PACK[coding](bytes(50 << 20)))
    assert len(Inflater(source.read, coding).read_up_to(1000)) == 1001


def test_f16_a_million_empty_gzip_members_are_given_up() -> None:
    _, inflater = inflate(gzip.compress(b"", mtime=0) * (MAX_GZIP_MEMBERS + 1), "gzip", 1000)
    assert inflater.damage == "more than 1,000 gzip members"


def test_a_single_member_ends_where_the_next_one_begins() -> None:
    first = packed(b"one", 31)
    inflater = Inflater(BytesIO(first + packed(b"two", 31)).read, "gzip", max_members=1)
    assert inflater.read_up_to(100) == b"one"
    assert inflater.packed == len(first)


def test_what_follows_gzip_is_padding() -> None:
    for padding in (bytes(10), b"\x1f", b"more"):
        body, inflater = inflate(packed(TEXT, 31) + padding, "gzip", len(TEXT))
        assert (body, inflater.damage) == (TEXT, None)


@given(st.binary(max_size=300), st.sampled_from([None, *PACK]))
def test_any_bytes_are_read_or_called_damaged(content: bytes, coding: str | None) -> None:
    for packed_content in (content, b"\x1f\x8b\x08" + content, b"\x28\xb5\x2f\xfd" + content):
        assert len(inflate(packed_content, coding, 1000)[0]) <= 1001
