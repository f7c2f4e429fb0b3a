"""CC-NEWS into the lake: which pages of which days, as chunks of an ingest."""

from datetime import UTC, date, datetime

from infra.base.days import Days, require_begun
from infra.base.errors import UsageError
from infra.intake.cc_news.listing import find_parts
from infra.work.ingest import Chunk
from infra.work.pages import Wanted
from infra.work.parts_read import left_to_read
from infra.work.run import Run
from infra.work.run_report import RunReport
from parsers.registry import by_name


def refuse_other_inputs(**given: object) -> None:
    """Refuse what is said of files by option or parameter."""
    for name, value in given.items():
        if value:
            raise UsageError(f"{name} says something of files, and CC-NEWS is to be read", "Leave one of them out.")


def wanted_of_cc_news(
    source: str | None, hosts: tuple[str, ...], start: date | None, end: date | None, *, generic: bool
) -> Wanted:
    """The pages to take; UsageError unless days and hosts are chosen, since a month has millions of pages."""
    if start is None or end is None:
        raise UsageError("CC-NEWS has no days without --start and --end", "Give both; --end is the day after the last.")
    require_begun(Days(start, end), datetime.now(UTC))
    of_source = by_name(source) if source else None
    if not (of_source or hosts or generic):
        what = "CC-NEWS has 200,000 pages and more a day, and none is chosen"
        raise UsageError(what, "Give --source or --host; or --generic for all pages.")
    return Wanted((*(of_source.hosts if of_source else ()), *hosts), start, end)


def plan_cc_news(wanted: Wanted, run: Run) -> tuple[list[Chunk], RunReport]:
    """Chunks of all that may hold wanted pages and was not read for this choice before; the report tells the rest."""
    if wanted.start is None or wanted.end is None:
        raise ValueError("days of CC-NEWS are chosen by wanted_of_cc_news")
    found = find_parts(Days(wanted.start, wanted.end), run.settings)
    left = left_to_read(run.open_store(), found.parts, wanted.choice(generic=run.settings.generic))
    skipped = found.skipped
    skipped["part that was read before"] = len(found.parts) - len(left)
    chunks = [Chunk(number, (each,)) for number, each in enumerate(left)]  # what landed is noted chunk by chunk
    return chunks, RunReport(skipped=+skipped, alarms=found.alarms)
