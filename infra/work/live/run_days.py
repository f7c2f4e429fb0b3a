"""Some days of one source, or given addresses: plan, fetch, archive, parse, land."""

from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from infra.archive.raw_archive import RawArchive
from infra.base.days import Days
from infra.base.measures import span, spans
from infra.base.settings import Settings
from infra.base.stop import stop_at_waits
from infra.intake.cdx import CdxIndex
from infra.intake.web.addresses import require_contact
from infra.intake.web.fetching import FetchError
from infra.intake.web.polite_client import PoliteClient, RequestBudget
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, FETCHES
from infra.lake.rows import PartitionId
from infra.work.land_outcomes import archive_and_parse, land_outcomes
from infra.work.live.fetch_log import FetchLog
from infra.work.live.fetch_pages import Fetched, batched, fetch_pages, without_shared_pages
from infra.work.live.plan import FetchPolicy, LivePlan, make_plan, reached_days, with_addresses
from infra.work.live.site_lock import site_locks
from infra.work.reparse.reparse import rebuild
from infra.work.run import ParsedCapture, Run, RunReport
from parsers.fields.urls import host_of
from parsers.record.capture import Capture, CapturedAtBasis
from parsers.record.outcome import Parsed, Rejected, RejectReason
from parsers.registry import by_host, by_name, sources
from parsers.source.discovery import OwnLists

# A day lands as a whole, so that it is judged as a whole. 256 MB hold a thousand pages; beyond that a part lands early.
LAND_BYTES: Final = 256 << 20


def _ignore(_: object) -> None:
    pass


def run_days(
    source: str,
    days: Days,
    policy: FetchPolicy,
    run: Run,
    *,
    on_plan: Callable[[LivePlan], None] = _ignore,
    on_page: Callable[[Fetched], None] = _ignore,
    on_wait: Callable[[str], None] = _ignore,
) -> RunReport:
    """Land what the lake holds of some days of a source, then fetch, archive and land the rest."""
    with (
        span("source days", source=source, day=days.described(), run=run.run_id),
        _at_site(source, days, policy, run, on_wait) as client,
    ):
        plan = make_plan(source, days, policy, store=run.open_store(), client=client)
        on_plan(plan)
        return _carry_out(plan, run, client, on_page)


def preview_days(
    source: str, days: Days, policy: FetchPolicy, run: Run, *, on_wait: Callable[[str], None] = _ignore
) -> tuple[LivePlan, float]:
    """What `run_days` would do, and the seconds between two requests. Only lists are asked for; nothing is written."""
    with _at_site(source, days, policy, run, on_wait) as client:
        plan = make_plan(source, days, policy, store=run.open_store(), client=client)
        plan.require_asked()
        return plan, client.interval_of(plan.source)


def require_askable(pieces: Iterable[tuple[str, Days, FetchPolicy]], settings: Settings) -> None:
    """Raise a UsageError if no contact is set, and lists or an archive of some days are public."""
    today = datetime.now(UTC).date()
    for name, days, policy in pieces:
        source = sources()[name]
        lists = source.discovery if not policy.only_archive and reached_days(source, days, today) else ()
        home = f"https://{source.hosts[0]}/" if source.hosts else ""
        asked = (home if isinstance(each, OwnLists) else each.url for each in lists)
        require_contact(filter(None, (settings.cdx_url, *asked)), settings)


@contextmanager
def _at_site(
    source: str, days: Days, policy: FetchPolicy, run: Run, on_wait: Callable[[str], None]
) -> Iterator[PoliteClient]:
    """The only client of this machine at a site, with the request budget of some days."""
    require_askable([(source, days, policy)], run.settings)
    budget = RequestBudget(run.settings.request_budget * (days.end - days.start).days)
    with site_locks([source], on_wait), PoliteClient.open(run.settings, budget=budget) as client:
        yield client


