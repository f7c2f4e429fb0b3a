"""From outcomes to rows: what ingest and reparse share. Captures lie in the archive before any row points to them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from infra.archive.raw_archive import ArchivedCapture
from infra.lake.lake import Lake, PartitionId
from infra.lake.partition import Coverage
from infra.lake.rejects import Reject
from infra.lake.suspects import close_suspect, mark_suspect
from infra.work.gate import pass_gate
from infra.work.run import ParsedCapture, Run, folder_of
from infra.work.run_report import RunReport
from infra.work.samples import Sample, Samples
from parsers.record.article import Article, Provenance
from parsers.record.capture import CaptureIdentity
from parsers.record.outcome import Parsed, Rejected, RejectReason


def land_outcomes(
    parsed: Sequence[ParsedCapture],
    lake: Lake,
    run: Run,
    *,
    mode: str,
    coverage: Mapping[tuple[str, str], Coverage] | None = None,
    reparsed: Mapping[str, Collection[CaptureIdentity]] | None = None,
    whole_days: Collection[PartitionId] = (),
    day_of: Callable[[ParsedCapture], PartitionId] = lambda each: each.day_got,
) -> RunReport:
    """Judge captures, land articles and rejections, and count them.

    Args:
        parsed: captures with their outcomes; their bytes are archived.
        lake: where to.
        run: the run.
        mode: `live`, `ingest` or `reparse`.
        coverage: by (source, day), where whole counts are known.
        reparsed: by source, the captures on which this is the newest word.
        whole_days: (source, day) of which everything that was found is landed, or here: only of these is the number of
            articles judged. Name a day also if nothing of it was found: that is what the check is for.
        day_of: the day that a capture without an article counts for.
    """
    gate = pass_gate(parsed, lake, run, mode=mode, reparsed=reparsed or {}, whole_days=whole_days, day_of=day_of)
    for suspect in gate.suspects:  # before anything is landed: a kill in between must not hide what was found
        mark_suspect(lake.store, suspect)
    articles: list[tuple[Article, Provenance]] = []
    rejects: list[Reject] = []
    for each in gate.passed:
        if isinstance(each.outcome, Parsed):
            articles.append((each.outcome.article, _provenance(each.archived, run, mode)))
        else:
            rejects.append(_reject(each.archived, each.outcome, run, mode))
    landing = lake.land(articles, rejects, coverage=coverage, mode=mode, reparsed=gate.reparsed)
    for suspect in gate.in_order:
        close_suspect(lake.store, suspect)
    return RunReport(
        captures=len(parsed),
        parsed=len(parsed) - len(rejects) - landing.invalid_records,
        rejected=Counter(reject.reason for reject in rejects)
        + Counter({RejectReason.INVALID_RECORD.value: landing.invalid_records}),
        known=sum(not each.archived.new for each in parsed),
        articles=Counter(each.partition for each in parsed if each.partition),
        got=Counter(each.day_got for each in parsed),
        partitions_written=len(landing.written),
        partitions_unchanged=len(landing.unchanged),
        withheld=gate.withheld,
        findings=tuple(gate.findings),
        rows_exposed=landing.rows_exposed,
    ) + _turned_down(gate.passed, day_of)


def unfit_articles(parsed: Sequence[ParsedCapture], lake: Lake, report: RunReport) -> set[str]:
    """Ids of articles that were to land and did not, as `report` says, since they do not fit the schema."""
    if not report.rejected[RejectReason.INVALID_RECORD]:
        return set()
    ids = {each.outcome.article.article_id for each in parsed if isinstance(each.outcome, Parsed)}
    partitions = {each.partition for each in parsed if each.partition}
    return ids.difference(*(lake.identities(*partition) for partition in partitions))


def _turned_down(parsed: Iterable[ParsedCapture], day_of: Callable[[ParsedCapture], PartitionId]) -> RunReport:
    """Captures without an article, by day, and a few of each reason."""
    days: Counter[PartitionId] = Counter()
    samples = Samples()
    for each in parsed:
        if isinstance(each.outcome, Rejected):
            days[day_of(each)] += 1
            sample = Sample(each.day_got[0], each.archived.capture.url, each.outcome.detail)
            samples += Samples({each.outcome.reason.value: (sample,)})
    return RunReport(turned_down=days, samples=samples)


def _provenance(archived: ArchivedCapture, run: Run, mode: str) -> Provenance:
    capture, pointer = archived.capture, archived.pointer
    return Provenance(
        captured_at=capture.captured_at,
        captured_at_basis=capture.captured_at_basis.value,
        first_captured_at=capture.captured_at,
        capture_uri=pointer.uri,
        capture_offset=pointer.offset,
        capture_length=pointer.length,
        capture_digest=capture.digest,
        http_status=capture.http_status,
        mode=mode,
        run_id=run.run_id,
    )


def _reject(archived: ArchivedCapture, outcome: Rejected, run: Run, mode: str) -> Reject:
    capture, pointer = archived.capture, archived.pointer
    return Reject(
        source=folder_of(capture, outcome),
        url=capture.url,
        captured_at=capture.captured_at,
        reason=outcome.reason.value,
        detail=outcome.detail,
        layout=outcome.layout,
        parser_version=outcome.parser_version,
        capture_uri=pointer.uri,
        capture_offset=pointer.offset,
        capture_length=pointer.length,
        capture_digest=capture.digest,
        http_status=capture.http_status,
        mode=mode,
        run_id=run.run_id,
    )
