"""From outcomes to rows: what ingest and reparse share. Captures lie in the archive before any row points to them."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from infra.lake.lake import Lake, PartitionId
from infra.lake.rejects import Reject
from infra.lake.suspects import close_suspect, mark_suspect
from infra.work.gate import pass_gate
from infra.work.run import ParsedCapture, Run
from infra.work.run_report import RunReport, Sample, Samples
from parsers.record.article import Article, Provenance
from parsers.record.capture import CaptureIdentity
from parsers.record.outcome import Parsed, Rejected, RejectReason


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
    which this is the newest word. Only of `whole_days`, of which everything that was found is landed, or here, is the
    number of articles judged: name a day also if nothing of it was found. A capture without an article counts for its
    `day_of`.
    """
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
        samples=samples,
        rows_exposed=landing.rows_exposed,
    )


def unfit_articles(parsed: Sequence[ParsedCapture], lake: Lake, report: RunReport) -> set[str]:
    """Ids of articles that were to land and did not, as `report` says, since they do not fit the schema."""
    if not report.rejected[RejectReason.INVALID_RECORD]:
        return set()
    ids = {each.outcome.article.article_id for each in parsed if isinstance(each.outcome, Parsed)}
    partitions = {each.partition for each in parsed if each.partition}
    return ids.difference(*(lake.identities(*partition) for partition in partitions))


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
    """The columns that articles and rejections share."""
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
