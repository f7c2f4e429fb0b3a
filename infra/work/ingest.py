"""Files and archives into the lake: plan chunks of a minute or two, then parse, archive and land each."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from infra.archive.raw_archive import RawArchive
from infra.base.batches import in_batches
from infra.intake.captures import PART_BYTES, Bounds, Part, parts_of
from infra.intake.files.input_types import Input, Skipped
from infra.lake.lake import Lake
from infra.work.archive_and_parse import archive_done
from infra.work.land_outcomes import land_outcomes
from infra.work.pages import ALL, Stretch, Wanted
from infra.work.parse_pool import GROUP_PAGES, Done, Group, ParsePool, Result, grouped
from infra.work.parts_read import remember
from infra.work.run import Run
from infra.work.run_report import RunReport

# A chunk is a Prefect task: a minute or two of work. Only its number of pages counts, since they pass through.
CHUNK_BYTES = 512 << 20
CHUNK_FILES = 20_000
# Files that a worker reads itself, so many at a time; of a larger one that has no parts (a zip, a table) this process
# sends it the pages.
SMALL_BYTES = PART_BYTES
# A landing writes each partition of its rows anew, so few landings are less work; a row takes some 50 KB of memory, and
# a page packed as much again.
LANDED_AT_ONCE = 1_000
LANDED_BYTES = 64 << 20
MAX_ADVICE = 20  # of a chunk: more of the same is in the counts


@dataclass(frozen=True, slots=True)
class Chunk:
    """Inputs that are worked on together. `number` counts from 0 and tells the chunks of a run apart."""

    number: int
    inputs: tuple[Input, ...]

    def described(self) -> str:
        """For logs."""
        return f"chunk {self.number} ({len(self.inputs)} inputs)"


def plan(inputs: Iterable[Input]) -> list[Chunk]:
    """Divide inputs into chunks of about 512 MB or 20,000 files. An input is never divided between two."""
    batches = in_batches(inputs, lambda each: each.size, most=CHUNK_FILES, max_bytes=CHUNK_BYTES)
    return [Chunk(number, tuple(batch)) for number, batch in enumerate(batches)]


def ingest_chunk(
    chunk: Chunk, run: Run, on_input: Callable[[Input], object] = lambda _: None, wanted: Wanted = ALL
) -> RunReport:
    """Archive, parse and land what is wanted of some inputs; `on_input` is told of each, or of its parts."""
    store = run.open_store()
    archive, lake = RawArchive(store), Lake(store)
    report, skipped, advice = RunReport(), Counter[str](), list[str]()

    def land(done: list[Done]) -> RunReport:
        parsed = archive_done(done, archive, run_id=run.run_id, worker=f"c{chunk.number:04}")
        return land_outcomes(parsed, lake, run, mode="ingest")

    with run.open_pool() as pool:
        waiting: list[Done] = []
        packed = 0
        for each in _in_order(_groups(chunk, run.settings.max_page_bytes, wanted, on_input), pool):
            advice += filter(None, [each.advice])
            if isinstance(each, Skipped):
                skipped[each.kind] += 1
                continue
            waiting.append(each)
            packed += len(each.record.member) if each.record else 0
            if len(waiting) == LANDED_AT_ONCE or packed >= LANDED_BYTES:
                report += land(waiting)
                waiting, packed = [], 0
        if waiting:
            report += land(waiting)
    remember(store, chunk.inputs, wanted.choice(generic=run.settings.generic))
    return report + RunReport(skipped=skipped, alarms=tuple(advice[:MAX_ADVICE]))


def _groups(chunk: Chunk, max_page_bytes: int, wanted: Wanted, on_input: Callable[[Input], object]) -> Iterator[Group]:
    """The inputs of a chunk as what a worker takes at a time, in order: part by part, file by file, page by page."""
    for batch in in_batches(chunk.inputs, lambda each: each.size, most=GROUP_PAGES, max_bytes=SMALL_BYTES):
        whole = Stretch(tuple(batch), max_page_bytes, wanted)
        parts = list(parts_of(batch[0])) if len(batch) == 1 else []
        for part in parts:
            yield replace(whole, part=part)
            on_input(replace(batch[0], size=part.end - part.start))
        if parts:
            continue
        # What comes through the network takes its time, and a worker has a deadline.
        read_here = batch[0].size > SMALL_BYTES or any(each.part for each in batch)
        yield from grouped(whole) if read_here else [whole]
        for each in batch:
            on_input(each)


def _in_order(groups: Iterable[Group], pool: ParsePool) -> Iterator[Done | Skipped]:
    """What comes of all groups. Of parts each has to begin where the one before it ended.

    The first record of a part is looked for, so it may be one inside a record that began before, as where an archive
    was archived; that part is read again from where it has to begin.
    """
    reached = 0  # in the file whose parts are read
    for group, found in pool.parse_and_pack(groups):
        if not isinstance(group, Stretch) or not (part := group.part):
            yield from _pages_of(found)
            continue
        reached = reached if part.start else 0
        if reached >= part.end:
            continue
        whole = found
        if _bounds(found).begun != reached:
            ((_, whole),) = pool.parse_and_pack([replace(group, part=Part(reached, part.end, is_exact=True))])
        reached = _bounds(whole).ended
        yield from _pages_of(whole)


def _pages_of(found: list[Result]) -> Iterator[Done | Skipped]:
    return (each for each in found if not isinstance(each, Bounds))


def _bounds(found: list[Result]) -> Bounds:
    return next(each for each in found if isinstance(each, Bounds))
