"""What a backfill or a repair would do, as rows for people, and how far a batch of it is."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Self

from flows.reports.text import counted
from infra.upkeep.repair import Repairs
from infra.work.backfill.plan import Action, PlannedDay, totals


def plan_rows(planned: Sequence[PlannedDay]) -> list[dict[str, object]]:
    """A backfill's plan in the order of the work, without days that need nothing."""
    return [
        {**asdict(each), "day": f"{each.day}", "requests": "unknown" if each.requests is None else each.requests}
        for each in planned
        if each.action is not Action.NOTHING
    ]


def plan_summary(planned: Sequence[PlannedDay]) -> str:
    """One line: days by action, and about how many requests."""
    counts = totals(planned)
    unknown = sum(each.requests is None for each in planned)
    return (
        f"{counted(len(planned), 'day')}: "
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


class BatchProgress:
    """Counts pages, and at the end of its block the rest; `advance` takes a share of 1 and what was done."""

    def __init__(self, label: str, advance: Callable[[float, str], None]) -> None:
        self._label = label
        self._advance = advance
        self._asked = 0
        self.pages = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._advance(1 - (self._asked / self.pages if self.pages else 0), f"{self._label}: done")

    def page(self, _: object) -> None:
        """Count one of its `pages`."""
        if self._asked < self.pages:
            self._asked += 1
            self._advance(1 / self.pages, f"{self._label}: {self._asked:,} of {self.pages:,} pages")
