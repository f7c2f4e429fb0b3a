"""The accounts of days, for people: how many addresses came how far, and what is still pending."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from infra.lake.day_states import Day, State
from infra.work.run_report import RunReport
from parsers.record.article import NULL_PARTITION

SHOWN_DAYS = 10  # lines for a terminal; `newslake status --json` has all


def lacking_lines(report: RunReport) -> Iterator[str]:
    """What a run left pending, day by day, why, and how to ask at once; and days that nobody lists."""
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
        yield "Later runs and `newslake maintain` ask again. To ask now: "
        yield f"  newslake backfill {sources} --start {min(days)} --end {end} --reprocess failed"


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


def funnel_rows(days: Iterable[Day]) -> list[Mapping[str, object]]:
    """How far the addresses of each day came, the latest day first, for days that have an account."""
    found = [(day, day.account) for day in days if day.account]
    found.sort(key=lambda each: (each[0].date, each[0].source), reverse=True)
    return [
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
        for day, account in found
    ]


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
