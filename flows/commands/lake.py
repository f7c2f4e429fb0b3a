"""`newslake status`, `query`, `verify`, `doctor`: commands that look at the lake."""

import csv
import dataclasses
import sys
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.table import Table
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.reports.tables import table_of
from infra.base.errors import UsageError

if TYPE_CHECKING:
    from infra.upkeep.doctor import Finding

SYMBOLS = {"ok": "[green]✔[/green]", "warning": "[yellow]⚠[/yellow]", "fault": "[red]✘[/red]"}
JSON_LINE = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
SHOWN_CELL = 120  # characters of a value in a table; --json and --csv show all of it


def status(
    source: options.OnlySource = None,
    start: options.Start = None,
    end: options.End = None,
    lake: options.Lake = None,
    as_json: options.Json = False,
) -> int:
    """Show a calendar of what the lake holds by source and day, then partial and suspect days.

    For a period, also how far the addresses of each day came: listed, fetched, parsed, landed.

    [bold]Example[/bold]

    newslake status --source tass --start 2017-05-01 --end 2017-06-01
    """
    from flows.jobs.start import open_lake
    from flows.reports.account_text import funnel_rows, partial_lines
    from flows.reports.grid import calendar
    from flows.reports.suspect_text import suspect_lines
    from infra.base.days import Days
    from infra.lake.day_states import DayStates
    from parsers.registry import sources as registered

    if start and end:
        Days(start, end)  # refuses an end that is not after the start
    store = open_lake(lake)
    versions = {name: each.parser_version for name, each in registered().items()}
    days = DayStates(store).grid(source, start, end, versions)
    if as_json:
        print_json([dataclasses.asdict(day) for day in days])
        return ExitCode.DONE
    if not days:
        stdout().print(f"{store.uri} holds nothing yet. `newslake ingest PATH` or `newslake demo` fills it.")
        return ExitCode.DONE
    stdout().print(*calendar(days), sep="\n")
    if (start or end) and (funnel := funnel_rows(day for day in days if day.account)):
        stdout().print(table_of(funnel))
    for told in (*partial_lines(days), *suspect_lines(days)):
        stdout().print(Text(told), soft_wrap=True)
    return ExitCode.DONE


def query(
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help="One SELECT on `articles`, `rejects` and `fetches`, in DuckDB's SQL.")
    ],
    source: options.AnySource = None,
    start: options.Start = None,
    end: options.End = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV on stdout.")] = False,
    lake: options.Lake = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per row on stdout.")] = False,
) -> int:
    """Query the lake with SQL. --source, --start and --end limit which partitions are read.

    They select publication days of articles and capture days of rejects; with either, undated articles are left out.

    [bold]Examples[/bold]

    newslake query "SELECT source, count(*) AS articles FROM articles GROUP BY source"

    newslake query "SELECT reason, detail, url FROM rejects WHERE state = 'open'" --csv

    newslake query "SELECT title, text FROM articles" --source tass --start 2017-05-01 --end 2017-05-08 --json
    """
    from flows.jobs.start import open_lake
    from flows.reports.report import query_table
    from infra.lake.query import Selection, run_query

    if as_csv and as_json:
        raise UsageError("--csv and --json exclude each other", "Give one of them.")
    answer = run_query(open_lake(lake), sql, Selection(source, start, end))
    if as_json:
        for row in answer.to_pylist():
            sys.stdout.write(orjson.dumps(row, default=str, option=JSON_LINE).decode())
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.column_names)
        writer.writerows([_plain(value) for value in row.values()] for row in answer.to_pylist())
    else:
        stdout().print(query_table(answer, SHOWN_CELL))
        stderr().print(f"[dim]{answer.num_rows:,} rows[/dim]")
    return ExitCode.DONE


def verify(lake: options.Lake = None, as_json: options.Json = False) -> int:
    """Check that everything in the lake is intact and leads to its captures. Exits with 1 if not."""
    from flows.jobs.start import open_lake
    from infra.archive.raw_archive import RawArchive
    from infra.upkeep.verify import verify as faults_of

    store = open_lake(lake)
    faults = list(faults_of(store, RawArchive(store)))
    if as_json:
        print_json({"lake": store.uri, "faults": [dataclasses.asdict(fault) for fault in faults]})
    else:
        for fault in faults:
            stdout().print(f"{fault.object}: {fault.fault}", markup=False, soft_wrap=True)
        verdict = f"{len(faults):,} fault{'s' if len(faults) > 1 else ''}" if faults else "no fault"
        stderr().print(f"{store.uri}: {verdict}", style="red" if faults else "green")
    return ExitCode.FAILED if faults else ExitCode.DONE


def doctor(lake: options.Lake = None, as_json: options.Json = False) -> int:
    """Check settings, lake, clock, disk, sources and Prefect. Exits with 1 on a fault."""
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
        _show_findings(found)
        verdict = f"{faults} of {len(found)} checks found a fault" if faults else f"{len(found)} checks, no fault"
        stderr().print(verdict, style="red" if faults else "green")
    return ExitCode.FAILED if faults else ExitCode.DONE


def _plain(value: Any) -> Any:
    """Lists and structs as JSON within CSV."""
    return orjson.dumps(value, default=str).decode() if isinstance(value, list | dict) else value


def _show_findings(found: "list[tuple[str, Finding]]") -> None:
    rows = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    rows.add_column(no_wrap=True)
    rows.add_column(no_wrap=True, style="bold")
    rows.add_column(overflow="fold")
    for name, finding in found:
        said = Text(finding.detail)  # text, not markup: it holds what others wrote
        if finding.remedy:
            said.append(f"\n→ {finding.remedy}", style="yellow")
        rows.add_row(SYMBOLS[finding.verdict], name, said)
    stdout().print(rows)
