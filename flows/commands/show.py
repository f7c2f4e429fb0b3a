"""`newslake show`, `newslake rejects`: single pages, what became of them and why."""

import dataclasses
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.reports.explanation import field_table
from flows.reports.text import lines_of, shown, table
from infra.base.errors import UsageError
from parsers.record.outcome import RejectReason

if TYPE_CHECKING:
    from infra.lake.quarantine import RejectGroup
    from infra.upkeep.find_record import Record, Today

SHOWN_REJECTS = 50  # of the latest captures: a page of a terminal or two; --json has all of them
BASES = {
    "live": "newslake fetched it itself",
    "warc": "WARC-Date of the record it came in",
    "manifest": "a line of a manifest",
    "table": "a column of the table it came in",
    "saved": "the saved page, or its address at the Wayback Machine",
    "option": "--captured-at",
    "mtime": "modification time of the file: when it was copied, not captured",
}


def show(
    wanted: Annotated[str, typer.Argument(metavar="ID|URL", help="article_id or reject_id, or the page's address.")],
    source: Annotated[
        str | None, typer.Option(callback=options.known, help="Only this source, which is quicker in a large lake.")
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="Print the archived page on stdout, byte for byte.")] = False,
    text: Annotated[bool, typer.Option("--text", help="Print the article for reading.")] = False,
    lake: options.Lake = None,
    as_json: options.Json = False,
) -> int:
    """Show a record: what it says, where in the page each field stands, and whether today's parser still says so.

    [bold]Examples[/bold]

    newslake show https://tass.com/society/1731000

    newslake show https://tass.com/society/1731000 --text

    newslake show 96f06aec10140e42ce2135aac4b510a8 --raw > page.html
    """
    if sum((raw, text, as_json)) > 1:
        raise UsageError("--raw, --text and --json exclude each other", "Give one of them.")
    from flows.jobs.start import load_run_settings
    from flows.reports.answers import as_text
    from infra.archive.raw_archive import RawArchive
    from infra.store.open_store import open_store
    from infra.upkeep.find_record import find_record, parse_today

    settings = load_run_settings(lake)
    store = open_store(settings.lake)
    record = find_record(store, wanted, source)
    if raw:
        sys.stdout.buffer.write(RawArchive(store).read(record.pointer).body)
        sys.stdout.buffer.flush()
        return ExitCode.DONE
    if text:
        if record.kind.name != "articles":
            raise UsageError("this page gave no article", "See its raw page with --raw.")
        out = stdout()
        out.print(Text(as_text({"source": record.source, **record.row}, out.width)), end="")
        return ExitCode.DONE
    today = parse_today(store, record, settings)
    if as_json:
        print_json(_as_json(record, today))
    else:
        _print(record, today)
    return ExitCode.DONE


def _as_json(record: "Record", today: "Today") -> dict[str, Any]:
    said: dict[str, Any]
    if today.unknown:
        said = {"outcome": "unknown", "detail": today.unknown}
    elif today.rejected:
        said = {"outcome": "rejected", **dataclasses.asdict(today.rejected), "reason": today.rejected.reason.value}
    else:
        differs = {change.field: {"landed": change.before, "today": change.after} for change in today.changes}
        said = {"outcome": "parsed", "differs": differs}
    place = {"table": record.kind.name, "source": record.source, "date": record.date}
    return place | {"row": record.row, "origins": _origins(record, today), "today": said}


def _print(record: "Record", today: "Today") -> None:
    out, row = stdout(), record.row
    is_article = record.kind.name == "articles"
    heading = row["title"] or "(no headline)" if is_article else f"rejected: {row['reason']}"
    out.print(Text(shown(heading), "bold" if is_article else "bold red"))
    out.print(Text(f"{record.source}, partition date={record.date}", "dim"))
    if is_article:
        version = f"version {row['parser_version']}, layout {row['layout']}"
        out.print(Text(f"read by parser {row['parser']}, {version}; fidelity {row['fidelity']}", "dim"))
    changed: dict[str, list[tuple[str, str]]] = {}
    for change in today.changes:
        landed = [] if lines_of(change.field, change.before) else [("(nothing)", "")]
        now = lines_of(change.field, change.after) or ["(nothing)"]
        changed[change.field] = landed + [(f"today: {line}", "") for line in now]
    out.print("", field_table(row, _origins(record, today), changed))
    said, style = _verdict(today)
    out.print(Text(f"\n{shown(said)}", style), soft_wrap=True)


def _origins(record: "Record", today: "Today") -> dict[str, str]:
    """By column that has a value: where today's parser finds it on the page."""
    row = record.row
    origins = {**today.origins, "captured_at": BASES.get(row.get("captured_at_basis") or "", "how the capture came in")}
    changed = [change.field for change in today.changes]
    return {name: origins[name] for name in row if name in origins and (row[name] not in (None, []) or name in changed)}


def _verdict(today: "Today") -> tuple[str, str]:
    if today.unknown:
        return today.unknown, "yellow"
    if today.rejected:
        detail = f"{today.rejected.reason.value}: {today.rejected.detail}"
        return f"today's parser rejects the archived page: {detail}", "red"
    if not today.changes:
        return "today's parser reads the archived page in the same way, field by field", "green"
    return f"today's parser reads otherwise: {', '.join(change.field for change in today.changes)}", "yellow"


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
    from infra.lake.quarantine import grouped, rejects_in
    from infra.lake.query import Selection

    store = open_lake(lake)
    found = rejects_in(store, Selection(source, start, end), closed=closed)
    rows = (row for row in found if reason in (None, row["reason"]))
    listed = sorted(rows, key=lambda row: row["captured_at"], reverse=True) if source or reason else None
    groups = grouped(rows if listed is None else reversed(listed))
    if as_json:
        document: dict[str, Any] = {"lake": store.uri, "groups": [dataclasses.asdict(group) for group in groups]}
        print_json(document if listed is None else document | {"rejects": listed})
    elif groups:
        _print_rejects(groups, listed)
    else:
        stdout().print("No rejection is open." if not closed else "Nothing was ever rejected.")
    return ExitCode.DONE


def _print_rejects(groups: "Sequence[RejectGroup]", listed: list[dict[str, Any]] | None) -> None:
    rows = table("source", "reason", "pages", "first capture", "last capture", "example", numbers=("pages",))
    for group in groups:
        days = (f"{at:%Y-%m-%d}" for at in (group.first, group.last))
        rows.add_row(group.source, group.reason, f"{group.count:,}", *days, shown(group.example or ""))
    stdout().print(rows)
    if listed is not None:
        stdout().print()
        _print_single(listed[:SHOWN_REJECTS])
        if len(listed) > SHOWN_REJECTS:
            stderr().print(f"… and {len(listed) - SHOWN_REJECTS:,} earlier ones; --json lists all.", style="dim")
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
    from parsers.registry import sources

    most = max(groups, key=lambda group: group.count)
    if listed is None:
        look = f"newslake rejects --source {most.source} --reason {most.reason}    lists the pages"
    else:
        look = f"newslake show {listed[0]['reject_id']} --raw    prints the archived page"
    names = sorted({group.source for group in groups} & set(sources()))
    again = " ".join(["newslake reparse", *names, "--only-rejects"])
    return [look, f"{again}    parses them again once the parser is fixed"]
