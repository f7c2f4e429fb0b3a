"""What came of the addresses of a plan: the rows of the accounts of its days, and the run's report."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final

from infra.intake.web.fetching import FetchError, FetchReason
from infra.lake.accounts import DayAccount, DaySummary, ListsRead, row_key, write_account
from infra.lake.changes import Changes
from infra.lake.fetches import Fetch, FetchOutcome
from infra.lake.lake import Lake
from infra.lake.landing import CAPTURE, captures_of, land_rejects
from infra.lake.partition import FETCHES, REJECTS, read_rows
from infra.lake.rejects import RejectState
from infra.lake.rows import PartitionId
from infra.store.object_store import ObjectStore
from infra.work.live.fetch_pages import Fetched
from infra.work.live.listed import PAGE_STATUSES, Address
from infra.work.live.plan import LivePlan
from infra.work.live.verdicts import GONE, Verdict, after, given_up, verdict_of_error, verdict_of_outcome
from infra.work.run import ParsedCapture, RunReport, Sample, Samples
from parsers.record.capture import CaptureIdentity
from parsers.record.outcome import Parsed, Rejected, RejectReason

MOST: Final = 0.5  # of a day's pages: lists name a page or two that is gone, but never most of what they have


class FetchLog:
    """Notes what happens to the addresses of a plan; `alarms` are for a person."""

    def __init__(self, plan: LivePlan) -> None:
        self.alarms: tuple[str, ...] = ()
        self._plan = plan
        self._came = {row_key(capture.url) for capture in plan.staged if capture.url}
        self._errors = dict[str, tuple[str, FetchError]]()  # by key: address and error
        self._parsed = dict[str, ParsedCapture]()
        self._unfit: Collection[str] = ()

    def note_page(self, page: Fetched) -> None:
        """Note the answer to a request."""
        key = row_key(page.url)
        if page.capture:
            self._came.add(key)
        if page.error:
            self._errors[key] = page.url, page.error
            if page.error.reason is FetchReason.SHARED_PAGE:  # found out once all pages have come
                self._came.discard(key)
        elif page.capture:
            self._errors.pop(key, None)  # the web archive had what the site did not give, or the other way round

    def note_parsed(self, parsed: Iterable[ParsedCapture]) -> None:
        """Note what the parsers made of the pages."""
        for each in parsed:
            if each.archived.capture.url:
                self._parsed[row_key(each.archived.capture.url)] = each

    def note_unfit(self, article_ids: Collection[str]) -> None:
        """Note articles that were parsed, and did not fit the schema."""
        self._unfit = {*self._unfit, *article_ids}

    def has(self, url: str) -> bool:
        """Whether the page of an address was captured, now or before."""
        key = row_key(url)
        return key in self._came or key in self._plan.captured.pages

    @property
    def missing(self) -> list[str]:
        """Addresses to ask for that have no page yet, in the order in which to ask for them."""
        return [row.url for row in self._plan.wanted if row_key(row.url) not in self._came]

    def day_of(self, parsed: ParsedCapture) -> PartitionId:
        """The day of a page's link; for pages without a link the day on which they were got."""
        listed = self._plan.listed.addresses.get(row_key(parsed.archived.capture.url or ""))
        return (self._plan.source.name, listed.day) if listed else parsed.day_got

    def whole_days(self) -> list[PartitionId]:
        """Past days of which nothing is lacking once what is known now has landed."""
        by_day: defaultdict[str, dict[str, Fetch]] = defaultdict(dict)
        for key, (row, day) in self._rows().items():
            by_day[day][key] = row
        lists = {day: self._lists(day) for day in self._plan.days}
        return [
            (self._plan.source.name, day.isoformat())
            for day in self._plan.days
            if DayAccount(by_day[day.isoformat()], lists[day]).summary.is_whole(day)
        ]

    def settle(self, lake: Lake) -> RunReport:
        """Write the accounts of the plan's days, close the rejections of what was got at last, and report."""
        rows = self._rows()
        name = self._plan.source.name
        days = self._save(lake.store, rows)
        close_rejects(lake.store, name, dict(self._got_at_last(rows)), self._plan.source.parser_version)
        pending = [(row, day) for row, day in rows.values() if row.outcome == FetchOutcome.PENDING]
        gone = Counter(day for row, day in pending if row.http_status in GONE)
        of_day = Counter(day for _, day in rows.values())
        mostly_gone = {day for day, count in gone.items() if count > MOST * of_day[day]}
        return self._report() + RunReport(
            listed=Counter({(name, day): summary.listed for day, summary in days.items()}),
            pending=Counter((name, day) for _, day in pending),
            kept_back=Counter((name, day) for row, day in pending if row.http_status not in GONE or day in mostly_gone),
            pending_reasons=Counter(_reason(row) for row, _ in pending),
        )

    def _rows(self) -> dict[str, tuple[Fetch, str]]:
        now = datetime.now(UTC)
        return {key: self._row(key, address, now) for key, address in self._plan.listed.addresses.items()}

    def _row(self, key: str, address: Address, now: datetime) -> tuple[Fetch, str]:
        row, day = address.row, address.day
        on, source = date.fromisoformat(day), self._plan.source
        parsed, (_, error) = self._parsed.get(key), self._errors.get(key, ("", None))
        verdict = _verdict(row, parsed, error)
        if verdict is None:
            return given_up(row, now, source=source, day=on), day
        if verdict.article_id in self._unfit:
            reason = RejectReason.INVALID_RECORD
            verdict = Verdict(FetchOutcome.FINAL, reason, reason.meaning, verdict.http_status)
        at = parsed.archived.capture.captured_at if parsed else now
        changed = after(row, verdict, at, source=source, day=on)
        if parsed and parsed.archived.capture.http_status in PAGE_STATUSES:
            changed = replace(changed, fetched_at=at)
        if changed.article_id and parsed and parsed.partition:
            day = parsed.partition[1]
        return changed, day

    def _lists(self, day: date) -> ListsRead:
        plan = self._plan
        if plan.discovered is None or plan.reached is None or day < plan.reached.start:
            return ListsRead()
        lacking = plan.lacking_of(day)
        return ListsRead(plan.asked_at, None if lacking else plan.asked_at, lacking)

    def _save(self, store: ObjectStore, rows: dict[str, tuple[Fetch, str]]) -> dict[str, DaySummary]:
        """Write the accounts; what those of the plan's days are now. Rows that move are never missing in between."""
        source, listed = self._plan.source.name, self._plan.listed.addresses
        new: defaultdict[str, list[Fetch]] = defaultdict(list)
        moved: defaultdict[str, set[str]] = defaultdict(set)
        for key, (row, day) in rows.items():
            before = listed[key].account
            if before != day or row != listed[key].row or listed[key].is_changed:
                new[day].append(row)
            if before and before != day:
                moved[before].add(key)
        asked = {day.isoformat(): lists for day in self._plan.days if (lists := self._lists(day)).read_at}
        days = {day.isoformat() for day in self._plan.days}
        summaries = {}
        with Changes(store) as changes:
            changes.expect(FETCHES.key(source, day) for day in {*new, *asked, *moved})
            for day in sorted({*new, *asked}):
                account = write_account(changes, source, day, new[day], lists=asked.get(day))
                summaries[day] = account.summary
            for day, keys in sorted(moved.items()):
                summaries[day] = write_account(changes, source, day, (), moved=keys).summary
        return {day: summary for day, summary in summaries.items() if day in days}

    def _got_at_last(self, rows: dict[str, tuple[Fetch, str]]) -> Iterator[tuple[str, tuple[datetime, datetime]]]:
        """Addresses whose article came at last: since when they were asked for in vain, and when it came."""
        for key, (row, _) in rows.items():
            listed = self._plan.listed.addresses[key]
            since = listed.row.first_asked_at
            is_new = key in self._parsed or listed.is_changed
            if since and is_new and row.outcome == FetchOutcome.LANDED and row.fetched_at:
                yield key, (since, row.fetched_at)

    def _report(self) -> RunReport:
        failed, samples = Counter[str](), Samples()
        for key, (url, error) in self._errors.items():
            if key not in self._came:
                failed[error.reason.value] += 1
                sample = Sample(self._plan.source.name, url, error.detail)
                samples += Samples({error.reason.value: (sample,)})
        alone = Counter(error.detail for _, error in self._errors.values() if error.reason is FetchReason.HOST_DOWN)
        told = (f"{why}: left alone for the rest of this run, {count:,} pages wait" for why, count in alone.items())
        return RunReport(failed=failed, samples=samples, alarms=(*self.alarms, *told))


