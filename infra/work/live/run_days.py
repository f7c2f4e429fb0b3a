"""Carry out what was planned for some days of one source: land what is archived, fetch the rest, land it too.

The bytes of every page are staged before anything parses them, and archived before any row points to them. A run that
is killed in between leaves pages that no row knows; the next run of the source lands them without a request.
"""

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from datetime import UTC, date, datetime
from typing import Final

from infra.archive.raw_archive import RawArchive
from infra.archive.staging import Staging
from infra.base.choices import Preference
from infra.base.days import Days
from infra.intake.cdx.index import CdxIndex
from infra.intake.web.fetching import FetchError
from infra.intake.web.polite_client import PoliteClient
from infra.intake.web.politeness import RequestBudget
from infra.lake.lake import Lake, PartitionId
from infra.lake.partition import Coverage
from infra.work.land_outcomes import land_outcomes
from infra.work.live.fetch_pages import Fetched, fetch_pages
from infra.work.live.page_batches import batched
from infra.work.live.plan import FetchPolicy, LivePlan, make_plan
from infra.work.live.unlanded import alias_key, note_keys
from infra.work.reparse.reparse import rebuild
from infra.work.run import ParsedCapture, Run, folder_of
from infra.work.run_report import RunReport
from infra.work.samples import Sample, Samples
from parsers.fields.urls import address_key
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Parsed

# A day is landed as a whole, so that it is judged as a whole. 256 MB hold a thousand pages; what is more lands before.
LAND_BYTES: Final = 256 << 20


def run_days(
    plan: LivePlan, run: Run, client: PoliteClient, *, on_page: Callable[[Fetched], None] = lambda _: None
) -> RunReport:
    """Land what is archived, then fetch, archive and land what is not.

    Args:
        plan: from `make_plan`.
        run: the run.
        client: asks.
        on_page: called with each address that was asked for.

    Raises:
        NewslakeError: the lake cannot be read or written; or nothing that lists what the source published can be had.
    """
    before = client.budget.used
    report = plan.report + rebuild(plan.archived, run)
    if not plan.order.rebuild:
        plan.captured.note_parsed(run.open_store())
    index = CdxIndex.from_settings(run.settings)
    asked = _Asked(plan, on_page)
    if index and plan.order.prefer is Preference.ARCHIVE:
        report += _land_indexed(index, asked, plan, client, run)
    if not plan.order.only_archive:
        pages = fetch_pages(((url, plan.source) for url in asked.missing), client, lambda: datetime.now(UTC))
        report += _land(asked.noted(pages), "live", plan, run, asked)
    if index and plan.order.prefer is Preference.NETWORK:
        late = _land_indexed(index, asked, plan, client, run)
        report += late
        if late.captures:  # days that the site left incomplete may be whole now
            report += _file([], "live", plan, run, asked, report.articles)
    if plan.discovered is not None:
        plan.discovered.state.save()
    plan.require_asked()
    return report + asked.report + RunReport(requests=client.budget.used - before)


def open_client(run: Run, days: Days) -> AbstractContextManager[PoliteClient]:
    """A client that may send as many requests as some days of a source are allowed.

    Args:
        run: the run.
        days: publication days.
    """
    limit = run.settings.request_budget * (days.end - days.start).days
    return PoliteClient.open(run.settings, budget=RequestBudget(limit))


def run_days_of(
    name: str,
    days: Days,
    order: FetchPolicy,
    run: Run,
    *,
    today: date,
    on_page: Callable[[Fetched], None] = lambda _: None,
) -> RunReport:
    """Plan some days of one source and carry it out.

    Args:
        name: of the source.
        days: publication days.
        order: what is wanted.
        run: the run.
        today: the present day, UTC.
        on_page: called with each address that was asked for.

    Raises:
        NewslakeError: the lake cannot be read or written.
    """
    with open_client(run, days) as client:
        plan = make_plan(name, days, order, store=run.open_store(), client=client, today=today)
        return run_days(plan, run, client, on_page=on_page)


