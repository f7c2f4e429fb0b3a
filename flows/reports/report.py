"""What a run did or lacks, what a plan would do, what the quality gate found: the same lines everywhere."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from flows.reports.text import shown
from infra.lake.accounts import DaySummary
from infra.lake.day_states import Day, State
from infra.lake.suspects import SuspectDay
from parsers.record.article import NULL_PARTITION

if TYPE_CHECKING:
    from infra.work.run import RunReport  # takes longer to import than the rest, and `status` needs none of it


def summary_rows(report: "RunReport") -> Iterator[tuple[str, int]]:
    """Label and count of each line; reasons of rejection in falling order."""
    rows = [
        ("links found", report.discovered or None),
        *((f"  left out: {why}", count) for why, count in report.dropped.most_common()),
        ("requests", report.requests or None),
        ("captures", report.captures),
        ("  archived before", report.known or None),
        ("parsed", report.parsed),
        ("rejected", report.rejected.total()),
        *((f"  {reason}", count) for reason, count in report.rejected.most_common()),
        *((f"not fetched: {reason}", count) for reason, count in report.failed.most_common()),
        *((f"skipped: {kind}", count) for kind, count in report.skipped.most_common()),
        ("partitions written", report.partitions_written),
        ("partitions unchanged", report.partitions_unchanged),
    ]
    return ((label, count) for label, count in rows if count is not None)


SHARES = ("listed", "fetched", "parsed", "landed", "final", "refused", "pending")


def suspect_lines(days: Iterable[Day]) -> Iterator[str]:
    """What `newslake status` says below the grid: for each source what broke, since when, and what to do."""
    by_source: defaultdict[str, list[tuple[Day, SuspectDay]]] = defaultdict(list)
    for day in days:
        if day.suspect:
            by_source[day.source].append((day, day.suspect))
    for source, found in by_source.items():
        latest = found[-1][1]
        first = min(day.suspect_since or day.date for day, _ in found)
        number = "1 day" if len(found) == 1 else f"{len(found)} days"
        yield f"{source}: suspect since {first}: {number}, {sum(each.captures for _, each in found):,} captures"
        yield from (f"  {shown(finding.detail)}" for finding in latest.findings)
        if withheld := sum(each.withheld for _, each in found):
            yield f"  a reparse left {withheld:,} rows as they were, which it would have removed or worsened"
        yield from (f"  {line}" for line in _what_to_do(latest))


def _what_to_do(suspect: SuspectDay) -> Iterator[str]:
    url = next((sample.url for sample in suspect.samples if sample.url), None)
    if url:
        yield f"look at one:     newslake show '{shown(url)}'"
    yield f"see rejections:  newslake rejects --source {suspect.source}"
    yield f"after a repair:  newslake reparse {suspect.source} --start {suspect.date}"
    if suspect.withheld:
        yield f'or change them:  newslake reparse {suspect.source} --start {suspect.date} --accept "why it is right"'


SHOWN_DAYS = 10  # lines of one kind for a terminal; `newslake status --json` has all


def look_at(report: "RunReport", limit: float) -> Iterator[str]:
    """What a person should look at after a run, the most urgent first, with the commands to type."""
    yield from (f"look at this: {alarm}" for alarm in report.alarms)
    found = sorted(report.findings, key=lambda each: (each.severity, each.source, each.date, each.subject))
    yield from (f"{each.severity}: {each.source} {each.date}: {each.detail}" for each in found[:SHOWN_DAYS])
    if len(found) > SHOWN_DAYS:
        yield f"… and {len(found) - SHOWN_DAYS:,} more findings"
    if report.suspect_findings:
        yield "What was read has landed; `newslake status` says what to do."
    if report.withheld:
        yield (
            f"{report.withheld.total():,} rows stay as they were: the reparse would have removed or worsened them. To "
            "change them all the same: --accept REASON."
        )
    if report.lost_share > limit:
        kept = " Rejected pages are kept: see `newslake rejects`." if report.rejected else ""
        yield (
            f"{report.lost_share:.0%} of the pages gave no article, over the limit of {limit:.0%} "
            f"(NEWSLAKE_QUARANTINE_LIMIT).{kept}"
        )
    yield from _pending_lines(report)
    yield from _unreached_lines(report)


def _pending_lines(report: "RunReport") -> Iterator[str]:
    places = sorted(+report.pending)
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in report.pending_reasons.most_common())
    for source, day in places[:SHOWN_DAYS]:
        pending, listed = report.pending[source, day], report.listed[source, day]
        yield f"pending: {source} {day}: {pending:,} of {listed:,} pages ({reasons})"
    if len(places) > SHOWN_DAYS:
        yield f"pending: {len(places) - SHOWN_DAYS:,} more days"
    if places:
        days = [day for _, day in places]
        sources = " ".join(sorted({source for source, _ in places}))
        end = date.fromisoformat(max(days)) + timedelta(days=1)
        yield "Later runs and `newslake maintain` ask again. To ask now:"
        yield f"newslake backfill {sources} --start {min(days)} --end {end} --reprocess failed"


def _unreached_lines(report: "RunReport") -> Iterator[str]:
    by_source: dict[str, list[str]] = {}
    for source, day in sorted(report.unreached):
        by_source.setdefault(source, []).append(day)
    for source, days in by_source.items():
        missing = f"{days[0]} is" if len(days) == 1 else f"{len(days):,} days from {days[0]} to {days[-1]} are"
        yield (
            f"{source}: {missing} missing: its lists do not reach so far back, and nothing is archived. A web archive "
            "(NEWSLAKE_CDX_URL) or `newslake ingest` may have what is lacking."
        )


def funnel_rows(days: Iterable[Day]) -> list[dict[str, str | int]]:
    """How far the addresses of each day came, the latest day first; of a day without an account, what landed."""
    latest = sorted(sorted(days, key=lambda each: each.source), key=lambda each: each.date, reverse=True)
    return [{"source": day.source, "day": day.date, "state": day.state.value, **_funnel(day)} for day in latest]


def funnel_rows_of_sources(days: Iterable[Day]) -> list[dict[str, str | int]]:
    """How far the addresses of each source came in all of its days; sorted by source, as the days are."""
    rows: list[dict[str, str | int]] = []
    for source, mine in groupby(days, lambda day: day.source):
        funnels = [_funnel(day) for day in mine]
        sums = {share: sum(funnel[share] for funnel in funnels) for share in SHARES}
        rows.append({"source": source, "days": len(funnels), **sums})
    return rows


def _funnel(day: Day) -> dict[str, int]:
    account = day.account or DaySummary(landed=day.articles)
    return {share: getattr(account, share) for share in SHARES}


def partial_lines(days: Sequence[Day]) -> Iterator[str]:
    """Why days are partial, the latest first."""
    partial = [
        day
        for day in reversed(days)
        if day.state is State.DAMAGED or (day.account and not day.is_whole and day.date != NULL_PARTITION)
    ]
    for day in partial[:SHOWN_DAYS]:
        yield f"{day.source} {day.date}: {_why(day)}"
    if len(partial) > SHOWN_DAYS:
        yield f"… and {len(partial) - SHOWN_DAYS:,} more partial days (--json has all)"


def _why(day: Day) -> str:
    account = day.account
    if day.state is State.DAMAGED:
        return "damaged; `newslake verify` names the object and the remedy"
    if account is None:
        return "no list was read"
    told = []
    if account.pending:
        due = f", the next due {account.next_due_at:%Y-%m-%d %H:%M} UTC" if account.next_due_at else ""
        told.append(f"{account.pending:,} of {account.listed:,} pages are pending{due}")
    if day.lost:
        told.append(f"{day.lost:,} articles that landed are not in the lake any more; run the day again")
    if account.lists.read_at is None:
        told.append("articles came with the lists of other days; its own were not read")
    elif account.lists.lacking:
        told.append(f"not read whole: {'; '.join(account.lists.lacking)}")
    elif not told:
        told.append("its lists were read before it ended")
    return "; ".join(told)
