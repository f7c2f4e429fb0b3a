"""`newslake status`, `query`, `verify`, `sources`: the commands that look at the lake."""

import sys
from typing import Annotated

import typer

from flows.console import ExitCode, JsonOption, LakeOption, print_json, stderr, stdout


def status(
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    start: Annotated[str | None, typer.Option(metavar="DATE", help="First day, UTC.")] = None,
    end: Annotated[str | None, typer.Option(metavar="DATE", help="First day left out, UTC.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show what the lake holds: a calendar of sources and days.

    [bold]Examples[/bold]

    newslake status

    newslake status --source tass --start 2017-05-01 --end 2017-06-01
    """
    raise NotImplementedError


def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="DuckDB SQL on the tables `articles` and `rejects`.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Ask the lake in SQL.

    [bold]Example[/bold]

    newslake query "SELECT source, count(*) FROM articles GROUP BY source"
    """
    raise NotImplementedError


def verify(lake: LakeOption = None, as_json: JsonOption = False) -> int:
    """Check that everything in the lake is whole and points to captures that are there. Exit 1 if not.

    [bold]Example[/bold]

    newslake verify
    """
    raise NotImplementedError


def sources(as_json: JsonOption = False) -> int:
    """List the sources that newslake can parse.

    [bold]Example[/bold]

    newslake sources
    """
    from parsers.registry import sources as registered

    rows = [
        {
            "name": source.name,
            "title": source.title,
            "hosts": list(source.hosts),
            "language": source.language,
            "timezone": source.timezone,
            "version": source.version,
            "layouts": [layout.name for layout in (*source.layouts, *source.text_layouts)],
        }
        for source in registered().values()
    ]
    if as_json:
        print_json(rows)
        return ExitCode.DONE
    from rich.table import Table

    table = Table("source", "hosts", "language", "zone", "version", "layouts", box=None, header_style="bold")
    for row in rows:
        name, _, hosts, language, zone, version, layouts = row.values()
        table.add_row(name, ", ".join(hosts), language, zone, str(version), ", ".join(layouts))
    stdout().print(table)
    return ExitCode.DONE
