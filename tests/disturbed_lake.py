"""A lake in two states, before and after a run, for tests that disturb the run in between."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import orjson
from typing_extensions import override

from infra.archive.raw_archive import RawArchive
from infra.base.settings import Settings
from infra.intake.captures import find_inputs
from infra.lake.staged_rows import FOLDER as STAGED
from infra.store.object_store import PROBE_PREFIX, ObjectStore
from infra.store.open_store import open_store
from infra.upkeep.verify import verify
from infra.work.parse_pool import Group, Pair, Result, parse_group
from infra.work.run import Run, RunReport
from parsers.parse import parse
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome
from tests import sample_pages as pages
from tests.ingests import ingest_all

FIRST_RUN = "20240301T000000Z-0000001"
SECOND_RUN = "20240302T000000Z-0000002"
DAYS = 2
ODD_AT = 1_700_000_000  # when pages without manifest were saved: 2023-11-14


class InlinePool:
    """Parses in this process: for tests of what stands around the parsing."""

    def parse(self, pairs: Iterable[Pair]) -> Iterator[tuple[Capture, Outcome]]:
        for capture, known in pairs:
            yield capture, known or parse(capture)

    def parse_and_pack(self, groups: Iterable[Group]) -> Iterator[tuple[Group, list[Result]]]:
        for group in groups:
            yield group, parse_group(parse, group, max_page_bytes=None)


class InlineRun(Run):
    __slots__ = ()

    @override
    def open_pool(self) -> nullcontext[InlinePool]:  # type: ignore[override]
        return nullcontext(InlinePool())


def ingest(folder: Path, lake: str, run_id: str) -> RunReport:
    """Ingest a folder in this process, as `newslake ingest` does, the check of the store included."""
    run = InlineRun(Settings(lake=lake, workers=1), run_id)
    run.open_store().check()
    return ingest_all(find_inputs([str(folder)]), run)


@dataclass(frozen=True)
class Pages:
    """What is ingested first, and what then: some pages again, some new, one changed, one that nobody can read."""

    first: Path
    second: Path


def write_pages(folder: Path) -> Pages:
    first = pages.write_folder(folder / "first", 3, days=DAYS)
    second = pages.write_folder(folder / "second", 5, days=DAYS)
    corrected = pages.page(1, days=DAYS).replace(b"third winter", b"fourth winter")
    (second / "corrected.html").write_bytes(corrected)
    captured_at = pages.published_at(1, DAYS) + timedelta(hours=5)
    line = {"file": "corrected.html", "url": pages.url(1), "captured_at": captured_at.isoformat()}
    with (second / "manifest.jsonl").open("ab") as manifest:
        manifest.write(orjson.dumps(line) + b"\n")
    for place in (first, second):
        odd = place / "odd.html"
        odd.write_bytes(b"<p>Of no paper that is known here: " + place.name.encode())
        os.utime(odd, (ODD_AT, ODD_AT))
    return Pages(first, second)


def objects(store: ObjectStore) -> dict[str, bytes]:
    """All that the lake holds but its cache, and probes: the check of a store leaves one when killed, and sweeps it."""
    keys = [info.key for info in store.list() if not info.key.startswith((PROBE_PREFIX, "_catalog/"))]
    return {key: stored.body for key in keys if (stored := store.get(key))}


@dataclass(frozen=True)
class States:
    """The objects of an undisturbed lake, before and after the second run."""

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]

    def require_between(self, store: ObjectStore) -> int:
        """Each object but staged rows is as it was or as it becomes; none is torn or gone, and no row leads nowhere."""
        present = {key: body for key, body in objects(store).items() if not key.startswith(STAGED)}
        assert present.keys() >= self.before.keys()
        for key, body in present.items():
            assert body in (self.before.get(key), self.after.get(key)), f"{key} is neither old nor new"
        assert list(verify(store, RawArchive(store))) == []
        return sum(body == self.after[key] != self.before.get(key) for key, body in present.items())

    def require_after(self, store: ObjectStore) -> None:
        assert objects(store) == self.after
        assert list(verify(store, RawArchive(store))) == []

    def restore_before(self, store: ObjectStore) -> None:
        """Put the objects of the first state into an empty store."""
        for key, body in self.before.items():
            store.put(key, body, if_match=None)


def undisturbed_states(pages_of: Pages, folder: Path) -> States:
    """What the two runs make of an empty lake, in a folder: on S3 they make the same bytes."""
    store = open_store(str(folder))
    ingest(pages_of.first, str(folder), FIRST_RUN)
    before = objects(store)
    ingest(pages_of.second, str(folder), SECOND_RUN)
    after = objects(store)
    assert sum(before[key] != after[key] for key in before) == DAYS + 1  # articles of each day, and rejections
    assert len(after) > len(before)
    return States(before, after)
