"""What all runs do with a capture: parse, archive, judge, land. No row points to what is not archived."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from infra.archive.raw_archive import RawArchive, place_of
from infra.base.known_sources import source_name_of
from infra.base.measures import LAND_SECONDS, PAGES, record, span
from infra.intake.files.input_types import Page
from infra.lake.lake import Lake
from infra.lake.rejects import Reject
from infra.lake.rows import PartitionId
from infra.lake.suspects import close_suspect, mark_suspect
from infra.work.gate import pass_gate
from infra.work.parse_pool import Done, ParsePool, grouped
from infra.work.run import ParsedCapture, Run, RunReport, Sample, Samples, folder_of
from parsers.record.article import Article, Provenance
from parsers.record.capture import Capture, CaptureIdentity
from parsers.record.outcome import Parsed, Rejected, RejectReason


@span("parse")
def archive_and_parse(
    captures: Iterable[Capture], archive: RawArchive, pool: ParsePool, *, run_id: str, worker: str
) -> list[ParsedCapture]:
    """Parse captures and archive them; `land_outcomes` lands what comes of it."""
    groups = pool.parse_and_pack(grouped(map(Page, captures)))
    done = [each for _, found in groups for each in found if isinstance(each, Done)]
    return archive_done(done, archive, run_id=run_id, worker=worker)


def archive_done(done: Sequence[Done], archive: RawArchive, *, run_id: str, worker: str) -> list[ParsedCapture]:
    """Archive pages that are parsed and packed."""
    placed = [
        # Without an address only the content tells the source, and so the folder.
        (folder_of(each.capture, None if source_name_of(each.capture) else each.outcome), each.capture)
        for each in done
    ]
    # Of a capture that comes twice, as from a WARC in place and a copy of it, the lake gets the body.
    by_place = sorted(done, key=lambda each: place_of(each.record) is None)
    records = {each.capture.identity: each.record for each in by_place if each.record}
    archived = archive.add(placed, run_id=run_id, worker=worker, records=records)
    return [ParsedCapture(kept, each.outcome) for kept, each in zip(archived, done, strict=True)]


@span("land")
def land_outcomes(
    parsed: Sequence[ParsedCapture],
    lake: Lake,
    run: Run,
    *,
    mode: str,
    looked_at: Collection[PartitionId] = (),
    reparsed: Mapping[str, Collection[CaptureIdentity]] | None = None,
    whole_days: Collection[PartitionId] = (),
    day_of: Callable[[ParsedCapture], PartitionId] = lambda each: each.day_got,
) -> RunReport:
    """Judge captures whose bytes are archived, land articles and rejections, and count them.

    `looked_at` has days that are known to be empty if they have no articles; `reparsed` has by source the captures on
    which this is the newest word. Of `whole_days`, of which nothing is lacking, the number of articles is judged.
    """
    began = time.perf_counter()
    gate = pass_gate(parsed, lake, run, mode=mode, reparsed=reparsed or {}, whole_days=whole_days, day_of=day_of)
    for suspect in gate.suspects:  # before anything is landed: a kill in between must not hide what was found
        mark_suspect(lake.store, suspect)
    articles: list[tuple[Article, Provenance]] = []
    rejects: list[Reject] = []
    samples = Samples()
    for each in gate.passed:
        if isinstance(each.outcome, Parsed):
            articles.append((each.outcome.article, _provenance(each, run, mode)))
            continue
        reject = _reject(each, each.outcome, run, mode)
        rejects.append(reject)
        samples += Samples({reject.reason: (Sample(reject.source, reject.url, reject.detail),)})
    landing = lake.land(articles, rejects, looked_at=looked_at, reparsed=gate.reparsed)
    for suspect in gate.in_order:
        close_suspect(lake.store, suspect)
    _record(gate.passed, mode, time.perf_counter() - began)
    return RunReport(
        captures=len(parsed),
        parsed=len(parsed) - len(rejects) - len(landing.unfit),
        rejected=Counter(reject.reason for reject in rejects)
        + Counter({RejectReason.INVALID_RECORD.value: len(landing.unfit)}),
        known=sum(not each.archived.new for each in parsed),
        articles=Counter(each.partition for each in parsed if each.partition),
        got=Counter(each.day_got for each in parsed),
        partitions_written=len(landing.written),
        partitions_unchanged=len(landing.unchanged),
        withheld=gate.withheld,
        findings=tuple(gate.findings),
        samples=samples,
        rows_exposed=landing.rows_exposed,
        unfit=landing.unfit,
    )


def _record(passed: Sequence[ParsedCapture], mode: str, seconds: float) -> None:
    record(LAND_SECONDS, seconds, mode=mode)
    labels = (each.outcome.reason.value if isinstance(each.outcome, Rejected) else "article" for each in passed)
    counts = Counter(zip((each.day_got[0] for each in passed), labels, strict=True))
    for (source, outcome), number in counts.items():
        record(PAGES, number, source=source, outcome=outcome, mode=mode)


def _provenance(parsed: ParsedCapture, run: Run, mode: str) -> Provenance:
    capture = parsed.archived.capture
    return Provenance(
        captured_at_basis=capture.captured_at_basis.value,
        first_captured_at=capture.captured_at,
        **_stamps(parsed, run, mode),
    )


def _reject(parsed: ParsedCapture, outcome: Rejected, run: Run, mode: str) -> Reject:
    return Reject(
        source=parsed.day_got[0],
        url=parsed.archived.capture.url,
        reason=outcome.reason.value,
        detail=outcome.detail,
        layout=outcome.layout,
        parser_version=outcome.parser_version,
        **_stamps(parsed, run, mode),
    )


def _stamps(parsed: ParsedCapture, run: Run, mode: str) -> dict[str, Any]:
    capture, pointer = parsed.archived.capture, parsed.archived.pointer
    return {
        "captured_at": capture.captured_at,
        "capture_uri": pointer.uri,
        "capture_offset": pointer.offset,
        "capture_length": pointer.length,
        "capture_digest": capture.digest,
        "http_status": capture.http_status,
        "mode": mode,
        "run_id": run.run_id,
    }
