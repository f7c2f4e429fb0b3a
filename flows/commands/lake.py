"""`newslake status`, `browse`, `verify`, `doctor`, `expire`: the state of the lake and of this machine."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated

import typer
from rich.filesize import decimal
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.reports.text import counted, headless, table_of
from infra.base.choices import Layer
from infra.base.errors import NewslakeError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.lake.day_states import Day
    from infra.upkeep.doctor import Finding
    from infra.upkeep.expiry import Expiry

RECENT = timedelta(weeks=5)  # what `newslake browse` shows at a time: a month and some days
PARTIAL = timedelta(days=2)  # pages of the last days are often still to come; alerts wait as long
DEFAULT_PORT = 4280  # of `newslake browse`
SYMBOLS = {"ok": ("✔", "green"), "warning": ("⚠", "yellow"), "fault": ("✘", "red")}


StartOption = Annotated[date | None, options.day("--start", "First day, UTC. Default: five weeks before --end.")]
EndOption = Annotated[date | None, options.day("--end", "The day after the last, UTC. Default: tomorrow.")]


def status(
    source: options.AnySource = None,
    start: StartOption = None,
    end: EndOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All days, or all on one side of --start or --end.")
    ] = False,
    lake: options.Lake = None,
    as_json: options.Json = False,
) -> int:
    """Show a calendar of the last five weeks by source and day, then partial and suspect days; --all has the rest.

    With --start or --end, also counts the addresses listed, fetched, parsed and landed; for one source, day by day.
    Exits with 1 if a day that it shows is damaged or suspect, or still partial two days after it ended. Without --start
    and --end, days before the first that a run asked the source about don't count, and --json leaves missing days out.

    [bold]Example[/bold]

    newslake status --source tass --start 2017-05-01 --end 2017-06-01
    """
    from flows.jobs.start import open_lake
    from flows.reports.grid import calendar, summary
    from flows.reports.report import funnel_rows, funnel_rows_of_sources, partial_lines, suspect_lines
    from infra.base.days import Days
    from infra.lake.day_states import State, day_grid

    if everything:
        first, last = start, end
    else:
        last = end or max(datetime.now(UTC).date(), start or date.min) + timedelta(days=1)
        first = start or last - RECENT
    if first and last:
        Days(first, last)  # refuses an end that is not after the start
    store = open_lake(lake)
    days = day_grid(store, first, last, [source] if source else ())
    code = ExitCode.FAILED if _is_unwell(days, named=bool(start or end)) else ExitCode.DONE
    if as_json:
        print_json([dataclasses.asdict(day) for day in days if start or end or day.state is not State.MISSING])
        return code
    if not days:
        stdout().print(f"{store.uri} holds nothing yet. `newslake ingest PATH` or `newslake demo` fills it.")
        return ExitCode.DONE
    stdout().print(*calendar(days), sep="\n")
    if (start or end) and (asked := [day for day in days if day.account]):
        rows = funnel_rows if len({day.source for day in asked}) == 1 else funnel_rows_of_sources
        stdout().print(table_of(rows(asked)))
    for told in (*partial_lines(days), *suspect_lines(days)):
        stdout().print(Text(told), soft_wrap=True)
    if not (everything or start or end):
        stdout().print(f"From {first} on; `newslake status --all` shows earlier days too.", style="dim", soft_wrap=True)
    stdout().print(Text(summary(days), "bold"), soft_wrap=True)
    return code


def _is_unwell(days: "Sequence[Day]", *, named: bool) -> bool:
    from infra.lake.day_states import State

    late = (datetime.now(UTC).date() - PARTIAL).isoformat()
    since = {day.source: day.date for day in reversed(days) if named or day.was_asked}  # what is earlier is no gap
    return any(
        day.state in (State.DAMAGED, State.SUSPECT)
        or (day.state is State.PARTIAL and since.get(day.source, late) <= day.date < late)
        for day in days
    )


def verify(lake: options.Lake = None, as_json: options.Json = False) -> int:
    """Check that everything in the lake is intact and leads to its captures. Exits with 1 if not."""
    from flows.jobs.start import open_lake
    from infra.archive.raw_archive import RawArchive
    from infra.upkeep.verify import verify as faults_of

    store = open_lake(lake)
    if next(iter(store.list("")), None) is None:  # a wrong name has no fault
        raise NewslakeError(f"{store.uri} holds nothing that could be verified", "Check --lake or NEWSLAKE_LAKE.")
    faults = list(faults_of(store, RawArchive(store)))
    if as_json:
        print_json({"lake": store.uri, "faults": [dataclasses.asdict(fault) for fault in faults]})
    else:
        for fault in faults:
            stdout().print(f"{fault.object}: {fault.fault}", soft_wrap=True)
        verdict = counted(len(faults), "fault") if faults else "no fault"
        stderr().print(f"{store.uri}: {verdict}", style="red" if faults else "green")
    return ExitCode.FAILED if faults else ExitCode.DONE


def doctor(lake: options.Lake = None, as_json: options.Json = False) -> int:
    """Check settings, lake, clock and disk. Exits with 1 on a fault."""
    with stderr().status("loading …") as status:
        from infra.upkeep.doctor import Verdict, diagnose

        found: list[tuple[str, Finding]] = []
        for name, finding in diagnose(lake):
            found.append((name, finding))
            status.update(f"{name}: {finding.verdict} …")
    faults = sum(finding.verdict is Verdict.FAULT for _, finding in found)
    if as_json:
        checks = [{"check": name, **dataclasses.asdict(finding)} for name, finding in found]
        print_json({"faults": faults, "checks": checks})
    else:
        rows = headless({"no_wrap": True}, {"no_wrap": True, "style": "bold"}, {"overflow": "fold"})
        for name, finding in found:
            said = Text(finding.detail)
            if finding.remedy:
                said.append(f"\n→ {finding.remedy}", style="yellow")
            rows.add_row(Text(*SYMBOLS[finding.verdict]), name, said)
        stdout().print(rows)
        verdict = f"{faults} of {len(found)} checks found a fault" if faults else f"{len(found)} checks, no fault"
        stderr().print(verdict, style="red" if faults else "green")
    return ExitCode.FAILED if faults else ExitCode.DONE


def browse(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = DEFAULT_PORT,
    lake: options.Lake = None,
) -> int:
    """Look at the lake in a browser: days, articles beside their raw pages, rejected pages, a search. Read-only.

    Answers this machine only. Scripts of raw pages do not run, and nothing is fetched for them. Stop it with Ctrl-C.

    [bold]Example[/bold]

    newslake browse --port 4290
    """
    import uvicorn

    from flows.browse.site import Site
    from flows.jobs.start import load_run_settings
    from flows.server.guarded_server import HOST, Guard
    from flows.server.serve import require_free
    from infra.store.open_store import open_store

    settings = load_run_settings(lake)
    store = open_store(settings.lake)
    require_free(port)
    application = Guard(Site(store, settings).application())
    server = uvicorn.Server(uvicorn.Config(application, host=HOST, port=port, log_level="error", lifespan="off"))
    stderr().print(Text.assemble((f"http://{HOST}:{port}", "bold"), f"   lake: {store.uri}   Stop with Ctrl-C."))
    server.run()
    return ExitCode.DONE


def expire(
    layer: Annotated[Layer, typer.Option(help="Which layer of the lake.")],
    older_than: Annotated[
        int,
        typer.Option(
            min=1, metavar="DAYS", help="Age in days, counted from publication for articles, else from capture."
        ),
    ],
    source: options.AnySource = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete. Without it, only show what would be deleted.")] = False,
    lake: options.Lake = None,
    as_json: options.Json = False,
) -> int:
    """Show days older than --older-than, and delete them with --yes. Raw captures that a row still points to are kept.

    Days written to in the last 24 hours are kept too. Don't ingest captures of raw days while you delete those days.

    [bold]Examples[/bold]

    newslake expire --layer rejects --older-than 365

    newslake expire --layer raw --older-than 730 --source tass --yes
    """
    from flows.jobs.start import load_run_settings, open_checked_store
    from infra.store.open_store import open_store
    from infra.upkeep.expiry import expire as expire_layer

    now = datetime.now(UTC)
    try:
        before = (now - timedelta(days=older_than)).date()
    except OverflowError as error:
        raise UsageError(f"--older-than {older_than} reaches back before the year 1", "Give fewer days.") from error
    settings = load_run_settings(lake)
    store = open_checked_store(settings) if yes else open_store(settings.lake)
    found = expire_layer(store, layer, before, now=now, source=source, dry_run=not yes)
    if as_json:
        days = [dataclasses.asdict(each) for each in found]
        print_json({"lake": store.uri, "layer": layer, "before": before, "dry_run": not yes, "days": days})
    elif not found:
        stdout().print(f"{store.uri}: no {layer} from before {before}.", soft_wrap=True)
    else:
        stdout().print(table_of(_expiry_rows(found, done=yes)))
        if not yes:
            stderr().print(f"nothing was deleted from {store.uri}. To delete these days for good: --yes")
    return ExitCode.DONE


def _expiry_rows(found: "Sequence[Expiry]", *, done: bool) -> list[dict[str, object]]:
    past, kind = {"delete": "deleted", "keep": "kept"}, attrgetter("source", "action", "reason")
    rows: list[dict[str, object]] = []
    for (source, action, reason), group in groupby(sorted(found, key=kind), kind):
        days = list(group)
        first, last = (most(each.day for each in days) for most in (min, max))
        row = {"source": source, "action": past[action] if done else action, "days": len({each.day for each in days})}
        size = decimal(sum(each.size for each in days))
        rows.append(row | {"size": size, "first day": first, "last day": last, "because": reason})
    return rows
