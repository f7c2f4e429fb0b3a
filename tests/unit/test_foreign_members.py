"""Pages that come in gzip members of other programs' WARCs: kept byte for byte, and read like any other."""

import gzip
import lzma
import random
import re
import zlib
from pathlib import Path

import orjson
import pytest

from infra.archive.raw_archive import RawArchive
from infra.archive.warc import decode, encode
from infra.base.errors import UsageError
from infra.intake.captures import ALL, Wanted
from infra.lake.lake import Lake
from infra.upkeep.find_record import find_record, parse_today
from infra.upkeep.verify import verify
from infra.work.ingest import IngestRequest, left_to_read, remember
from infra.work.reparse.reparse import Scope, reparse_chunk, try_out
from infra.work.run import Run, RunReport
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from tests import sample_pages as pages
from tests.disturbed_lake import objects
from tests.ingests import ingest_all
from tests.warc_builder import HTML_TYPE, answer, gzipped, record

GZIPPED = ("Content-Encoding", "gzip")


def crawl(path: Path, *records: bytes) -> Path:
    path.write_bytes(gzipped(records))
    return path


def response(number: int) -> bytes:
    stamp = pages.published_at(number, 1).strftime("%Y-%m-%dT%H:%M:%SZ")
    return record(answer(pages.page(number, days=1)), uri=pages.url(number), date=stamp, digest=True)


def ingest(
    run: Run, *paths: Path, source: str | None = None, wanted: Wanted = ALL, in_place: bool = False
) -> RunReport:
    inputs, *_ = IngestRequest(paths=[str(path) for path in paths], source=source, in_place=in_place).find()
    return ingest_all(inputs, run, wanted)


def test_a_member_is_kept_as_it_is_and_read_by_everything(run: Run, tmp_path: Path) -> None:
    body = gzip.compress(pages.page(1, days=1), mtime=0)
    packed = record(answer(body, headers=[HTML_TYPE, GZIPPED]), uri=pages.url(1), date="2024-01-10T12:00:00Z")
    missing = record(answer(status="404 Not Found"), uri="https://tass.com/gone", date="2024-01-10T12:00:00Z")
    crawled = crawl(tmp_path / "crawl.warc.gz", response(0), packed, missing)
    report = ingest(run, crawled)
    assert (report.parsed, report.rejected) == (2, {"http_status": 1})
    store = run.open_store()
    (key,) = [key for key in objects(store) if key.endswith(".warc.gz")]
    assert objects(store)[key].endswith(crawled.read_bytes())
    assert list(verify(store, RawArchive(store))) == []
    index = key.replace(".warc.gz", ".cdxj")
    said = objects(store)[index]
    store.delete(index)
    entries = RawArchive(store).entries("tass")
    assert objects(store)[index] == said
    bodies = {RawArchive(store).read(entry.pointer).body for entry in entries}
    assert bodies >= {pages.page(0, days=1), pages.page(1, days=1)}
    shown = parse_today(store, find_record(store, pages.url(1)), run.settings)
    assert (shown.rejected, shown.changes, shown.unknown) == (None, (), "")
    before = articles(run)
    for chunk in Scope(("tass",)).plan(store):
        reparse_chunk(chunk, run)
    assert articles(run) == before
    rows = Lake(store).read_partition("tass", "2024-01-10").to_pylist()
    assert {(row["captured_at_basis"], row["capture_uri"]) for row in rows} == {("warc", key)}


def articles(run: Run) -> dict[str, bytes]:
    return {key: body for key, body in objects(run.open_store()).items() if key.startswith("articles/")}


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(
            lambda one: one.replace(b"WARC/1.0", b"WARC/1.0", 1) + record(b"", kind="request"), id="two-in-one"
        ),
        pytest.param(lambda one: one.replace(b"Z\r\n", b"\r\n", 1), id="time-without-zone"),
    ],
)
def test_what_a_member_does_not_say_alone_is_packed_anew(run: Run, tmp_path: Path, odd: object) -> None:
    one = odd(response(0))  # type: ignore[operator]
    report = ingest(run, crawl(tmp_path / "crawl.warc.gz", one))
    assert report.parsed == 1
    assert member_of(run).startswith(b"WARC/1.1\r\n")  # ours


