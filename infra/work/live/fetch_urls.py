"""Given addresses, the same way as a run: asked for politely, archived, parsed, landed."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from infra.archive.raw_archive import RawArchive
from infra.base.measures import span, spans
from infra.intake.web.addresses import require_contact
from infra.intake.web.polite_client import PoliteClient
from infra.lake.lake import Lake
from infra.work.land_outcomes import archive_and_parse, land_outcomes
from infra.work.live.fetch_pages import Fetched, batched, fetch_pages
from infra.work.live.site_lock import site_locks
from infra.work.run import ParsedCapture, Run
from infra.work.run_report import RunReport
from parsers.fields.urls import host_of
from parsers.record.outcome import Parsed, Rejected, RejectReason
from parsers.registry import by_host, by_name


class UrlState(StrEnum):
    """What became of an address."""

    LANDED = "landed"  # an article, and its row is in the lake
    ARCHIVED = "archived"  # kept, but no source claims its host, so that nobody can read it
    REJECTED = "rejected"  # refused, or no article, for good; what came of it is archived and quarantined
    FAILED = "failed"  # nothing came, but another try may help


@dataclass(frozen=True, slots=True)
class UrlOutcome:
    """What became of one address."""

    url: str
    outcome: UrlState
    reason: str | None = None  # a `FetchReason` or a `RejectReason`; None where an article landed
    detail: str | None = None  # what exactly, for a person; for an article, how its page was cut short
    article_id: str | None = None


def fetch_urls(
    urls: Iterable[str],
    run: Run,
    *,
    source: str | None = None,
    on_outcome: Callable[[UrlOutcome], None] = lambda _: None,
    on_wait: Callable[[str], None] = lambda _: None,
) -> RunReport:
    """Fetch addresses, archive what comes and land what can be read."""
    store = run.open_store()
    archive, lake = RawArchive(store), Lake(store)
    report = RunReport()
    times = Counter(urls)
    require_contact(times, run.settings)
    wanted = [(url, by_name(source) if source else by_host(host_of(url))) for url in times]
    with (
        span("addresses", run=run.run_id),
        site_locks({of.name for _, of in wanted if of}, on_wait),
        PoliteClient.open(run.settings) as client,
        closing(fetch_pages(wanted, client, source=source)) as pages,
        run.open_pool() as pool,
    ):
        for batch in spans("fetch", batched(pages, run.settings.archive_seconds)):
            captures = [page.capture for page in batch if page.capture]
            parsed = archive_and_parse(captures, archive, pool, run_id=run.run_id, worker="fetch")
            done = land_outcomes(parsed, lake, run, mode="live") if parsed else RunReport()
            report += done
            by_url = {each.archived.capture.url: each for each in parsed}
            for page in batch:
                outcome = _outcome_of(page, by_url.get(page.url), done.unfit)
                if page.capture is None:
                    report += RunReport(failed=Counter({outcome.reason or "": 1}))
                for _ in range(times[page.url]):
                    on_outcome(outcome)
    return report + RunReport(requests=client.budget.used)


def _outcome_of(page: Fetched, parsed: ParsedCapture | None, unfit: Collection[str]) -> UrlOutcome:
    if parsed and isinstance(parsed.outcome, Parsed):
        article_id = parsed.outcome.article.article_id
        if article_id not in unfit:
            return UrlOutcome(page.url, UrlState.LANDED, None, str(page.error) if page.error else None, article_id)
        reason = RejectReason.INVALID_RECORD
        return UrlOutcome(page.url, UrlState.REJECTED, reason.value, reason.meaning, article_id)
    rejected = parsed.outcome if parsed and isinstance(parsed.outcome, Rejected) else None
    # A bot challenge comes with a status, and says more than it.
    if page.error and not (rejected and rejected.reason is RejectReason.CHALLENGE):
        state = UrlState.FAILED if page.error.reason.transient and not page.capture else UrlState.REJECTED
        return UrlOutcome(page.url, state, page.error.reason.value, page.error.detail)
    if rejected is None:
        raise ValueError("a page has a capture or an error")
    state = UrlState.ARCHIVED if rejected.reason is RejectReason.UNKNOWN_SOURCE else UrlState.REJECTED
    return UrlOutcome(page.url, state, rejected.reason.value, rejected.detail)
