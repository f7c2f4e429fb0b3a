"""What a run did, and what a backfill or a repair would do, as rows and tables for people."""

from collections.abc import Iterator, Sequence

from infra.upkeep.repair import Repairs
from infra.work.backfill.plan import Action, PlannedDay, totals
from infra.work.run import RunReport


def summary_rows(report: RunReport) -> Iterator[tuple[str, int]]:
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


def plan_rows(planned: Sequence[PlannedDay]) -> list[dict[str, object]]:
    """A backfill's plan in the order of the work, without days that need nothing."""
    return [
        {
            "source": each.source,
            "day": each.day.isoformat(),
            "state": each.state.value,
            "action": each.action.value,
            "requests": "unknown" if each.requests is None else each.requests,
        }
        for each in planned
        if each.action is not Action.NOTHING
    ]


def plan_summary(planned: Sequence[PlannedDay]) -> str:
    """One line: days by action, and about how many requests."""
    counts = totals(planned)
    unknown = sum(each.requests is None for each in planned)
    return (
        f"{len(planned):,} {'day' if len(planned) == 1 else 'days'}: "
        f"{counts['fetch']:,} to fetch, {counts['parse']:,} to parse from the archive, "
        f"{counts['nothing']:,} complete; about {counts['requests']:,} requests"
        + (f", not counting {unknown:,} days whose number of articles is unknown" if unknown else "")
    )


def repair_rows(repairs: Repairs) -> list[dict[str, str]]:
    """A row for old partitions, each day to repair, and each gap that is left; one if all is well."""
    rows = [("all", "", "old", f"write {len(repairs.old)} partitions anew")] if repairs.old else []
    rows += [(each.source, each.day.isoformat(), each.state.value, "repair") for each in repairs.planned]
    rows += [(gap.source, gap.days.described(), "missing", f"left: {gap.remedy}") for gap in repairs.gaps]
    columns = ("source", "days", "state", "action")
    return [dict(zip(columns, row, strict=True)) for row in rows or [("all", "", "complete", "nothing")]]
