"""Files and archives into the lake: parse, archive and stage chunks of a minute or two, then land them together."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from infra.archive.raw_archive import RawArchive
from infra.base.days import Days, require_begun
from infra.base.errors import NewslakeError, UsageError
from infra.base.lanes import in_batches
from infra.base.measures import span
from infra.base.settings import load_settings
from infra.base.stop import Threads, result_of
from infra.intake.captures import ALL, PART_BYTES, TAKEN, Bounds, Part, Stretch, Wanted, find_inputs, parts_of
from infra.intake.cc_news import find_parts
from infra.intake.files.input_types import Input, Skipped
from infra.intake.files.s3_objects import S3
from infra.lake.cache import load_cache, update_cache
from infra.lake.lake import Lake
from infra.lake.staged_rows import StagingLake, land_staged, staged_bytes
from infra.store.object_store import ObjectStore
from infra.work.gate import judge_landed
from infra.work.land_outcomes import archive_done, land_outcomes
from infra.work.parse_pool import GROUP_PAGES, Done, Group, ParsePool, Result, grouped
from infra.work.run import Run, RunReport
from parsers.record.capture import CapturedAtBasis
from parsers.registry import by_name

# A chunk is a Prefect task: a minute or two of work. Only its number of pages counts, since they pass through.
CHUNK_BYTES = 512 << 20
CHUNK_FILES = 20_000
# Files that a worker reads itself, so many at a time; of a larger one that has no parts (a zip, a table) this process
# sends it the pages.
SMALL_BYTES = PART_BYTES
# A row takes some 30 KB of memory, and a page that is packed here 60 KB more. Some are staged while the pages of the
# next are parsed, so there is twice this.
STAGED_AT_ONCE = 2_000
STAGED_PAGES: Final = 64 << 20  # bytes of packed pages; those that are copied from a file of this machine are none
# Of rows that wait to land: some 700,000. A landing writes each partition of its rows anew, so few are less work.
LANDED_BYTES = 1 << 30
NOTED_BYTES = 256 << 20  # of files: so much is read again at most by a run that goes on, whatever of it is wanted
READ_FOLDER: Final = "_catalog/read"  # how far inputs are staged, an object for each choice of pages: a cache
READ_BEFORE: Final = "part that was read before"  # as what they are counted
MAX_ADVICE = 20  # of a chunk: more of the same is in the counts


@dataclass(frozen=True, slots=True)
class Chunk:
    """Inputs that are worked on together. `number` counts from 0 and tells the chunks of a run apart."""

    number: int
    inputs: tuple[Input, ...]
    wanted: Wanted = ALL

    def described(self) -> str:
        """For logs."""
        return f"chunk {self.number} ({len(self.inputs)} inputs)"


def plan(inputs: Iterable[Input], wanted: Wanted = ALL) -> list[Chunk]:
    """Divide inputs into chunks of about 512 MB or 20,000 files. An input is never divided between two."""
    # What of a part has landed is noted at its end, so each stands alone.
    batches = in_batches(
        inputs, lambda each: CHUNK_BYTES if each.part else each.size, most=CHUNK_FILES, max_bytes=CHUNK_BYTES
    )
    return [Chunk(number, tuple(batch), wanted) for number, batch in enumerate(batches)]


def plan_left(inputs: Sequence[Input], wanted: Wanted, run: Run) -> tuple[list[Chunk], RunReport]:
    """Chunks of what no run that was killed has read for this choice of pages; the report counts the rest."""
    left = left_to_read(run.open_store(), inputs, run.choice(wanted))
    again = len(inputs) - sum(each.begin == 0 for each in left)
    return plan(left, wanted), RunReport(skipped=+Counter({READ_BEFORE: again}))


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRequest:
    """What an ingest is asked to read: files, or the news crawl of Common Crawl."""

    paths: Sequence[str] = ()
    source: str | None = None
    captured_at: datetime | None = None
    columns: Sequence[str] = ()
    hosts: Sequence[str] = ()
    start: date | None = None
    end: date | None = None
    generic: bool = False
    cc_news: bool = False
    in_place: bool = False

    def find(self) -> tuple[list[Input], Wanted, RunReport]:
        """What there is to read, the pages of it to take, and what was left out; UsageError for what can't be asked."""
        if not self.cc_news:
            if self.in_place and (remote := next((path for path in self.paths if path.startswith(S3)), None)):
                what = f"{remote} cannot be read in place: only files of this machine can"
                raise UsageError(what, "Leave --in-place out, and its pages are copied.")
            inputs = find_inputs(self.paths, source=self.source, captured_at=self.captured_at, columns=self.columns)
            wanted = Wanted(tuple(self.hosts), self.start, self.end)
            return [replace(each, in_place=self.in_place) for each in inputs], wanted, RunReport()
        for name in ("paths", "captured_at", "columns", "in_place"):
            if getattr(self, name):
                what = f"{name} says something of files, and CC-NEWS is to be read"
                raise UsageError(what, "Leave one of them out.")
        if self.start is None or self.end is None:
            remedy = "Give both; --end is the day after the last."
            raise UsageError("CC-NEWS has no days without --start and --end", remedy)
        days = Days(self.start, self.end)
        require_begun(days, datetime.now(UTC))
        source = by_name(self.source)
        if not (source or self.hosts or self.generic):
            what = "CC-NEWS has 200,000 pages and more a day, and none is chosen"
            raise UsageError(what, "Give --source or --host; or --generic for all pages.")
        wanted = Wanted((*(source.hosts if source else ()), *self.hosts), self.start, self.end)
        parts, skipped, alarms = find_parts(days, load_settings())
        return parts, wanted, RunReport(skipped=skipped, alarms=alarms)


