"""`newslake expire`: delete by age."""

import dataclasses
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.filesize import decimal
from rich.table import Table

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.reports.tables import table
from infra.base.errors import UsageError

if TYPE_CHECKING:
    from infra.upkeep.expiry import Expiry

GRACE_HOURS = 24  # `infra.upkeep.expiry.GRACE` says why; not imported here, so that --help stays quick
GraceOption = Annotated[
    int,
    typer.Option(
        min=0,
        metavar="HOURS",
        help="How long marked raw captures are kept for anyone still using them. 0 deletes at once: use it only "
        "while nothing else works on this lake.",
    ),
]


def expire(
    layer: Annotated[str, typer.Option(metavar="raw|rejects|articles", help="Which layer of the lake.")],
    older_than: Annotated[
        int,
        typer.Option(
            min=1, metavar="DAYS", help="Age in days, counted from publication for articles, else from capture."
        ),
    ],
    source: options.AnySource = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be deleted.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    grace_hours: GraceOption = GRACE_HOURS,
    lake: options.Lake = None,
    as_json: options.Json = False,
) -> int:
    """Delete days older than --older-than. Raw captures that a row still points to are kept.

    Raw captures are marked first; a run a day later deletes them.

    [bold]Examples[/bold]

    newslake expire --layer rejects --older-than 365 --dry-run

    newslake expire --layer raw --older-than 730 --source tass --yes
    """
    from flows.jobs.start import load_run_settings, open_checked_store
    from infra.store.open_store import open_store
    from infra.upkeep.expiry import Action, Layer
    from infra.upkeep.expiry import expire as expire_layer

    if layer not in set(Layer):
        raise UsageError(f"there is no layer {layer!r}", f"--layer takes {', '.join(Layer)}.")
    now = datetime.now(UTC)
    try:
        before = (now - timedelta(days=older_than)).date()
    except OverflowError as error:
        raise UsageError(f"--older-than {older_than} reaches back before the year 1", "Give fewer days.") from error
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
        days = [dataclasses.asdict(each) for each in found]
        print_json({"lake": store.uri, "layer": layer, "before": before, "dry_run": dry_run, "days": days})
    elif not found:
        stdout().print(f"{store.uri}: no {layer} from before {before}.", soft_wrap=True)
    else:
        stdout().print(_table(found, done=not dry_run))
        if marked := sum(each.action is Action.MARK for each in found):
            stderr().print(f"[dim]Run this again in {grace_hours} hours to delete the {marked:,} marked days.[/dim]")
    return ExitCode.DONE


def _confirmed(found: Sequence["Expiry"], layer: str, lake: str) -> bool:
    """Whether a person at a terminal says yes."""
    if not sys.stdin.isatty():
        raise UsageError("expire deletes for good, and there is no terminal to ask at", "Add --yes or --dry-run.")
    stderr().print(_table(found, done=False))
    return typer.confirm(f"Delete these days from {layer}/ in {lake} for good?", err=True)


def _table(found: Sequence["Expiry"], *, done: bool) -> Table:
    """A line for each source and action, done or planned."""
    past = {"delete": "deleted", "mark": "marked", "keep": "kept"}
    groups: defaultdict[tuple[str, str, str], list[Expiry]] = defaultdict(list)
    for each in found:
        groups[each.source, each.action, each.reason].append(each)
    columns = ("source", "action", "days", "size", "first day", "last day", "because")
    rows = table(*columns, numbers=("days", "size"))
    for (source, action, reason), group in sorted(groups.items()):
        days = sorted(each.day for each in group)
        size = decimal(sum(each.size for each in group))
        rows.add_row(source, past[action] if done else action, f"{len(group):,}", size, days[0], days[-1], reason)
    return rows
