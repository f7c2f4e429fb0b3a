"""`newslake compact-raw`, `expire`: the commands that keep the lake small."""

import dataclasses
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.console import ExitCode, JsonOption, LakeOption, print_json, stderr, stdout
from infra.base.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from infra.upkeep.compaction import CompactionReport
    from infra.upkeep.expiry import Expiry

GRACE_HOURS = 24  # infra.upkeep.raw_references.GRACE says why; not imported here, so that --help stays quick

SourceOption = Annotated[
    str | None, typer.Option("--source", help="Only this source; `_unknown`: captures of no known source.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
GraceOption = Annotated[
    int,
    typer.Option(
        "--grace-hours",
        min=0,
        metavar="HOURS",
        help="How long a raw object that is out of use is kept, for whatever may just be using it. "
        "0: delete at once; only while nothing else works on this lake.",
    ),
]


def compact_raw(
    source: SourceOption = None,
    before: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="First capture day left out, UTC, YYYY-MM-DD. Default: yesterday."),
    ] = None,
    dry_run: DryRunOption = False,
    grace_hours: GraceOption = GRACE_HOURS,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Merge the many small raw objects of a day into few. Rows follow; nothing is lost, also if it is interrupted.

    What was merged is deleted by a run a day later.

    [bold]Examples[/bold]

    newslake compact-raw --dry-run

    newslake compact-raw --source tass --before 2017-06-01
    """
    from flows.jobs.start import load_run_settings, open_checked_store
    from infra.base.days import parse_day
    from infra.store.open_store import open_store
    from infra.upkeep.compaction import CompactionReport, compact, plan_compaction

    now = datetime.now(UTC)
    limit = parse_day(before, "--before") if before else (now - timedelta(days=1)).date()
    if limit > now.date():
        raise UsageError(
            f"--before {limit} is in the future", f"A day is compacted once it is over: at most {now.date()}."
        )
    _require_known(source)
    settings = load_run_settings(lake)
    store = open_store(settings.lake) if dry_run else open_checked_store(settings)
    report = CompactionReport()
    for stretch in plan_compaction(store, limit, source):
        report += compact(store, stretch, now=now, grace=timedelta(hours=grace_hours), dry_run=dry_run)
    if as_json:
        print_json({"lake": store.uri, "dry_run": dry_run, **dataclasses.asdict(report)})
    elif not report.days:
        stdout().print(f"{store.uri}: nothing to merge and nothing to delete before {limit}.", soft_wrap=True)
    else:
        stdout().print(_compaction_table(report))
        _say_what_waits(sum(day.waiting for day in report.days), grace_hours)
    return ExitCode.DONE


def expire(
    layer: Annotated[str, typer.Option(metavar="raw|rejects|articles", help="Which layer of the lake.")],
    older_than: Annotated[
        int,
        typer.Option(
            "--older-than", min=1, metavar="DAYS", help="Age in days: of the capture, for articles of the publication."
        ),
    ],
    source: SourceOption = None,
    dry_run: DryRunOption = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    grace_hours: GraceOption = GRACE_HOURS,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Delete what is older than some days. A raw object stays while an article or an open rejection points into it.

    Raw objects are marked first, and deleted by a run a day later.

    [bold]Examples[/bold]

    newslake expire --layer rejects --older-than 365 --dry-run

    newslake expire --layer raw --older-than 730 --source tass --yes
    """
    from flows.jobs.start import load_run_settings, open_checked_store
    from infra.store.open_store import open_store
    from infra.upkeep.expiry import Action, Layer
    from infra.upkeep.expiry import expire as expire_layer

    if layer not in set(Layer):
        raise UsageError(f"--layer {layer!r} is none", f"Take one of {', '.join(Layer)}.")
    _require_known(source)
    now = datetime.now(UTC)
    try:
        before = (now - timedelta(days=older_than)).date()
    except OverflowError as error:
        raise UsageError(f"--older-than {older_than} reaches back before the year 1", "Take fewer days.") from error
    settings = load_run_settings(lake)
    store = open_store(settings.lake) if dry_run else open_checked_store(settings)
    grace = timedelta(hours=grace_hours)

    def run(*, dry_run: bool) -> list["Expiry"]:
        return expire_layer(store, Layer(layer), before, now=now, grace=grace, source=source, dry_run=dry_run)

    found = run(dry_run=True)
    if not dry_run and any(each.action is not Action.KEEP for each in found):
        if not yes and not _confirmed(found, layer, store.uri):
            stderr().print("nothing was deleted.")
            return ExitCode.FAILED
        found = run(dry_run=False)
    if as_json:
        objects = [dataclasses.asdict(each) for each in found]
        print_json({"lake": store.uri, "layer": layer, "before": before, "dry_run": dry_run, "objects": objects})
    elif not found:
        stdout().print(f"{store.uri}: no {layer} from before {before}.", soft_wrap=True)
    else:
        stdout().print(_expiry_table(found, done=not dry_run))
        _say_what_waits(sum(each.action is Action.MARK for each in found), grace_hours)
    return ExitCode.DONE


def _require_known(source: str | None) -> None:
    from infra.base.known_sources import UNKNOWN_SOURCE, require_source

    if source is not None and source != UNKNOWN_SOURCE:
        require_source(source)


def _confirmed(found: Sequence["Expiry"], layer: str, lake: str) -> bool:
    """Whether a person at a terminal says yes.

    Raises:
        UsageError: there is no terminal to ask at.
    """
    if not sys.stdin.isatty():
        raise UsageError("expire deletes for good, and there is no terminal to ask at", "Say --yes, or --dry-run.")
    stderr().print(_expiry_table(found, done=False))
    return typer.confirm(f"Delete this from {layer}/ in {lake} for good?", err=True)


def _say_what_waits(count: int, grace_hours: int) -> None:
    if count:
        stderr().print(
            f"[dim]{count:,} raw objects are deleted by a run {grace_hours} hours from now, if nothing points to them "
            "by then.[/dim]"
        )


def _compaction_table(report: "CompactionReport") -> "Table":
    columns = ("source", "days", "merged", "size", "into", "deleted", "freed", "waiting")
    table = _table(columns, left=1)
    for source in sorted({day.source for day in report.days}):
        days = [day for day in report.days if day.source == source]
        table.add_row(
            source,
            f"{len(days):,}",
            f"{sum(day.merged for day in days):,}",
            _size(sum(day.merged_bytes for day in days)),
            f"{sum(day.written for day in days):,}",
            f"{sum(day.deleted for day in days):,}",
            _size(sum(day.deleted_bytes for day in days)),
            f"{sum(day.waiting for day in days):,}",
        )
    table.caption = f"{report.partitions:,} partitions now point to the merged objects" if report.partitions else None
    return table


def _expiry_table(found: Sequence["Expiry"], *, done: bool) -> "Table":
    """A line for each source and what is done, or would be."""
    past = {"delete": "deleted", "mark": "marked", "keep": "kept"}
    groups: defaultdict[tuple[str, str, str], list[Expiry]] = defaultdict(list)
    for each in found:
        groups[each.source, each.action, each.reason].append(each)
    table = _table(("source", "action", "objects", "size", "first day", "last day", "because"), left=2)
    for (source, action, reason), group in sorted(groups.items()):
        days = sorted(each.day for each in group)
        size = _size(sum(each.size for each in group))
        table.add_row(source, past[action] if done else action, f"{len(group):,}", size, days[0], days[-1], reason)
    return table


def _table(columns: Sequence[str], *, left: int) -> "Table":
    from rich.table import Table

    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), caption_justify="left")
    for number, column in enumerate(columns):
        numeric = number >= left and column not in {"because", "first day", "last day"}
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    return table


def _size(octets: int) -> str:
    from rich.filesize import decimal

    return decimal(octets)
