"""What there is to repair, as rows of a table: for Prefect's UI and for a terminal."""

from infra.upkeep.repair import Repairs


def repair_rows(repairs: Repairs) -> list[dict[str, str]]:
    """A row for each day to repair, each gap that is left, and each source that has gone quiet; one if all is well.

    Args:
        repairs: from `infra.upkeep.repair.plan_repairs`.
    """
    rows = [_row(each.source, each.day.isoformat(), each.state.value, "repair") for each in repairs.planned]
    rows += [_row(gap.source, gap.days.described(), "missing", f"left: {gap.remedy}") for gap in repairs.gaps]
    rows += [_row(finding.source, finding.date, "quiet", finding.detail) for finding in repairs.stale]
    return rows or [_row("all", "", "as it should be", "nothing")]


def _row(source: str, days: str, state: str, action: str) -> dict[str, str]:
    return {"source": source, "days": days, "state": state, "action": action}
