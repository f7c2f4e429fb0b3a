"""Archives, whole and damaged: every page comes out once, or what is lost is told."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.intake.files.input_types import Skipped
from parsers.record.capture import Capture
from parsers.record.outcome import RejectReason
from tests.archive_reading import Unreadable, bodies, capture, details, read, unreadable
from tests.warc_builder import HTML, answer, arc, gzipped, record, sha1

BODIES = [HTML + f"<p>Page {number}</p>".encode() * 40 * number for number in range(1, 6)]


def pages(*, digest: bool = True) -> list[bytes]:
    return [
        record(answer(body), uri=f"https://news.example/{number}", digest=digest) for number, body in enumerate(BODIES)
    ]


@pytest.mark.parametrize("archive", [gzipped(pages()), b"".join(pages()), gzip.compress(b"".join(pages()), mtime=0)])
def test_all_pages_of_an_archive_come_out_in_order_however_it_is_compressed(archive: bytes) -> None:
    """A01: also where the whole file is one gzip stream."""
    assert bodies(read(archive)) == BODIES


@pytest.mark.parametrize("packed", [True, False])
def test_a01_arc_files_are_read(*, packed: bool) -> None:
    records = arc([(f"http://news.example/{n} x", answer(body)) for n, body in enumerate(BODIES)])
    read_back = read(gzipped(records) if packed else b"".join(records))
    assert read_back[0] == Skipped("warcinfo")
    assert bodies(read_back) == BODIES
    last = read_back[-1]
    assert isinstance(last, Capture)
    assert (last.url, last.captured_at) == ("http://news.example/4%20x", datetime(2007, 5, 10, tzinfo=UTC))


@pytest.mark.parametrize("packed", [True, False])
def test_a01_a_damaged_arc_gives_what_stands_before_the_damage(*, packed: bool) -> None:
    records = arc([(f"http://news.example/{n}", answer(body)) for n, body in enumerate(BODIES)])
    cut = (gzipped(records) if packed else b"".join(records))[:-10]
    read_back = read(cut)
    assert bodies(read_back) == BODIES[:4]
    assert len(details(read_back)) == 1
    records[3] = b"no arc line\n" + records[3]
    read_back = read(gzipped(records) if packed else b"".join(records))
    # What stands right before the damage may have had another length, unless it has a checksum of its own.
    assert bodies(read_back) == (BODIES[:2] + BODIES[3:] if packed else BODIES[:1] + BODIES[2:])
    assert len(details(read_back)) == 1
    assert details(read(records[0] + b"x" * (2 << 20))) == ["no ARC record begins here"]


def test_a01_an_arc_record_with_a_wrong_length_costs_one_page_and_each_record_says_where_it_is() -> None:
    records = arc([(f"http://news.example/{n}", answer(body)) for n, body in enumerate(BODIES)])
    records[2] = records[2].replace(b"Page 2", b"Page", 1)
    read_back = read(b"".join(records))
    assert bodies(read_back) == BODIES[:1] + BODIES[2:]
    (told,) = [one for one in read_back if isinstance(one, Unreadable)]
    assert told.detail == "its length is not where it ends"
    assert told.location == f"crawl.warc.gz@{len(records[0] + records[1])}"


def test_a01_what_is_left_of_a_cut_page_is_kept_with_its_address() -> None:
    one = read(b"".join(pages())[:-500])[-1]
    assert isinstance(one, Unreadable)
    assert one.capture.url == "https://news.example/4"
    assert len(one.capture.body) > 1000
    assert BODIES[4].startswith(one.capture.body)
    start = len(b"".join(pages()[:4]))
    assert one.location == f"crawl.warc.gz@{start}"
    assert len(details(read(b"".join(pages())[: start + 60]))) == 1  # cut in the head of the record


@pytest.mark.parametrize("damaged", range(5))
@pytest.mark.parametrize("position", [0, 30, -30, -6])
def test_a01_a_flipped_byte_costs_one_page_and_is_told_once(damaged: int, position: int) -> None:
    members = [bytearray(gzip.compress(one, mtime=0)) for one in pages(digest=False)]
    members[damaged][position] ^= 0xFF
    read_back = read(b"".join(members))
    assert bodies(read_back) == BODIES[:damaged] + BODIES[damaged + 1 :]
    assert len(details(read_back)) == 1


@pytest.mark.parametrize("wrong", ["block", "payload"])
def test_a01_a_wrong_digest_is_told(wrong: str) -> None:
    name = {"block": "WARC-Block-Digest", "payload": "WARC-Payload-Digest"}[wrong]
    one = unreadable(record(answer(), fields=[(name, sha1(b"other"))]))
    assert (one.reason, name in one.detail) == (RejectReason.ARCHIVE_DAMAGED, True)
    right = {"block": sha1(answer()), "payload": sha1(HTML)}[wrong]
    assert capture(record(answer(), fields=[(name, right)])).body == HTML


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("length", [20, 60_000, 10**18 - 1])
def test_a01_a_wrong_length_costs_one_page_only(length: int, *, packed: bool) -> None:
    records = pages(digest=False)
    records[1] = record(answer(BODIES[1]), length=length)
    read_back = read(gzipped(records) if packed else b"".join(records))
    assert bodies(read_back) == BODIES[:1] + BODIES[2:]
    assert details(read_back)


@pytest.mark.parametrize("packed", [True, False])
def test_a01_garbage_between_records_is_told_and_passed(*, packed: bool) -> None:
    first, *rest = pages()
    garbage = b"\n\x1f\x8b\x08 garbage " * 30
    archive = gzipped([first]) + garbage + gzipped(rest) if packed else first + garbage + b"\n" + b"".join(rest)
    read_back = read(archive)
    assert bodies(read_back) == BODIES
    assert details(read_back) == ["no record begins here"]


ONE_BY_ONE = {
    "gzip": [gzipped([one]) for one in pages(digest=False)],
    "plain": pages(digest=False),
    "arc": [gzipped([one]) for one in arc([("http://news.example/", answer(body)) for body in BODIES])],
}
ARCHIVES = {form: b"".join(records) for form, records in ONE_BY_ONE.items()}
ARCHIVES["one stream"] = gzip.compress(ARCHIVES["plain"], mtime=0)


@given(form=st.sampled_from(sorted(ONE_BY_ONE)), left=st.floats(0, 1))
def test_a01_any_cut_gives_whole_pages_and_tells_of_the_one_that_was_cut(form: str, left: float) -> None:
    length = int(left * len(ARCHIVES[form]))
    read_back = read(ARCHIVES[form][:length])
    assert bodies(read_back) == BODIES[: len(bodies(read_back))]
    starts = [sum(map(len, ONE_BY_ONE[form][:number])) for number in range(len(ONE_BY_ONE[form]))]
    assert len(read_back) == sum(start < length for start in starts)


@given(
    form=st.sampled_from(sorted(ARCHIVES)),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=4),
)
def test_a01_any_flipped_bytes_are_survived(form: str, flips: list[tuple[float, int]]) -> None:
    archive = bytearray(ARCHIVES[form])
    for where, bits in flips:
        archive[int(where * len(archive))] ^= bits
    read_back = read(bytes(archive))
    if form in {"gzip", "arc"}:  # each record has a checksum of its own
        assert all(body in BODIES for body in bodies(read_back))
        assert len(bodies(read_back)) >= len(BODIES) - len(flips) or details(read_back)