def ingest_chunk(chunk: Chunk, run: Run, on_input: Callable[[Input], object] = lambda _: None) -> RunReport:
    """Archive, parse and stage what is wanted of some inputs; `on_input` is told of each, or of its parts.

    Rows land where many wait, and at the end of the run by `ingest`.
    """
    store = run.open_store()
    archive, lake = RawArchive(store), StagingLake(store)
    report, skipped, advice = RunReport(), Counter[str](), list[str]()

    def keep(done: list[Done], reached: Mapping[Input, int]) -> RunReport:
        kept = RunReport()
        if done:
            parsed = archive_done(done, archive, run_id=run.run_id, worker=f"c{chunk.number:04}")
            done.clear()  # packed pages take memory, and the archive has them now
            kept = land_outcomes(parsed, lake, run, mode="ingest")
        remember(store, reached, run.choice(chunk.wanted))
        return kept

    with span("chunk", run=run.run_id), run.open_pool() as pool, Threads(1) as behind:
        keeping = behind.submit(RunReport)  # of nothing
        waiting: list[Done] = []
        reached: dict[Input, int] = {}
        packed = passed = copied = 0
        for found, end in _in_order(_groups(chunk, run.settings.max_page_bytes, on_input), pool):
            skipped.update(each.kind for each in found if isinstance(each, Skipped))
            advice += [each.advice for each in found if isinstance(each, Done | Skipped) and each.advice]
            done = [each for each in found if isinstance(each, Done)]
            waiting += done
            sizes = [len(each.record) for each in done if isinstance(each.record, bytes)]
            packed, copied = packed + sum(sizes), copied + len(sizes)
            if end:
                reached[end[0]] = end[1]
                passed += PART_BYTES
            if len(waiting) >= STAGED_AT_ONCE or packed >= STAGED_PAGES or passed >= NOTED_BYTES:
                report += result_of(keeping)
                keeping = behind.submit(copy_context().run, keep, waiting, reached)  # which span it is part of
                waiting, reached, packed, passed = [], {}, 0, 0
        report += result_of(keeping)
        report += keep(waiting, {each: end_of(each) for each in chunk.inputs})
    if staged_bytes(store) >= LANDED_BYTES:
        report += land_left(run)
    if copied and chunk.inputs[0].in_place:
        advice.append(f"{copied:,} pages were copied: only whole records of WARCs in gzip members can stay in place.")
    if skipped and not (report.captures or advice):
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in skipped.most_common())
        others = f" and {len(chunk.inputs) - 1:,} others" if len(chunk.inputs) > 1 else ""
        advice.append(f"no page that is wanted is in {chunk.inputs[0].location}{others}: {kinds}. {TAKEN}")
    return report + RunReport(skipped=skipped, alarms=tuple(advice[:MAX_ADVICE]))


def _groups(chunk: Chunk, max_page_bytes: int, on_input: Callable[[Input], object]) -> Iterator[Group]:
    """The inputs of a chunk as what a worker takes at a time, in order: part by part, file by file, page by page."""
    # Those in place are read by parts, and so each alone.
    batches = in_batches(
        chunk.inputs, lambda each: SMALL_BYTES if each.in_place else each.size, most=GROUP_PAGES, max_bytes=SMALL_BYTES
    )
    for batch in batches:
        whole = Stretch(tuple(batch), max_page_bytes, chunk.wanted)
        told = 0
        for part in parts_of(batch[0]) if len(batch) == 1 else ():
            yield replace(whole, part=part)
            on_input(replace(batch[0], size=part.end - told))
            told = part.end
        if told:
            continue
        # What comes through the network takes its time, and a worker has a deadline.
        read_here = batch[0].size > SMALL_BYTES or any(each.part for each in batch)
        yield from grouped(whole) if read_here else [whole]
        for each in batch:
            on_input(each)