def test_what_the_user_said_is_kept_in_a_record_of_ours(run: Run, tmp_path: Path) -> None:
    ingest(run, crawl(tmp_path / "crawl.warc.gz", response(0)), source="tass")
    assert b"X-Newslake-Capture" in member_of(run)


def forged(field: bytes, value: bytes) -> bytes:
    """A record as another lake's, with another value of a field."""
    times = pages.published_at(0, 1), CapturedAtBasis.WARC
    capture = Capture(pages.page(0, days=1), MediaType.HTML, *times, pages.url(0), http_status=200)
    head, end, rest = gzip.decompress(encode(capture)).partition(b"\r\n\r\n")
    return re.sub(rb"(?m)(?<=^%s: ).*?(?=\r?$)" % field, lambda _: value, head) + end + rest


SAID: dict[str, object] = {
    "url": pages.url(0), "media_type": "text/html", "captured_at_basis": "warc", "source": None, "http_status": 200,
    "http_charset": None, "http_headers": [], "truncated": False,
}  # fmt: skip
LIES: tuple[dict[str, object], ...] = (
    {"url": 5}, {"url": {"a": 1}}, {"source": ["tass"]}, {"source": "../../etc"}, {"http_status": "200\r\nX: 1"},
    {"http_status": 12345}, {"http_headers": [["a\r\nb", "c\r\n\r\nd"]]}, {"http_headers": [[1, None]]},
    {"http_charset": "base64"}, {"final_url": 5}, {"url": "https://tass.com/\r\nX-Newslake-Digest: x"},
)  # fmt: skip


@pytest.mark.parametrize(
    "lie",
    [
        *(forged(b"X-Newslake-Capture", orjson.dumps(SAID | lie)) for lie in LIES),
        forged(b"X-Newslake-Capture", b"[" * 60_000),
        forged(b"X-Newslake-Capture", b"[]"),
        forged(b"WARC-Date", b"9999-12-31T23:59:59-10:00"),
        forged(b"WARC-Date", b"2024-01-10T12:00:00"),
        response(0).replace(b"WARC-Type", b"X-Newslake-Digest: sha256:00\r\nWARC-Type", 1),
    ],
)
def test_a_record_that_pretends_to_be_of_a_lake_costs_no_other(run: Run, tmp_path: Path, lie: bytes) -> None:
    """Such a record ended the ingest as a bug, or was archived as a member that nobody could read again."""
    report = ingest(run, crawl(tmp_path / "crawl.warc.gz", lie, response(1)))
    assert report.articles.total() >= 1
    store = run.open_store()
    assert list(verify(store, RawArchive(store))) == []
    for chunk in Scope().plan(store):
        reparse_chunk(chunk, run)


def member_of(run: Run) -> bytes:
    """The only record that the lake has, unpacked."""
    store = run.open_store()
    (entry,) = RawArchive(store).entries("tass")
    member = store.get_range(entry.pointer.uri, entry.pointer.offset, entry.pointer.length)
    assert isinstance(decode(member), Capture)
    return gzip.decompress(member)