def _reason(row: Fetch) -> str:
    """Why a page is pending, for a person: a status by its number, since a block is another matter than a lost page."""
    is_status = row.reason in (FetchReason.STATUS, RejectReason.HTTP_STATUS)
    return f"{row.reason} {row.http_status}" if is_status else str(row.reason)


def _verdict(row: Fetch, parsed: ParsedCapture | None, error: FetchError | None) -> Verdict | None:
    if parsed is None:
        return verdict_of_error(error) if error else None
    outcome, status = parsed.outcome, parsed.archived.capture.http_status
    is_challenge = isinstance(outcome, Rejected) and outcome.reason is RejectReason.CHALLENGE
    if error and not isinstance(outcome, Parsed) and not is_challenge:
        return verdict_of_error(error)  # a challenge comes with a status, and says more than it
    return verdict_of_outcome(outcome, status, cut=parsed.archived.capture.truncated, before=row)


def close_rejects(store: ObjectStore, source: str, got: Mapping[str, tuple[datetime, datetime]], version: int) -> None:
    """Close the open rejections of earlier captures of some addresses, by row key; `version` is that of the parser."""
    if not got:
        return
    first = min(since for since, _ in got.values()).date().isoformat()
    last = max(at for _, at in got.values()).date().isoformat()
    prefix = REJECTS.key(source, first).partition("date=")[0]
    nothing = REJECTS.schema.empty_table()
    with Changes(store) as changes:
        for info in list(store.list(prefix)):
            place = REJECTS.parse_key(info.key)
            if place and first <= place[1] <= last:
                closed = dict.fromkeys(_made_up_for(read_rows(store, REJECTS, *place), got), version)
                changes.merge(info.key, partial(land_rejects, new=nothing, closed=closed, name=info.key))


def _made_up_for(table: Any, got: Mapping[str, tuple[datetime, datetime]]) -> Iterator[CaptureIdentity]:
    """Captures of open rejections that later captures of their addresses make up for."""
    captures = captures_of(table.select(list(CAPTURE)))
    for capture, state in zip(captures, table["state"].to_pylist(), strict=True):
        page = got.get(row_key(capture.url)) if capture.url else None
        if page and state == RejectState.OPEN and capture.captured_at < page[1]:
            yield capture
