"""`newslake status`, `query`, `verify`, `sources`: the commands that look at the lake."""

import csv
import dataclasses
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer

from flows.commands.console import ExitCode, JsonOption, LakeOption, print_json, stderr, stdout
from infra.base.errors import UsageError

SHOWN_CELL = 120  # characters of a value in a table; --json and --csv show all of it


def status(
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    start: Annotated[str | None, typer.Option(metavar="DATE", help="First day, UTC, YYYY-MM-DD.")] = None,
    end: Annotated[str | None, typer.Option(metavar="DATE", help="First day left out, UTC, YYYY-MM-DD.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show what the lake holds: a calendar of sources and days; below it what is suspect, and what is stale.

    [bold]Examples[/bold]

    newslake status

    newslake status --source tass --start 2017-05-01 --end 2017-06-01
    """
    from rich.text import Text

    from flows.jobs.start import load_run_settings
    from flows.reports.grid import calendar
    from flows.reports.suspect_text import staleness, suspect_lines
    from infra.base.days import Days, parse_day
    from infra.base.known_sources import require_source
    from infra.lake.day_states import DayStates
    from infra.store.open_store import open_store
    from parsers.registry import sources as registered

    if source is not None:
        require_source(source)
    first = parse_day(start, "--start") if start else None
    last = parse_day(end, "--end") if end else None
    if first and last:
        Days(first, last)  # refuses an end that is not after the start
    store = open_store(load_run_settings(lake).lake)
    versions = {name: each.version for name, each in registered().items()}
    days = DayStates(store).grid(source, first, last, versions)
    if as_json:
        print_json([dataclasses.asdict(day) for day in days])
        return ExitCode.DONE
    if not days:
        stdout().print(f"{store.uri} holds nothing yet. `newslake ingest PATH` or `newslake demo` fills it.")
        return ExitCode.DONE
    for line in calendar(days):
        stdout().print(line)
    today = datetime.now(UTC).date()
    names = () if first or last else versions  # a period of the past says nothing of today
    stale = [f"{name}: {found.detail}" for name in names if (found := staleness(days, name, today))]
    for told in (*suspect_lines(days), *stale):
        stdout().print(Text(told), soft_wrap=True)
    return ExitCode.DONE


def query(
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help="One SELECT on `articles`, `rejects` and `coverage`, as DuckDB has it.")
    ],
    source: Annotated[str | None, typer.Option(help="Read partitions of this source only, or of _unknown.")] = None,
    start: Annotated[str | None, typer.Option(metavar="DATE", help="First day to read, UTC.")] = None,
    end: Annotated[str | None, typer.Option(metavar="DATE", help="First day left out, UTC.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV on stdout.")] = False,
    lake: LakeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a row on stdout.")] = False,
) -> int:
    """Ask the lake in SQL. --source, --start and --end say what the views have: elsewhere nothing is read.

    Days are of publication for articles, of capture for rejects; with a day given, undated articles are left out.

    [bold]Examples[/bold]

    newslake query "SELECT source, count(*) AS articles FROM articles GROUP BY source"

    newslake query "SELECT reason, detail, url FROM rejects WHERE state = 'open'" --csv

    newslake query "SELECT title, text FROM articles" --source tass --start 2017-05-01 --end 2017-05-08 --json
    """
    from flows.jobs.start import load_run_settings
    from flows.reports.report import query_table
    from infra.base.days import parse_day
    from infra.base.known_sources import UNKNOWN_SOURCE, require_source
    from infra.lake.query import Selection, run_query
    from infra.store.open_store import open_store

    if as_csv and as_json:
        raise UsageError("--csv and --json exclude each other", "Give one of them.")
    if source is not None and source != UNKNOWN_SOURCE:
        require_source(source)
    first = parse_day(start, "--start") if start else None
    last = parse_day(end, "--end") if end else None
    selection = Selection(source, first, last)
    answer = run_query(open_store(load_run_settings(lake).lake), sql, selection)
    if as_json:
        for row in answer.to_pylist():
            sys.stdout.write(_json_line(row))
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.column_names)
        writer.writerows([_plain(value) for value in row.values()] for row in answer.to_pylist())
    else:
        stdout().print(query_table(answer, SHOWN_CELL))
        stderr().print(f"[dim]{answer.num_rows:,} rows[/dim]")
    return ExitCode.DONE


def verify(lake: LakeOption = None, as_json: JsonOption = False) -> int:
    """Check that everything in the lake is whole and leads to its captures. Exit 1 if not.

    [bold]Example[/bold]

    newslake verify
    """
    from flows.jobs.start import load_run_settings
    from infra.archive.raw_archive import RawArchive
    from infra.store.open_store import open_store
    from infra.upkeep.verify import verify as faults_of

    store = open_store(load_run_settings(lake).lake)
    faults = list(faults_of(store, RawArchive(store)))
    if as_json:
        print_json({"lake": store.uri, "faults": [dataclasses.asdict(fault) for fault in faults]})
    else:
        for fault in faults:
            stdout().print(f"{fault.object}: {fault.fault}", markup=False, soft_wrap=True)
        verdict = f"{len(faults):,} fault{'s' if len(faults) > 1 else ''}" if faults else "no fault"
        stderr().print(f"{store.uri}: {verdict}", style="red" if faults else "green")
    return ExitCode.FAILED if faults else ExitCode.DONE


def sources(lake: LakeOption = None, as_json: JsonOption = False) -> int:
    """List the sources: where their articles are found, how often they are asked, the last day that has landed.

    [bold]Examples[/bold]

    newslake sources

    newslake sources --json
    """
    from flows.jobs.start import load_run_settings
    from flows.reports import source_list
    from infra.store.open_store import open_store
    from parsers.registry import broken
    from parsers.registry import sources as registered

    settings = load_run_settings(lake)
    landed = source_list.last_days(open_store(settings.lake))
    found = [
        (source, max(settings.host_interval_seconds, source.interval_seconds or 0), landed.get(source.name))
        for source in registered().values()
    ]
    if as_json:
        faulty = [{"name": name, "fault": fault} for name, fault in broken().items()]
        print_json([source_list.described(*each) for each in found] + faulty)
        return ExitCode.DONE
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    for column in ("source", "hosts", "version", "found by", "horizon", "interval", "last day"):
        table.add_column(column, overflow="fold", no_wrap=column in ("source", "horizon", "last day"))
    for source, interval, last_day in found:
        finds, horizon = source_list.finds(source), source_list.horizon(source)
        hosts = " ".join(source.hosts)
        table.add_row(source.name, hosts, str(source.version), finds, horizon, f"{interval:g} s", last_day or "-")
    stdout().print(table)
    for name, fault in broken().items():
        stdout().print(Text(f"{name} cannot be loaded: {fault}", "red"), soft_wrap=True)
    return ExitCode.DONE


def _json_line(row: dict[str, Any]) -> str:
    return orjson.dumps(row, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE).decode()


def _plain(value: Any) -> Any:
    """Lists and structs as JSON within CSV."""
    return orjson.dumps(value, default=str).decode() if isinstance(value, list | dict) else value
