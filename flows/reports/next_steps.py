"""What to do after a run: a command to type, or a form that is already filled in."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from infra.base.days import Days
from infra.base.known_sources import UNKNOWN_SOURCE
from infra.work.run_report import RunReport
from parsers.record.article import NULL_PARTITION
from parsers.record.outcome import RejectReason

# A better parser may make an article of these.
REPAIRABLE = {
    RejectReason.LAYOUT,
    RejectReason.MISSING_TITLE,
    RejectReason.MISSING_BODY,
    RejectReason.PARSER_ERROR,
    RejectReason.UNKNOWN_SOURCE,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: a command, and the flow and parameters of the form in Prefect's UI that does the same."""

    why: str
    command: str
    flow: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


def next_steps(report: RunReport, names: Collection[str], days: Days | None, missing: int = 0) -> Iterator[Step]:
    """What to do next, the most urgent first; `missing` counts the requested days that are still missing."""
    known = sorted(set(names) - {UNKNOWN_SOURCE})
    listed, period = " ".join(known), f"--start {days.start} --end {days.end}" if days else ""
    one = f" --source {known[0]}" if len(known) == 1 else ""
    if days and known and +report.pending:
        filled = {"start": f"{days.start}", "end": f"{days.end}", "sources": known, "reprocess": "failed"}
        command = f"newslake backfill {listed} {period} --reprocess failed"
        yield Step("ask now for the pages that are pending", command, "backfill", filled)
    if missing:
        why = f"{missing:,} days are still missing: the source no longer lists them, but an archive may have them"
        yield Step(why, "newslake ingest captures.warc.gz", "ingest")
    if any(report.rejected[reason] for reason in REPAIRABLE):
        yield Step("see what was rejected", f"newslake rejects{one}")
        pages = {"sources": known, "only_rejects": True, "dry_run": True}
        command = f"newslake reparse {listed} --only-rejects --diff"
        yield Step("after repairing a parser", command, "reparse", pages)
    yield Step("see the whole lake", f"newslake status{one} {period}".rstrip())
    if report.parsed:
        yield Step("read what landed", f'newslake query "{_query(known, days)}"')


def form_link(deployment_id: str, parameters: Mapping[str, Any]) -> str:
    """Address of a deployment's form, filled in; relative, since only the browser knows where the UI is."""
    filled = quote(json.dumps(dict(parameters), separators=(",", ":")), safe="")
    return f"/v2/deployments/deployment/{deployment_id}/run" + (f"?parameters={filled}" if parameters else "")


def touched_days(report: RunReport) -> list[tuple[str, str]]:
    """Each (source, day) that a run's report mentions, in order."""
    counted = (report.articles, report.fetched, report.missed, report.turned_down, report.withheld, report.listed)
    return sorted({place for counts in counted for place in counts})


def period_of(places: Sequence[tuple[str, str]]) -> Days | None:
    """The days from the first to the last; None if none has a date."""
    dated = [date.fromisoformat(day) for _, day in places if day != NULL_PARTITION]
    return Days(min(dated), max(dated) + timedelta(days=1)) if dated else None


def _query(names: Sequence[str], days: Days | None) -> str:
    conditions = [f"source IN ({', '.join(map(repr, names))})"] if names else []
    conditions += [f"date >= '{days.start}' AND date < '{days.end}'"] if days else []
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT source, date, title FROM articles{where} ORDER BY date DESC LIMIT 20"  # noqa: S608 - a proposal in a page, of our own names
