"""Records of the raw layer: any capture exactly, in standard WARC that others read, and no damage unnoticed.

The index beside each WARC can be lost or damaged at any time: it is made again.
"""

import gzip
import re
from argparse import Namespace
from pathlib import Path

import pytest
from hypothesis import given
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from infra.archive.raw_archive import Pointer, RawArchive
from infra.archive.warc import decode, encode, encode_info, scan
from infra.base.errors import NewslakeError
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from tests.raw_pages import MOMENT, add, any_capture, page


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "lake"))


@given(any_capture)
def test_any_capture_is_read_back_exactly(capture: Capture) -> None:
    assert decode(encode(capture)) == capture


def test_warcio_finds_nothing_wrong_and_reads_standard_records(store: ObjectStore, tmp_path: Path) -> None:
    text = Capture(b"plain", MediaType.TEXT, MOMENT, CapturedAtBasis.MTIME, truncated=True)
    odd = Capture(
        b"x",
        MediaType.HTML,
        MOMENT,
        CapturedAtBasis.WARC,
        url="http://a.example/ü\r\nEvil: 1",
        http_status=999,
        http_headers=(("N\u00e4me", "v\u00e4lue; a=\u00e4\r\nEvil: 2"), ("Transfer-Encoding", "chunked")),
    )
    (first, *_) = add(RawArchive(store), page(), text, odd)
    warc = tmp_path / "lake" / first.pointer.uri
    assert Checker(Namespace(inputs=[str(warc)], verbose=False)).process_all() == 0
    with warc.open("rb") as stream:
        seen = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(stream)
        ]
    assert [kind for kind, _, _ in seen] == ["warcinfo", "response", "resource", "response"]
    assert [uri for _, uri, _ in seen[1:]] == [
        page().url,
        f"urn:newslake:{text.digest}",
        "http://a.example/%C3%BC%0D%0AEvil:%201",
    ]
    assert [body for _, _, body in seen[1:]] == [page().body, b"plain", b"x"]
    assert [one.pointer for one in add(RawArchive(store), odd)] != [first.pointer]


def test_a01_a_flipped_byte_or_a_wrong_pointer_is_an_error_that_names_the_object(store: ObjectStore) -> None:
    (one,) = add(RawArchive(store), page(body=bytes(range(256)) * 20))
    stored = store.get(one.pointer.uri)
    assert stored
    info = Pointer(one.pointer.uri, 0, one.pointer.offset)
    with pytest.raises(NewslakeError, match=re.escape(one.pointer.uri)):
        RawArchive(store).read(info)
    for position in range(one.pointer.offset + 10, len(stored.body), 37):
        damaged = bytearray(stored.body)
        damaged[position] ^= 0x55
        with pytest.raises(ValueError, match=r"damaged|archived as|captures where"):
            decode(bytes(damaged[one.pointer.offset :]))
    store.put(one.pointer.uri, stored.body[:-20] + b"\0" * 20, if_match=stored.etag)
    with pytest.raises(NewslakeError, match=re.escape(one.pointer.uri)):
        RawArchive(store).read(one.pointer)
    store.delete(one.pointer.uri.replace(".warc.gz", ".cdxj"))
    with pytest.raises(NewslakeError, match=r"is damaged: .*Restore the object"):
        RawArchive(store).entries("tass")


def test_a01_a_record_whose_digest_or_fields_do_not_fit_is_refused() -> None:
    plain = gzip.decompress(encode(page(body=b"<p>right</p>")))
    with pytest.raises(ValueError, match="does not have the WARC-Block-Digest it claims"):
        decode(gzip.compress(plain.replace(b"right", b"wrong"), mtime=0))
    with pytest.raises(ValueError, match="was archived as sha256:0000"):
        decode(gzip.compress(re.sub(rb"(?<=Digest: sha256:)\w{64}", b"0" * 64, plain), mtime=0))
    with pytest.raises(ValueError, match="fields damaged"):
        decode(gzip.compress(plain.replace(b"X-Newslake-Digest", b"X-Otherlake-Digest"[:17]), mtime=0))
    with pytest.raises(ValueError, match="WARC record damaged"):
        decode(gzip.compress(b"HTTP/1.1 200 OK\r\n\r\n", mtime=0))


@pytest.mark.parametrize("left", [0, 5, -1, -30, -400])
def test_a01_a_warc_that_is_cut_short_is_refused_wherever_it_was_cut(left: int) -> None:
    """Else its index would be made again without what was lost."""
    warc = encode_info("a.warc.gz", MOMENT) + encode(page(1)) + encode(page(2))
    assert len(scan(warc)) == len({record for *_, record in scan(warc)}) == 2
    with pytest.raises(ValueError, match=r"damaged|it is empty|archived as"):
        scan(warc[:left])


@pytest.mark.parametrize(
    "damage", [b"no json", b'com) 20170510 {"url": 5}', b'{"filename": "other.warc.gz"}', b"[]", b"\xff"]
)
def test_a_damaged_index_is_made_again_from_the_warc(store: ObjectStore, damage: bytes) -> None:
    (one,) = add(RawArchive(store), page())
    index_key = one.pointer.uri.replace(".warc.gz", ".cdxj")
    stored = store.get(index_key)
    assert stored
    store.put(index_key, damage, if_match=stored.etag)
    assert [entry.pointer for entry in RawArchive(store).entries("tass")] == [one.pointer]
    assert store.get(index_key) == stored
