"""Given addresses through the same path as a run: asked for politely, archived, parsed, landed."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from infra.archive import RawArchive
from infra.lake import Lake
from infra.live.arrivals import examine
from infra.live.fetch_pages import Fetched, fetch_pages
from infra.runs.filing import Examined, Run, file_outcomes
from infra.runs.run_report import RunReport
from infra.web.polite_client import PoliteClient
from parsers.outcome import Parsed, RejectReason
from parsers.registry import by_host, by_name
from parsers.source import Source
from parsers.urls import host_of


class UrlState(StrEnum):
    """What became of an address."""

    LANDED = "landed"  # an article, and its row is in the lake
    ARCHIVED = "archived"  # the page is in the raw archive; no source claims its host, so nobody can read it yet
    REJECTED = "rejected"  # refused, or no article, for good; what came of it is archived and quarantined
    FAILED = "failed"  # nothing came, but another try may help


@dataclass(frozen=True, slots=True)
class UrlOutcome:
    """What became of one address.

    Attributes:
        url: as it was given.
        outcome: in one word.
        reason: a `FetchReason` or a `RejectReason`; None where an article landed.
        detail: what exactly, for a person.
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
    """Fetch addresses, each once, archive what comes and land what can be read.

    Args:
        urls: as a user wrote them; those that are no address are rejected as such.
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
    wanted = ((url, by_name(source) if source else _source_of(url)) for url in dict.fromkeys(urls))
    pages = fetch_pages(wanted, client, lambda: datetime.now(UTC), source=source)
    with run.open_pool() as pool:
        for batch, examined in examine(pages, archive, pool, run_id=run.run_id, worker="fetch"):
            report += file_outcomes(examined, lake, run, mode="live")
            parsed = iter(examined)
            for page in batch:
                outcome = _outcome_of(page, next(parsed) if page.capture else None)
                if page.capture is None:
                    report += RunReport(failed=Counter({outcome.reason or "": 1}))
                on_outcome(outcome)
    return report + RunReport(requests=client.budget.used - before)


def _source_of(url: str) -> Source | None:
    return by_host(host_of(url))


def _outcome_of(page: Fetched, examined: Examined | None) -> UrlOutcome:
    if examined and isinstance(examined.outcome, Parsed):
        return UrlOutcome(page.url, UrlState.LANDED, article_id=examined.outcome.article.article_id)
    if page.error:
        state = UrlState.FAILED if page.error.reason.transient and not page.capture else UrlState.REJECTED
        return UrlOutcome(page.url, state, page.error.reason.value, page.error.detail)
    if examined is None or isinstance(examined.outcome, Parsed):
        raise ValueError("a page has a capture or an error")
    reason = examined.outcome.reason
    state = UrlState.ARCHIVED if reason is RejectReason.UNKNOWN_SOURCE else UrlState.REJECTED
    return UrlOutcome(page.url, state, reason.value, examined.outcome.detail)
