"""Files and archives into the lake: plan chunks of seconds, then archive, parse and land each."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from infra.archive.raw_archive import RawArchive
from infra.base.batches import in_batches
from infra.base.days import is_within
from infra.base.errors import UsageError
from infra.intake.captures import read_captures
from infra.intake.files.input_types import Input, Skipped
from infra.lake.lake import Lake
from infra.work.archive_and_parse import archive_and_parse
from infra.work.land_outcomes import land_outcomes
from infra.work.parse_pool import Pair, source_name_of
from infra.work.parts_read import remember
from infra.work.run import ParsedCapture, Run
from infra.work.run_report import RunReport
from parsers.fields.urls import host_of, on_hosts
from parsers.record.capture import Capture
from parsers.record.outcome import Rejected, RejectReason

# A chunk is a Prefect task: seconds of work, some hundreds a run. 64 MB of pages parse in some 5 s, and are what a
# task holds in memory; 500 files are as much work where files are small.
CHUNK_BYTES = 64 << 20
CHUNK_FILES = 500
# Captures whose bytes are held at a time, also where one input (a large WARC) is more than a chunk should be.
BATCH_BYTES = 32 << 20
BATCH_CAPTURES = 4_000  # text captures are small
# A landing writes each partition of its rows anew, so few landings are less work; a row takes some 50 KB of memory.
LANDED_AT_ONCE = 1_000
MAX_ADVICE = 20  # of a chunk: more of the same is in the counts
TAKEN = "Name HTML or text, tables of pages, MHTML, WARC, WACZ, zip or tar, or save it as one of these."


@dataclass(frozen=True, slots=True)
class Chunk:
    """Inputs that are worked on together. `number` counts from 0 and tells the chunks of a run apart."""

    number: int
    inputs: tuple[Input, ...]

    def described(self) -> str:
        """For logs."""
        return f"chunk {self.number} ({len(self.inputs)} inputs)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pages of the inputs are taken: all unless something is said."""

    hosts: tuple[str, ...] = ()  # and those below them
    start: date | None = None  # first UTC day of capture
    end: date | None = None  # the day after the last

    def __post_init__(self) -> None:
        for host in self.hosts:
            if host_of(f"https://{host}/") != host:
                raise UsageError(f"{host!r} is no host", "Write it like apnews.com: in lower case, without https://.")
        if self.start and self.end and self.start >= self.end:
            raise UsageError(f"no day lies between {self.start} and {self.end}", "--end is the day after the last.")

    def why_not(self, url: str | None, captured_at: datetime) -> str | None:
        """The kind that a page is skipped as; one without an address may be of any host."""
        if self.hosts and url and not on_hosts(host_of(url), self.hosts):
            return "other host"
        return None if is_within(captured_at.date().isoformat(), self.start, self.end) else "other day"

    def choice(self, *, generic: bool) -> str:
        """All that decides which pages land, in words."""
        return f"{' '.join(sorted(set(self.hosts)))} {self.start} {self.end} generic={generic}"


ALL = Wanted()


def plan(inputs: Iterable[Input]) -> list[Chunk]:
    """Divide inputs into chunks of about 64 MB or 500 files. An input is never divided."""
    batches = in_batches(inputs, lambda each: each.size, most=CHUNK_FILES, max_bytes=CHUNK_BYTES)
    return [Chunk(number, tuple(batch)) for number, batch in enumerate(batches)]


def ingest_chunk(
    chunk: Chunk, run: Run, on_input: Callable[[Input], None] | None = None, wanted: Wanted = ALL
) -> RunReport:
    """Archive, parse and land the captures of some inputs that are wanted."""
    store = run.open_store()
    archive, lake = RawArchive(store), Lake(store)
    report, told = RunReport(), _Told(Counter(), [])
    with run.open_pool() as pool:
        pairs = _read(chunk, run.settings.max_page_bytes, wanted, told, on_input)
        parsed: list[ParsedCapture] = []
        for batch in in_batches(pairs, lambda pair: len(pair[0].body), most=BATCH_CAPTURES, max_bytes=BATCH_BYTES):
            parsed += archive_and_parse(batch, archive, pool, run_id=run.run_id, worker=f"c{chunk.number:04}")
            if len(parsed) >= LANDED_AT_ONCE:
                report += land_outcomes(parsed, lake, run, mode="ingest")
                parsed = []
        if parsed:
            report += land_outcomes(parsed, lake, run, mode="ingest")
    remember(store, chunk.inputs, wanted.choice(generic=run.settings.generic))
    return report + RunReport(skipped=told.skipped, alarms=tuple(told.advice[:MAX_ADVICE]))


@dataclass(frozen=True, slots=True)
class _Told:
    """What a chunk says of its inputs, apart from their pages."""

    skipped: Counter[str]
    advice: list[str]


def _read(
    chunk: Chunk, max_page_bytes: int, wanted: Wanted, told: _Told, on_input: Callable[[Input], None] | None
) -> Iterator[Pair]:
    """The captures of a chunk; what could not be read whole is rejected without parsing it."""
    for each in chunk.inputs:
        for page in read_captures(each, max_page_bytes=max_page_bytes, unwanted=wanted.why_not):
            if isinstance(page, Skipped):
                told.skipped[page.kind] += 1
                told.advice.extend(filter(None, [page.advice]))
                continue
            capture = page if isinstance(page, Capture) else page.capture
            if kind := wanted.why_not(capture.url, capture.captured_at):
                told.skipped[kind] += 1
            elif isinstance(page, Capture):
                yield page, None
            else:
                if page.reason is RejectReason.NOT_HTML and not each.inside and page.location == each.location:
                    told.advice.append(f"{each.location} is no page ({page.detail}). {TAKEN}")
                detail = f"{page.detail} ({page.location})"
                yield page.capture, Rejected(page.reason, detail, source=source_name_of(page.capture))
        if on_input:
            on_input(each)
