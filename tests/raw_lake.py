"""A small lake with captures that rows point to, in a store with a clock: for maintenance tests."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from typing_extensions import override

from infra.archive.raw_archive import ArchivedCapture, RawArchive
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, REJECTS
from infra.store.object_store import ObjectInfo, ObjectStore
from infra.upkeep.verify import Fault, verify
from parsers.record.capture import Capture, CapturedAtBasis, CaptureIdentity, MediaType
from tests.lake_samples import SOURCE, landed, rejected
from tests.memory_store import MemoryStore

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ODD = 2  # every so many-th capture is rejected
BODY = b"<html><p>" + b"The ferry waited. " * 1000


class ClockedStore(MemoryStore):
    """Knows when each object was written."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON + 10 * DAY
        self.written_at: dict[str, datetime] = {}
        self.deleted: list[str] = []

    @override
    def put(self, key: str, body: bytes, *, if_match: str | None) -> str:
        etag = super().put(key, body, if_match=if_match)
        self.written_at[key] = self.now
        return etag

    @override
    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        return iter([replace(info, modified_at=self.written_at[info.key]) for info in super().list(prefix)])

    @override
    def delete(self, key: str) -> None:
        super().delete(key)
        self.deleted.append(key)


def capture(number: int, at: datetime = NOON, body: bytes | None = None) -> Capture:
    """Capture of page `number`; bodies of the same page are the same unless told otherwise."""
    return Capture(
        body=b"%s%d" % (BODY, number) if body is None else body,
        media_type=MediaType.HTML,
        captured_at=at,
        captured_at_basis=CapturedAtBasis.LIVE,
        url=f"https://gazette.example/news/{number}",
        http_status=200,
        http_headers=(("Date", at.isoformat()),),
    )


def archive(store: ObjectStore, captures: Iterable[Capture], run: str) -> list[ArchivedCapture]:
    return RawArchive(store).add([(SOURCE, each) for each in captures], run_id=run, worker="w")


def land(store: ObjectStore, archived: Iterable[ArchivedCapture], run: str, **changes: Any) -> None:
    """Land the article of each capture, or its rejection where the page's number is odd."""
    articles, rejects = [], []
    for each in archived:
        number = int(str(each.capture.url).rpartition("/")[2])
        place = {
            "capture_uri": each.pointer.uri,
            "capture_offset": each.pointer.offset,
            "capture_length": each.pointer.length,
            "capture_digest": each.capture.digest,
            "captured_at": each.capture.captured_at,
            "run_id": run,
        }
        if number % ODD:
            rejects.append(rejected(number, **place))
        else:
            articles.append(landed(number, **place, **changes))
    Lake(store).land(articles, rejects)


def ingest(store: ObjectStore, captures: Iterable[Capture], run: str, **changes: Any) -> None:
    land(store, archive(store, captures, run), run, **changes)


def captures_in(store: ObjectStore) -> dict[CaptureIdentity, Capture]:
    """All that the index says is archived, read back."""
    raw = RawArchive(store)
    return {entry.identity: raw.read(entry.pointer) for entry in raw.entries(SOURCE)}


def by_identity(captures: Iterable[Capture]) -> dict[CaptureIdentity, Capture]:
    return {each.identity: each for each in captures}


def warcs(store: MemoryStore) -> list[str]:
    return [key.removeprefix(f"raw/source={SOURCE}/date=") for key in sorted(store.objects) if key.endswith(".warc.gz")]


def faults(store: ObjectStore) -> list[Fault]:
    return list(verify(store, RawArchive(store)))


def rows(store: ObjectStore) -> dict[str, dict[str, Any]]:
    """All rows of articles and rejects, by identity."""
    lake = Lake(store)
    found: dict[str, dict[str, Any]] = {}
    for kind in (ARTICLES, REJECTS):
        for _, day, _ in lake.partitions(kind=kind):
            found |= {row[kind.identity]: row for row in lake.read_partition(SOURCE, day, kind).to_pylist()}
    return found


def written_long_ago(lake: Path) -> None:
    """Let the objects of a folder be older than any run."""
    for path in (lake / "raw").rglob("*.*"):
        os.utime(path, (0, 0))