def test_pages_of_other_hosts_cost_their_header(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Damage inside one is not even seen; a record that holds an archive does not let its records in."""
    inner = record(answer(b"<!doctype html>" + gzipped([response(4)])), uri="https://elsewhere.example/archive")
    stored = zlib.compressobj(0, wbits=31)
    long = pages.page(3) + random.Random(3).randbytes(9_000).hex().encode()
    other = bytearray(gzipped([record(answer(long), uri="https://elsewhere.example/story")]))
    other[-200] ^= 0x55
    crawled = tmp_path / "crawl.warc.gz"
    info = gzipped([record(b"software: x", kind="warcinfo")])
    holder = stored.compress(inner) + stored.flush()
    crawled.write_bytes(info + gzipped([response(0)]) + other + holder + gzipped([response(1)]))
    monkeypatch.setattr("infra.intake.captures.PART_BYTES", 1_500)
    report = ingest(run, crawled, wanted=Wanted(("tass.com",)))
    assert (report.parsed, report.captures) == (2, 2)
    assert report.skipped == {"warcinfo": 1, "other host": 2}


def bodies(run: Run) -> set[bytes]:
    archive = RawArchive(run.open_store())
    return {archive.read(entry.pointer).body for entry in archive.entries("tass")}


def faults(run: Run) -> list[str]:
    store = run.open_store()
    return [str(fault) for fault in verify(store, RawArchive(store))]


def test_a_member_stays_in_place_and_is_read_there_by_everything(run: Run, tmp_path: Path) -> None:
    crawled = crawl(tmp_path / "crawl.warc.gz", response(0), response(1))
    report = ingest(run, crawled, in_place=True)
    assert (report.parsed, report.alarms) == (2, ())
    store = run.open_store()
    (key,) = [key for key in objects(store) if key.endswith(".warc.gz")]
    assert b"Cranes have stayed" not in gzip.decompress(objects(store)[key])  # what a page of `sample_pages` says
    assert bodies(run) == {pages.page(0, days=1), pages.page(1, days=1)}
    store.delete(key.replace(".warc.gz", ".cdxj"))  # it is made again
    assert faults(run) == []
    assert bodies(run) == {pages.page(0, days=1), pages.page(1, days=1)}
    assert parse_today(store, find_record(store, pages.url(1)), run.settings).unknown == ""
    before = objects(store)
    assert ingest(run, crawled, in_place=True).known == 2
    assert objects(store) == before
    assert [reparse_chunk(chunk, run).partitions_written for chunk in Scope(("tass",)).plan(store)] == [0]


def test_of_a_file_in_place_that_moved_or_changed_its_name_is_said(run: Run, tmp_path: Path) -> None:
    crawled = crawl(tmp_path / "crawl.warc.gz", response(0), response(1))
    ingest(run, crawled, in_place=True)
    content = crawled.read_bytes()
    crawled.rename(tmp_path / "elsewhere")
    (gone,) = faults(run)
    assert f"has 2 of its bodies in another file: {crawled} cannot be read any more: No such file" in gone
    crawled.mkdir()
    assert "cannot be read any more" in faults(run)[0]
    crawled.rmdir()
    crawled.write_bytes(content[:-30])
    (cut,) = faults(run)
    assert f"has 1 of its bodies in another file: {crawled} is no longer what was ingested" in cut
    crawl(crawled, response(1), response(0))
    assert all("is no longer what was ingested" in each for each in faults(run))
    crawled.write_bytes(content)
    assert faults(run) == []


def test_a_reparse_leaves_pages_of_a_file_that_is_gone_as_they_are_and_counts_them(run: Run, tmp_path: Path) -> None:
    """It ended at the first, and so did every other until that file came back."""
    gone, there = (crawl(tmp_path / f"{number}.warc.gz", response(number)) for number in range(2))
    ingest(run, gone, there, in_place=True)
    gone.unlink()
    before = articles(run)
    (chunk,) = Scope(("tass",)).plan(run.open_store())
    report = reparse_chunk(chunk, run)
    assert (report.parsed, report.failed.total(), report.lost_share) == (1, 1, 0.5)
    (told,) = report.alarms
    assert told.startswith(f"1 pages keep their rows: {gone} cannot be read any more")
    assert try_out([chunk], run, lambda _: None).alarms == report.alarms
    assert articles(run) == before


def test_what_cannot_stay_in_place_is_copied_and_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(pages.page(0, days=1))
    (tmp_path / "plain.warc").write_bytes(response(1))
    (tmp_path / "packed.warc.gz.xz").write_bytes(lzma.compress(gzipped([response(2)])))
    crawl(tmp_path / "crawl.warc.gz", response(3), response(4))
    report = ingest(run, tmp_path, in_place=True)
    assert report.alarms == ("3 pages were copied: only whole records of WARCs in gzip members can stay in place.",)
    for path in tmp_path.glob("p*"):
        path.unlink()
    assert faults(run) == []


def test_pages_in_place_come_into_the_lake_when_they_are_ingested_as_copies(run: Run, tmp_path: Path) -> None:
    """They counted as known, so that a person who then deleted the file lost them."""
    crawled = crawl(tmp_path / "crawl.warc.gz", response(0), response(1))
    ingest(run, crawled, in_place=True)
    ingest(run, crawled)
    before = objects(run.open_store())
    assert ingest(run, crawled).known == ingest(run, crawled, in_place=True).known == 2
    assert objects(run.open_store()) == before
    crawled.unlink()
    assert_is_read(run)


def test_a_file_that_moved_is_read_where_it_is_ingested_again(run: Run, tmp_path: Path) -> None:
    crawled = crawl(tmp_path / "crawl.warc.gz", response(0), response(1))
    ingest(run, crawled, in_place=True)
    moved = crawled.rename(tmp_path / "moved.warc.gz")
    ingest(run, moved, in_place=True)
    before = objects(run.open_store())
    ingest(run, moved, in_place=True)
    assert objects(run.open_store()) == before
    assert_is_read(run)


def assert_is_read(run: Run) -> None:
    """By what goes by rows, whose pointers stay, and by what goes by the index."""
    store = run.open_store()
    assert faults(run) == []
    assert parse_today(store, find_record(store, pages.url(1)), run.settings).unknown == ""
    assert bodies(run) == {pages.page(0, days=1), pages.page(1, days=1)}
    assert [reparse_chunk(chunk, run).parsed for chunk in Scope(("tass",)).plan(store)] == [2]


@pytest.mark.parametrize("names", [("a.warc", "b.warc.gz"), ("b.warc", "a.warc.gz")])
def test_a_page_that_comes_as_a_copy_too_is_copied(run: Run, tmp_path: Path, names: tuple[str, str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / names[0]).write_bytes(response(0) + response(1))
    crawl(folder / names[1], response(0), response(1))
    assert ingest(run, folder, in_place=True).known == 2
    (folder / names[1]).unlink()
    assert faults(run) == []


@pytest.mark.parametrize("length", [0, 40_000])
def test_a_single_record_stays_in_place_and_so_does_what_follows_a_long_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setattr("infra.intake.captures.PART_BYTES", 20_000)
    film = [record(answer(random.Random(1).randbytes(length)), uri="https://tass.com/film")] if length else []
    report = ingest(run, crawl(tmp_path / "crawl.warc.gz", *film, response(0)), in_place=True)
    assert (report.parsed, report.alarms) == (1, ())


def test_a_run_that_ended_in_place_does_not_go_on_as_copies(run: Run, tmp_path: Path) -> None:
    crawled = crawl(tmp_path / "crawl.warc.gz", response(0), record(answer(random.Random(1).randbytes(1 << 20))))
    (noted,), wanted, _ = IngestRequest(paths=[str(crawled)], in_place=True).find()
    remember(run.open_store(), {noted: noted.size}, run.choice(wanted))
    (copied,), *_ = IngestRequest(paths=[str(crawled)]).find()
    left = left_to_read(run.open_store(), [noted, copied], run.choice(wanted))
    assert left == [copied]


def test_only_a_file_of_this_machine_can_stay_in_place() -> None:
    with pytest.raises(UsageError, match=r"^s3://pages/a\.warc\.gz cannot be read in place: .* Leave --in-place out"):
        IngestRequest(paths=["s3://pages/a.warc.gz"], in_place=True).find()
    with pytest.raises(UsageError, match="in_place says something of files"):
        IngestRequest(cc_news=True, in_place=True).find()
