"""What a run or a day lacks, for people: the same lines in a terminal, in Prefect's log and on the page of a run."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from infra.lake.accounts import DaySummary
from infra.lake.day_states import Day, State
from infra.work.run_report import RunReport
from parsers.record.article import NULL_PARTITION

SHOWN_DAYS = 10  # lines of one kind for a terminal; `newslake status --json` has all


def look_at(report: RunReport, limit: float) -> Iterator[str]:
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


def _pending_lines(report: RunReport) -> Iterator[str]:
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


def _unreached_lines(report: RunReport) -> Iterator[str]:
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
    rows: list[dict[str, str | int]] = []
    for day in sorted(sorted(days, key=lambda each: each.source), key=lambda each: each.date, reverse=True):
        account = day.account or DaySummary(landed=day.articles)
        rows.append(
            {
                "source": day.source,
                "day": day.date,
                "state": day.state.value,
                "listed": account.listed,
                "fetched": account.fetched,
                "parsed": account.parsed,
                "landed": account.landed,
                "final": account.final,
                "refused": account.refused,
                "pending": account.pending,
            }
        )
    return rows


def partial_lines(days: Sequence[Day]) -> Iterator[str]:
    """Why days are partial, the latest first."""
    partial = [day for day in reversed(days) if _is_partial(day)]
    for day in partial[:SHOWN_DAYS]:
        yield f"{day.source} {day.date}: {_why(day)}"
    if len(partial) > SHOWN_DAYS:
        yield f"… and {len(partial) - SHOWN_DAYS:,} more partial days (--json has all)"


def _is_partial(day: Day) -> bool:
    return day.state is State.DAMAGED or (day.account is not None and not day.is_whole and day.date != NULL_PARTITION)


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