class _Asked:
    """What became of the addresses that a plan wants."""

    def __init__(self, plan: LivePlan, on_page: Callable[[Fetched], None]) -> None:
        self._plan = plan
        self._on_page = on_page
        self._kept: set[str | None] = set()  # by address key: an index may write the same address otherwise
        self._errors: dict[str, FetchError] = {}
        by_day = plan.links_by_day() if plan.discovered else {}
        self._days = {
            address_key(link.url): (plan.source.name, day.isoformat())
            for day, links in by_day.items()
            for link in links
        }
        self._fetched: Counter[PartitionId] = Counter()

    def noted(self, pages: Generator[Fetched | None, None, None]) -> Generator[Fetched | None, None, None]:
        """Pass pages on, and remember which came."""
        for page in pages:
            if page is None:
                yield None
                continue
            if page.capture:
                self._kept.add(address_key(page.url))
                if place := self._days.get(address_key(page.url)):
                    self._fetched[place] += 1
            if page.error:
                self._errors[page.url] = page.error
            yield page
            self._on_page(page)  # may end the run: not before the page is in safe hands

    @property
    def missing(self) -> list[str]:
        """Wanted addresses of which nothing came yet, in order."""
        return [link.url for link in self._plan.wanted if not self._has(link.url)]

    @property
    def report(self) -> RunReport:
        """What came, and why those gave nothing that were asked for in vain; by the day that their links are of."""
        name = self._plan.source.name
        failed, missed, samples = Counter[str](), Counter[PartitionId](), Samples()
        for url, error in self._errors.items():
            if not self._has(url):
                failed[error.reason.value] += 1
                missed.update(filter(None, [self._days.get(address_key(url))]))
                samples += Samples.one(error.reason.value, Sample(name, url, error.detail))
        return RunReport(failed=failed, fetched=self._fetched, missed=missed, samples=samples)

    def day_of(self, examined: ParsedCapture) -> PartitionId:
        """The day that the link of a page was said to be of; of others the day on which they were got."""
        return self._days.get(address_key(examined.archived.capture.url)) or examined.day_got

    def coverage(self, parsed: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], Coverage]:
        """What can be said of the plan's days.

        Nothing where a feed could not be read: a day is empty only if everything that lists it was seen. Addresses that
        will never give a page (disallowed, off site) do not make a day incomplete.

        Args:
            parsed: articles by (source, publication day).
        """
        plan = self._plan
        if plan.discovered is None or not plan.lists_were_read:
            return {}
        name = plan.source.name
        wanted = {link.url for link in plan.wanted}
        coverage = {}
        for day, links in plan.links_by_day().items():
            if day >= plan.today:
                continue  # nobody has seen the day as a whole: should no run come after it, it counts as missing
            open_urls = [link.url for link in links if not self._refused_for_good(link.url)]
            kept = sum(self._has(url) or url not in wanted for url in open_urls)
            key = name, day.isoformat()
            coverage[key] = Coverage(discovered=len(open_urls), captured=kept, parsed=parsed.get(key, 0))
        return coverage

    def _has(self, url: str) -> bool:
        return address_key(url) in self._kept

    def _refused_for_good(self, url: str) -> bool:
        error = self._errors.get(url)
        return error is not None and error.reason.lasting and not self._has(url)


def _land_indexed(index: CdxIndex, asked: _Asked, plan: LivePlan, client: PoliteClient, run: Run) -> RunReport:
    """Pages of the index that the archive lacks; where the source was asked first, only those that it did not give."""
    indexed = index.captures(plan.source, plan.days, client)
    missing = {address_key(url) for url in asked.missing}
    anything = plan.order.prefer is Preference.ARCHIVE or plan.discovered is None
    wanted = [
        each
        for each in indexed.captures
        if not plan.captured.has(each.url)
        and not plan.captured.has_capture(each.url, each.captured_at)
        and (anything or address_key(each.url) in missing)
    ]

    def pages() -> Generator[Fetched | None, None, None]:
        for each in wanted:
            try:
                yield Fetched(each.url, index.get(each, client))
            except FetchError as error:
                yield Fetched(each.url, None, error)

    return _land(asked.noted(pages()), "ingest", plan, run) + RunReport(alarms=indexed.alarms)