def _in_order(groups: Iterable[Group], pool: ParsePool) -> Iterator[tuple[list[Result], tuple[Input, int] | None]]:
    """What comes of all groups; of a part also the file, and where in it the next one begins.

    The first record of a part is looked for, so it may be one inside another, as where an archive was archived: a part
    that does not begin where the one before it ended is read again from there.
    """
    source: Input | None = None
    reached = 0  # in it
    for group, found in pool.parse_and_pack(groups):
        if not isinstance(group, Stretch) or not (part := group.part):
            yield found, None
            continue
        if group.inputs[0] is not source:
            source = group.inputs[0]
            reached = source.begin
        if reached >= part.end:
            continue
        whole = found
        if _bounds(found).begun != reached:
            ((_, whole),) = pool.parse_and_pack([replace(group, part=Part(reached, part.end, is_exact=True))])
        reached = _bounds(whole).ended
        yield whole, (source, reached)


def _bounds(found: list[Result]) -> Bounds:
    return next(each for each in found if isinstance(each, Bounds))


def left_to_read(store: ObjectStore, inputs: Iterable[Input], choice: str) -> list[Input]:
    """What of inputs is not staged for this choice of pages, each from where it is not."""
    known = load_cache(store, _key(choice))
    left = []
    for each in inputs:
        version, reached = known.get(_name(each), ("", 0))
        begin = reached if version == _version(each) else 0
        if begin < end_of(each) or not begin:
            left.append(replace(each, begin=begin) if begin else each)
    return left


def remember(store: ObjectStore, reached: Mapping[Input, int], choice: str) -> None:
    """Note the byte up to which the pages of inputs are staged."""
    if read := {_name(each): (_version(each), end) for each, end in reached.items() if _is_noted(each)}:
        update_cache(store, _key(choice), lambda known: known | read)


def ingest(
    chunks: Iterable[Chunk], inputs: Iterable[Input], wanted: Wanted, run: Run, do: Callable[[Chunk], RunReport]
) -> RunReport:
    """Do all chunks of some inputs by `ingest_chunk`, and land what they, or a run that was killed, staged."""
    try:
        report = sum(map(do, chunks), RunReport())
    except NewslakeError:
        land_left(run)  # what was read is there for all to see
        raise
    report += land_left(run)
    forget(run.open_store(), inputs, run.choice(wanted))
    return report


@span("land")
def land_left(run: Run) -> RunReport:
    """Land what is staged, whoever staged it, and judge its days: those too that a killed landing had got to."""
    lake = Lake(run.open_store())
    landing = land_staged(lake)
    return RunReport(
        partitions_written=len(landing.written),
        partitions_unchanged=len(landing.unchanged),
        findings=judge_landed(lake, run, (*landing.written, *landing.unchanged)),
    )


def forget(store: ObjectStore, inputs: Iterable[Input], choice: str) -> None:
    """After a run of files to its end, the next one reads them anew. Parts of CC-NEWS stay noted: they take hours."""
    ended = {_name(each) for each in inputs if not each.part}
    if ended & load_cache(store, _key(choice)).keys():
        update_cache(store, _key(choice), lambda known: {name: known[name] for name in known.keys() - ended})


def end_of(each: Input) -> int:
    """The byte at which an input has been read."""
    return each.part.end if each.part else each.size


def _is_noted(each: Input) -> bool:
    """Smaller ones are read within a second; of others than these nothing says whether they are still the same."""
    return bool(each.part) or (each.size > PART_BYTES and each.captured_at_basis is CapturedAtBasis.MTIME)


def _key(choice: str) -> str:
    return f"{READ_FOLDER}/{hashlib.sha256(choice.encode()).hexdigest()[:16]}.json"


def _name(each: Input) -> str:
    return f"{each.location}@{each.part.start if each.part else 0}"


def _version(each: Input) -> str:
    """What a file that was replaced does not share, nor one that is now said to be of a source, or to stay in place."""
    told = f"{each.size} {each.captured_at.isoformat()} {each.source} {each.columns}{' in place' * each.in_place}"
    return each.part.etag if each.part else told