def _carry_out(plan: LivePlan, run: Run, client: PoliteClient, on_page: Callable[[Fetched], None]) -> RunReport:
    report = plan.report + _rebuilt(plan, run)
    if plan.archived:  # its rows may be new
        plan = with_addresses(plan, run.open_store())
    plan = replace(plan, listed=plan.listed.written_down(run.open_store()))
    log = FetchLog(plan)
    captures = list(plan.staged)
    size = sum(len(capture.body) for capture in captures)
    with stop_at_waits(), closing(_pages(plan, log, run, client, on_page)) as pages:
        for batch in spans("fetch", batched(pages, run.settings.archive_seconds)):
            came = [page.capture for page in batch if page.capture]
            plan.staging.put(came)
            captures += came
            size += sum(len(capture.body) for capture in came)
            if size >= LAND_BYTES:
                report += _land(captures, plan, log, run, is_last=False)
                captures, size = [], 0
    report += _land(captures, plan, log, run, is_last=True)
    if plan.discovered is not None:
        plan.discovered.state.save()
    plan.require_asked()
    return report + RunReport(requests=client.budget.used, unreached=_unreached(plan, Lake(run.open_store())))


def _rebuilt(plan: LivePlan, run: Run) -> RunReport:
    """What is archived, parsed again. Where the source is asked, the account says what lacks, not old rejections."""
    report = rebuild(plan.archived, run)
    if plan.discovered is None:
        return report
    return replace(report, captures=report.captures - report.rejected.total(), rejected=Counter())


def _unreached(plan: LivePlan, lake: Lake) -> Counter[PartitionId]:
    name, today = plan.source.name, plan.asked_at.date()
    first = plan.reached.start if plan.reached else today
    days = [day.isoformat() for day in plan.days if day < first and not plan.policy.only_archive]
    known = {day for kind in (ARTICLES, FETCHES) for _, day, _ in lake.partitions(name, kind)} if days else set()
    return Counter((name, day) for day in days if day not in known)


def _pages(
    plan: LivePlan, log: FetchLog, run: Run, client: PoliteClient, on_page: Callable[[Fetched], None]
) -> Generator[Fetched | None, None, None]:
    for page in _from_all(plan, log, run, client):
        if page:
            log.note_page(page)
        yield page
        if page:
            on_page(page)


def _from_all(plan: LivePlan, log: FetchLog, run: Run, client: PoliteClient) -> Iterator[Fetched | None]:
    if run.settings.cdx_url:
        yield from _from_index(plan, log, CdxIndex(run.settings), client)
    if not plan.policy.only_archive:
        wanted = ((url, plan.source) for url in log.missing)
        with closing(fetch_pages(wanted, client)) as pages:
            yield from pages


def _from_index(plan: LivePlan, log: FetchLog, index: CdxIndex, client: PoliteClient) -> Iterator[Fetched]:
    captures, alarms = index.captures(plan.source, plan.days, client)
    log.alarms += tuple(alarms)
    for each in captures:
        if log.has(each.url) or plan.captured.has_capture(each.url, each.captured_at):
            continue
        try:
            yield Fetched(each.url, index.get(each, client))
        except FetchError as error:
            yield Fetched(each.url, None, error)


def _land(captures: Sequence[Capture], plan: LivePlan, log: FetchLog, run: Run, *, is_last: bool) -> RunReport:
    captures, shared = without_shared_pages(captures)
    for page in shared:
        log.note_page(page)
    store = run.open_store()
    lake, archive = Lake(store), RawArchive(store)
    worker = f"{plan.days.start:%Y%m%d}-live"  # several batches of days of one run write raw objects
    with run.open_pool() as pool:
        parsed = archive_and_parse(captures, archive, pool, run_id=run.run_id, worker=worker)
    log.note_parsed(parsed)
    fetched = [each for each in parsed if each.archived.capture.captured_at_basis is CapturedAtBasis.LIVE]
    indexed = [each for each in parsed if each.archived.capture.captured_at_basis is not CapturedAtBasis.LIVE]
    report = land_outcomes(indexed, lake, run, mode="ingest") if indexed else RunReport()
    whole_days = log.whole_days() if is_last else ()
    report += land_outcomes(fetched, lake, run, mode="live", whole_days=whole_days, day_of=log.day_of)
    log.note_unfit(report.unfit)
    if is_last:
        report += log.settle(lake)
    plan.staging.clear()
    return report


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
    on_outcome: Callable[[UrlOutcome], None] = _ignore,
    on_wait: Callable[[str], None] = _ignore,
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