def _land(
    pages: Generator[Fetched | None, None, None], mode: str, plan: LivePlan, run: Run, asked: _Asked | None = None
) -> RunReport:
    """Stage and parse pages, then archive and land them: at the end, or when much has come.

    Args:
        pages: as they come in.
        mode: `live` or `ingest`: where they come from.
        plan: what they are of.
        run: the run.
        asked: knows what can be said of whole days afterwards; None where nothing can.
    """
    store = run.open_store()
    staging, archive, lake = Staging(store, plan.source.name), RawArchive(store), Lake(store)
    report, size = RunReport(), 0
    day_of = asked.day_of if asked else _day_got
    aliases: set[str] = set()
    gathered: list[tuple[Capture, Outcome]] = []
    with closing(pages), run.open_pool() as pool:
        for batch in batched(pages, run.settings.archive_seconds):
            captures = [page.capture for page in batch if page.capture]
            staging.put(captures)
            gathered += pool.parse(captures)
            size += sum(len(capture.body) for capture in captures)
            if size >= LAND_BYTES:
                examined = _archived(gathered, archive, staging, run.run_id, _writer(plan, mode))
                aliases.update(filter(None, map(_alias_key, examined)))
                report += land_outcomes(examined, lake, run, mode=mode, day_of=day_of)
                gathered, size = [], 0
    examined = _archived(gathered, archive, staging, run.run_id, _writer(plan, mode))
    aliases.update(filter(None, map(_alias_key, examined)))
    report += _file(examined, mode, plan, run, asked, report.articles)
    note_keys(store, plan.source.name, aliases)
    return report


def _archived(
    gathered: Sequence[tuple[Capture, Outcome]], archive: RawArchive, staging: Staging, run_id: str, worker: str
) -> list[ParsedCapture]:
    """Staged pages into the archive, in one raw object a day, just before rows point to it."""
    placed = [(folder_of(capture, outcome), capture) for capture, outcome in gathered]
    archived = archive.add(placed, run_id=run_id, worker=worker)
    staging.clear()
    return [ParsedCapture(each, outcome) for each, (_, outcome) in zip(archived, gathered, strict=True)]


def _file(
    gathered: list[ParsedCapture],
    mode: str,
    plan: LivePlan,
    run: Run,
    asked: _Asked | None,
    landed: Counter[PartitionId],
) -> RunReport:
    """Land the last pages, and say what can be said of whole days; `landed`: articles that came before them."""
    parsed = landed + Counter(each.partition for each in gathered if each.partition)
    coverage = asked.coverage(parsed) if asked else {}
    whole_days = _whole_days(coverage, plan.today)
    day_of = asked.day_of if asked else _day_got
    lake = Lake(run.open_store())
    return land_outcomes(gathered, lake, run, mode=mode, coverage=coverage, whole_days=whole_days, day_of=day_of)


def _day_got(examined: ParsedCapture) -> PartitionId:
    return examined.day_got


def _alias_key(examined: ParsedCapture) -> str | None:
    if not isinstance(examined.outcome, Parsed):
        return None
    article = examined.outcome.article
    return alias_key(article.source, examined.archived.capture, article.canonical_url)


def _whole_days(coverage: Mapping[tuple[str, str], Coverage], today: date) -> list[tuple[str, str]]:
    """Days that are over, and of which every page that was found is archived."""
    return [
        (source, day)
        for (source, day), counts in coverage.items()
        if day < today.isoformat() and counts.captured >= counts.discovered
    ]


def _writer(plan: LivePlan, mode: str) -> str:
    """Part of the names of raw objects: two chunks of days of one run must not take the same."""
    return f"{plan.days.start:%Y%m%d}-{mode}"
