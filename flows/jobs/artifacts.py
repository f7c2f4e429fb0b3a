"""What Prefect shows of a run: its progress, a page, a table of days and log lines."""

import time
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from math import ceil
from threading import Lock
from typing import Any, Final

import httpx
from prefect import get_run_logger
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.exceptions import PrefectException

from flows.jobs.alerts import emit_findings
from flows.reports.grid import calendar
from flows.reports.plan import plan_rows, plan_summary
from flows.reports.report import funnel_rows, look_at, summary_rows, suspect_lines
from flows.reports.text import cell, counted
from infra.base.days import Days, is_within
from infra.lake.day_states import Day, day_grid
from infra.lake.suspects import suspect_days
from infra.work.backfill.plan import BackfillRequest, PlannedDay
from infra.work.live.plan import LivePlan
from infra.work.run import Run, RunReport
from parsers.record.article import NULL_PARTITION
from parsers.record.outcome import RejectReason

SHOWN_ROWS = 1_000  # of a table artifact: 150 kB; `newslake status --json` has all
MOST_SHOWN = timedelta(days=92)  # of the calendar, the latest
SECONDS: Final = 1.0  # between updates: each costs the server 18 ms (measured), and nobody reads faster
WHOLE: Final = 100.0  # per cent, as Prefect counts


class Progress:
    """The progress artifact of the current flow run, for several threads; `total` is in the unit of `advance`."""

    def __init__(self, key: str, total: float) -> None:
        self._total = total
        self._done = 0.0
        self._lock = Lock()
        self._shown_at = time.monotonic()
        # Prefect gives a coroutine inside of an event loop, where no flow of ours runs.
        self._artifact: Any = create_progress_artifact(0.0 if total else WHOLE, key=key, description="just begun")

    def advance(self, amount: float, said: str) -> None:
        """Count work done and show what it was, once a second and at the end."""
        with self._lock:
            self._done = min(self._total, self._done + amount)
            complete = self._done >= self._total - 1e-6  # sums of thirds and sevenths
            now = time.monotonic()
            if now - self._shown_at < SECONDS and not complete:
                return
            self._shown_at = now
            share = WHOLE if complete else round(WHOLE * self._done / self._total, 1)
        try:
            update_progress_artifact(self._artifact, share, "all done" if complete else said)
        except (httpx.HTTPError, PrefectException) as error:
            get_run_logger().debug("progress not shown: %s", error)


def publish(key: str, report: RunReport, run: Run, names: Collection[str] = (), days: Days | None = None) -> None:
    """Publish what a run did, for the requested sources and days and all that the report mentions."""
    logger = get_run_logger()
    logger.info("%s", report.summary() if report.captures else "nothing to do: no capture was found")
    for line in look_at(report, run.settings.quarantine_limit):
        logger.warning("%s", line)
    if report.findings:
        emit_findings(report.findings, suspect_days(run.open_store()))
    touched = touched_days(report)
    period = days or period_of(touched)
    wanted = {*names, *(source for source, _ in touched)}
    grid = day_grid(run.open_store(), period.start, period.end, wanted) if period and wanted else []
    rows = [day for day in grid if days or (day.source, day.date) in touched]
    create_table_artifact(funnel_rows(rows)[:SHOWN_ROWS], key=f"{key}-days", description="The lake after this run")
    shown = [day for day in grid if period and is_within(day.date, max(period.start, period.end - MOST_SHOWN), None)]
    create_markdown_artifact(run_page(report, shown, run), key=key, description=report.summary())


def touched_days(report: RunReport) -> list[tuple[str, str]]:
    """Each (source, day) that a run's report mentions, in order; by day of capture where nothing gave an article."""
    return sorted({*report.articles, *report.listed, *report.withheld} or {*report.got})


def period_of(places: Sequence[tuple[str, str]]) -> Days | None:
    """The days from the first to the last; None if none has a date."""
    dated = [date.fromisoformat(day) for _, day in places if day != NULL_PARTITION]
    return Days(min(dated), max(dated) + timedelta(days=1)) if dated else None


def publish_plan(planned: Sequence[PlannedDay], request: BackfillRequest, reason: str) -> None:
    """Publish what a backfill is going to do, and the user's reason."""
    summary = f"{request.days.described()}, {request.reprocess.value}: {plan_summary(planned)}"
    summary += f". Reason: {reason or 'none given'}"
    get_run_logger().info("%s", summary)
    create_table_artifact(plan_rows(planned)[:SHOWN_ROWS], key="backfill-plan", description=summary)


def publish_links(plan: LivePlan, interval: float, source: str, days: Days) -> None:
    """Publish what a run would fetch, and how long that would take."""
    links = plan.wanted
    took = f"about {counted(ceil(len(links) * interval / 60), 'minute')} at one request every {interval:g} s"
    summary = f"{source}, {days.described()}: {plan.summary()}; {took}"
    get_run_logger().info("%s", summary)
    rows = [{"published": f"{link.hint:%Y-%m-%d %H:%M}" if link.hint else "", "address": link.url} for link in links]
    create_table_artifact(rows[:SHOWN_ROWS], key="run-plan", description=summary)


LONGEST_DETAIL: Final = 160  # characters of what is wrong with a sample
MEANING: Final = {reason.value: reason.meaning for reason in RejectReason}


def run_page(report: RunReport, grid: Sequence[Day], run: Run) -> str:
    """The page of a run; `grid` has the days to show."""
    sections = [f"Run `{run.run_id}` on lake `{run.settings.lake}`"]
    if grid:
        sections.append("\n".join(["```", *(line.plain.rstrip() for line in calendar(grid)), "```"]))
    if lines := [*look_at(report, run.settings.quarantine_limit), *suspect_lines(grid)]:
        sections.append("\n".join(["## Look at this", "", *(f"- {cell(line)}" for line in lines)]))
    rows = ((label.replace("  ", "&nbsp;&nbsp;&nbsp;"), f"{count:,}") for label, count in summary_rows(report))
    counts = ["## Counts", "", "| | |", "|:--|--:|", *(f"| {label} | {count} |" for label, count in rows)]
    return "\n\n".join([*sections, *_samples(report), "\n".join(counts)])


def _samples(report: RunReport) -> Iterator[str]:
    counts = report.rejected + report.failed
    if not report.samples.by_reason:
        return
    yield "## What gave no article"
    for reason, samples in sorted(report.samples.by_reason.items(), key=lambda each: (-counts[each[0]], each[0])):
        meaning = f": {MEANING[reason]}" if reason in MEANING else ": not fetched"
        yield f"**{reason}**, {counted(counts[reason], 'page')}{meaning}. For example:"
        # No table: Prefect's page lets one with long addresses run over what stands beside it.
        yield "\n".join(
            f"- {sample.source}: {cell(sample.url or 'no address')} ({cell(sample.detail, LONGEST_DETAIL)})"
            for sample in samples
        )
