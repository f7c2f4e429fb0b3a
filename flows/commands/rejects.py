"""`newslake rejects`: what is in quarantine, why, and what to do about it."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.reports.record_text import shown
from parsers.record.outcome import RejectReason

if TYPE_CHECKING:
    from infra.lake.quarantine import RejectGroup

SHOWN_REJECTS = 50  # of the latest captures: a page of a terminal or two; --json has all of them


def rejects(
    source: options.AnySource = None,
    reason: Annotated[RejectReason | None, typer.Option(metavar="REASON", help="Only this reason.")] = None,
    start: options.Start = None,
    end: options.End = None,
    closed: Annotated[bool, typer.Option("--all", help="Include pages that have since become articles.")] = False,
    lake: options.Lake = None,
    as_json: options.Json = False,
) -> int:
    """Count the pages that gave no article, by source and reason. All of them are kept; days are days of capture.

    With --source or --reason, lists each page.

    [bold]Example[/bold]

    newslake rejects --source tass --reason layout
    """
    from flows.jobs.start import open_lake
    from infra.base.days import Days
    from infra.lake.quarantine import grouped, rejects_in

    if start and end:
        Days(start, end)  # refuses an end that is not after the start
    store = open_lake(lake)
    found = rejects_in(store, source, start, end, closed=closed)
    rows = (row for row in found if reason in (None, row["reason"]))
    listed = sorted(rows, key=lambda row: row["captured_at"], reverse=True) if source or reason else None
    groups = grouped(rows if listed is None else reversed(listed))
    if as_json:
        document: dict[str, Any] = {"lake": store.uri, "groups": [dataclasses.asdict(group) for group in groups]}
        print_json(document if listed is None else document | {"rejects": listed})
    elif groups:
        _print(groups, listed)
    else:
        stdout().print("No rejection is open." if not closed else "Nothing was ever rejected.")
    return ExitCode.DONE


def _print(groups: "Sequence[RejectGroup]", listed: list[dict[str, Any]] | None) -> None:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), expand=True)
    for column in ("source", "reason", "pages", "first capture", "last capture", "example"):
        # Addresses are cut rather than folded, where a line is short; --json has them whole.
        justify: Literal["left", "right"] = "right" if column == "pages" else "left"
        ratio = 1 if column == "example" else None
        table.add_column(column, overflow="ellipsis", no_wrap=True, justify=justify, ratio=ratio)
    for group in groups:
        days = (f"{at:%Y-%m-%d}" for at in (group.first, group.last))
        example = Text(shown(group.example or ""))  # Text, not markup: others wrote the address
        table.add_row(group.source, group.reason, f"{group.count:,}", *days, example)
    stdout().print(table)
    if listed is not None:
        stdout().print()
        _print_single(listed[:SHOWN_REJECTS])
        if len(listed) > SHOWN_REJECTS:
            stderr().print(f"[dim]… and {len(listed) - SHOWN_REJECTS:,} earlier ones; --json lists all.[/dim]")
    for line in _next(groups, listed):
        stderr().print(Text(line, "dim"))


def _print_single(listed: Sequence[dict[str, Any]]) -> None:
    for row in listed:
        head = f"{row['captured_at']:%Y-%m-%d %H:%M} {row['reason']}: {row['detail']}"
        stdout().print(Text(shown(head), "bold" if row["state"] == "open" else "green"), soft_wrap=True)
        tried = f"layout {row['layout']}, parser version {row['parser_version']}" if row["layout"] else "no layout"
        place = f"{row['capture_uri']} at {row['capture_offset']}" if row["capture_uri"] else "no longer archived"
        lines = [row["url"] or "(no address)", f"{row['state']}, {tried}, {row['reject_id']}", place]
        first, last = row["first_seen_at"], row["last_seen_at"]
        if first != last:
            lines.append(f"rejected more than once that day: first captured at {first:%H:%M}, last at {last:%H:%M}")
        for line in lines:
            stdout().print(Text(f"    {shown(line)}"), soft_wrap=True)


def _next(groups: "Sequence[RejectGroup]", listed: list[dict[str, Any]] | None) -> list[str]:
    """What to type next."""
    from parsers.registry import sources

    most = max(groups, key=lambda group: group.count)
    if listed is None:
        look = f"newslake rejects --source {most.source} --reason {most.reason}    lists the pages"
    else:
        look = f"newslake show {listed[0]['reject_id']} --raw    prints the archived page"
    names = sorted({group.source for group in groups} & set(sources()))
    again = " ".join(["newslake reparse", *names, "--only-rejects"])
    return [look, f"{again}    parses them again once the parser is fixed"]
