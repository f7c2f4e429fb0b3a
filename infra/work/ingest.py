"""Files and archives into the lake: plan chunks of seconds, then archive, parse and land each."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from infra.archive.raw_archive import RawArchive
from infra.intake.captures import read_captures
from infra.intake.files.input_types import Input, ReadCount, Unreadable
from infra.lake.lake import Lake
from infra.work.land_outcomes import land_outcomes
from infra.work.parse_pool import ParsePool, source_name_of
from infra.work.run import ParsedCapture, Run, folder_of
from infra.work.run_report import RunReport
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Rejected

# A chunk is a Prefect task: seconds of work, some hundreds a run. 64 MB of pages parse in some 5 s, and are what a
# task holds in memory; 500 files are as much work where files are small.
CHUNK_BYTES = 64 << 20
CHUNK_FILES = 500
# Captures whose bytes are held at a time, also where one input (a large WARC) is more than a chunk should be.
BATCH_BYTES = 64 << 20
BATCH_CAPTURES = 10_000  # text captures are small: this bounds the rows held until they are landed


@dataclass(frozen=True, slots=True)
class Chunk:
    """Inputs that are worked on together. `number` counts from 0 and tells the chunks of a run apart."""

    number: int
    inputs: tuple[Input, ...]

    def described(self) -> str:
        """For logs."""
        return f"chunk {self.number} ({len(self.inputs)} inputs)"


def plan(inputs: Iterable[Input]) -> list[Chunk]:
    """Divide inputs into chunks of about 64 MB or 500 files. An input is never divided."""
    chunks: list[Chunk] = []
    gathered: list[Input] = []
    size = 0
    for each in inputs:
        if gathered and (len(gathered) == CHUNK_FILES or size + each.size > CHUNK_BYTES):
            chunks.append(Chunk(len(chunks), tuple(gathered)))
            gathered, size = [], 0
        gathered.append(each)
        size += each.size
    return [*chunks, Chunk(len(chunks), tuple(gathered))] if gathered else chunks


def ingest_chunk(chunk: Chunk, run: Run, on_input: Callable[[Input], None] | None = None) -> RunReport:
    """Archive, parse and land the captures of some inputs.

    Captures are archived before anything of them is landed, whatever the parsers made of them; a run that is killed
    in between leaves nothing that the next run does not mend.

    Args:
        chunk: the inputs.
        run: the run.
        on_input: called with each input that has been read to its end.

    Raises:
        NewslakeError: an input vanished, or the lake cannot be written.
    """
    store = run.open_store()
    archive, lake = RawArchive(store), Lake(store)
    report = RunReport()
    met = ReadCount()
    with run.open_pool() as pool:
        for batch in _batches(_pages(chunk, run.settings.max_page_bytes, met, on_input)):
            outcomes = list(_outcomes(batch, pool))
            archived = archive.add(
                [(folder_of(capture, outcome), capture) for capture, outcome in outcomes],
                run_id=run.run_id,
                worker=f"c{chunk.number:04}",
            )
            examined = [ParsedCapture(each, outcome) for each, (_, outcome) in zip(archived, outcomes, strict=True)]
            report += land_outcomes(examined, lake, run, mode="ingest")
    return report + RunReport(skipped=met.skipped)


def _pages(
    chunk: Chunk, max_page_bytes: int, met: ReadCount, on_input: Callable[[Input], None] | None
) -> Iterator[Capture | Unreadable]:
    for each in chunk.inputs:
        yield from read_captures(each, max_page_bytes=max_page_bytes, count=met)
        if on_input:
            on_input(each)


def _batches(pages: Iterable[Capture | Unreadable]) -> Iterator[list[Capture | Unreadable]]:
    batch: list[Capture | Unreadable] = []
    size = 0
    for page in pages:
        batch.append(page)
        size += len(_capture_of(page).body)
        if len(batch) == BATCH_CAPTURES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _outcomes(batch: list[Capture | Unreadable], pool: ParsePool) -> Iterator[tuple[Capture, Outcome]]:
    """Each page with its outcome, in order; what could not be read whole is rejected without parsing it."""
    parsed = pool.parse(page for page in batch if isinstance(page, Capture))
    for page in batch:
        if isinstance(page, Capture):
            yield next(parsed)
        else:
            capture = page.as_capture()
            detail = f"{page.detail} ({page.location})"
            yield capture, Rejected(page.reason, detail, source=source_name_of(capture))


def _capture_of(page: Capture | Unreadable) -> Capture:
    return page if isinstance(page, Capture) else page.as_capture()
