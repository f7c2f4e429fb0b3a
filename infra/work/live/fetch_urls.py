"""Given addresses through the same path as a run: asked for politely, archived, parsed, landed."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from infra.archive.raw_archive import RawArchive
from infra.base.known_sources import UNKNOWN_SOURCE
from infra.intake.web.polite_client import PoliteClient
from infra.lake.lake import Lake
from infra.work.land_outcomes import land_outcomes
from infra.work.live.fetch_pages import Fetched, fetch_pages
from infra.work.live.page_batches import batched
from infra.work.parse_pool import ParsePool, source_name_of
from infra.work.run import ParsedCapture, Run
from infra.work.run_report import RunReport
from parsers.fields.urls import host_of
from parsers.record.article import Article
from parsers.record.outcome import Parsed, Rejected, RejectReason
from parsers.registry import by_host, by_name
from parsers.source.definition import Source

HELD: Final = "held"  # a reason besides those of the closed lists: it is about a day of the source, not about the page


class UrlState(StrEnum):
    """What became of an address."""

    LANDED = "landed"  # an article, and its row is in the lake
    # The page is in the raw archive, and its article not yet in the lake: no source claims its host, so that nobody can
    # read it, or the quality gate holds it back.
    ARCHIVED = "archived"
    REJECTED = "rejected"  # refused, or no article, for good; what came of it is archived and quarantined
    FAILED = "failed"  # nothing came, but another try may help


@dataclass(frozen=True, slots=True)
class UrlOutcome:
    """What became of one address.

    Attributes:
        url: as it was given.
        outcome: in one word.
        reason: a `FetchReason`, a `RejectReason` or `HELD`; None where an article landed.
        detail: what exactly, for a person; of an article what its page lacks, if it was cut short.
        article_id: of the article, where there is one.
    """

    url: str
    outcome: UrlState
    reason: str | None = None
    detail: str | None = None
    article_id: str | None = None


def fetch_urls(
    urls: Iterable[str],
    run: Run,
    client: PoliteClient,
    *,
    source: str | None = None,
    on_outcome: Callable[[UrlOutcome], None] = lambda _: None,
) -> RunReport:
    """Fetch addresses, archive what comes and land what can be read.

    Args:
        urls: as a user wrote them; those that are no address are rejected as such. One that is named twice is fetched
            once, and told of twice.
        run: the run.
        client: asks.
        source: name of the source that all of them belong to; None: by their hosts.
        on_outcome: called with each address once its page is landed, or nothing can be.

    Raises:
        NewslakeError: the lake cannot be written.
    """
    before = client.budget.used
    store = run.open_store()
    archive, lake = RawArchive(store), Lake(store)
    report = RunReport()
    times = Counter(urls)
    wanted = ((url, by_name(source) if source else _source_of(url)) for url in times)
    pages = fetch_pages(wanted, client, lambda: datetime.now(UTC), source=source)
    with run.open_pool() as pool:
        for batch in batched(pages, run.settings.archive_seconds):
            examined = _archived_and_parsed(batch, archive, pool, run.run_id)
            filing = land_outcomes(examined, lake, run, mode="live") if examined else RunReport()
            filed = _Filed.of(examined, lake, filing)
            report += filing
            parsed = iter(examined)
            for page in batch:
                outcome = _outcome_of(page, next(parsed) if page.capture else None, filed)
                if page.capture is None:
                    report += RunReport(failed=Counter({outcome.reason or "": 1}))
                for _ in range(times[page.url]):
                    on_outcome(outcome)
    return report + RunReport(requests=client.budget.used - before)


def _archived_and_parsed(
    batch: Sequence[Fetched], archive: RawArchive, pool: ParsePool, run_id: str
) -> list[ParsedCapture]:
    captures = [page.capture for page in batch if page.capture]
    placed = [(source_name_of(capture) or UNKNOWN_SOURCE, capture) for capture in captures]
    archived = archive.add(placed, run_id=run_id, worker="fetch")
    return [
        ParsedCapture(*pair) for pair in zip(archived, (outcome for _, outcome in pool.parse(captures)), strict=True)
    ]


def _source_of(url: str) -> Source | None:
    return by_host(host_of(url))


@dataclass(frozen=True, slots=True)
class _Filed:
    """What became of the articles of a batch.

    Attributes:
        landed: ids of those that the lake has.
        held: sources of which the quality gate holds something back.
    """

    landed: frozenset[str]
    held: frozenset[str]

    @classmethod
    def of(cls, examined: Sequence[ParsedCapture], lake: Lake, report: RunReport) -> "_Filed":
        """Look into the lake if filing left any out."""
        articles = [each.outcome.article for each in examined if isinstance(each.outcome, Parsed)]
        if not report.withheld and not report.rejected[RejectReason.INVALID_RECORD]:
            return cls(frozenset(article.article_id for article in articles), frozenset())
        ids: set[str] = set()
        for source, date in {each.partition for each in examined if each.partition}:
            if lake.read_manifest(source, date):
                ids.update(lake.read_partition(source, date)["article_id"].to_pylist())
        return cls(frozenset(ids), frozenset(source for source, _ in report.withheld))

    def outcome_of(self, url: str, article: Article) -> UrlOutcome:
        """Whether an article landed, or what kept it out."""
        if article.article_id in self.landed:
            return UrlOutcome(url, UrlState.LANDED, article_id=article.article_id)
        if article.source in self.held:
            detail = f"the quality gate holds back days of {article.source}: see `newslake status`"
            return UrlOutcome(url, UrlState.ARCHIVED, HELD, detail, article.article_id)
        reason = RejectReason.INVALID_RECORD
        return UrlOutcome(url, UrlState.REJECTED, reason.value, reason.meaning, article.article_id)


def _outcome_of(page: Fetched, examined: ParsedCapture | None, filed: _Filed) -> UrlOutcome:
    if examined and isinstance(examined.outcome, Parsed):
        outcome = filed.outcome_of(page.url, examined.outcome.article)
        return replace(outcome, detail=outcome.detail or str(page.error)) if page.error else outcome
    rejected = examined.outcome if examined and isinstance(examined.outcome, Rejected) else None
    # A bot challenge comes with a status, and says more than it.
    if page.error and not (rejected and rejected.reason is RejectReason.CHALLENGE):
        state = UrlState.FAILED if page.error.reason.transient and not page.capture else UrlState.REJECTED
        return UrlOutcome(page.url, state, page.error.reason.value, page.error.detail)
    if rejected is None:
        raise ValueError("a page has a capture or an error")
    state = UrlState.ARCHIVED if rejected.reason is RejectReason.UNKNOWN_SOURCE else UrlState.REJECTED
    return UrlOutcome(page.url, state, rejected.reason.value, rejected.detail)
