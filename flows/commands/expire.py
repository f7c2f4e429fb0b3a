"""`newslake expire`: delete by age."""

import dataclasses
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
from infra.base.choices import Layer
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
    layer: Annotated[Layer, typer.Option(help="Which layer of the lake.")],
    older_than: Annotated[
        int,
        typer.Option(
            min=1, metavar="DAYS", help="Age in days, counted from publication for articles, else from capture."
        ),
    ],
    source: options.AnySource = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete. Without it, only show what would be deleted.")] = False,
    grace_hours: GraceOption = GRACE_HOURS,
    lake: options.Lake = None,
    as_json: options.Json = False,
) -> int:
    """Show days older than --older-than, and delete them with --yes. Raw captures that a row still points to are kept.

    Raw captures are marked first; a run a day later deletes them.

    [bold]Examples[/bold]

    newslake expire --layer rejects --older-than 365

    newslake expire --layer raw --older-than 730 --source tass --yes
    """
    from flows.jobs.start import load_run_settings, open_checked_store
    from infra.store.open_store import open_store
    from infra.upkeep.expiry import Action
    from infra.upkeep.expiry import expire as expire_layer

    now = datetime.now(UTC)
    try:
        before = (now - timedelta(days=older_than)).date()
    except OverflowError as error:
        raise UsageError(f"--older-than {older_than} reaches back before the year 1", "Give fewer days.") from error
    settings = load_run_settings(lake)
    store = open_checked_store(settings) if yes else open_store(settings.lake)
    grace = timedelta(hours=grace_hours)
    found = expire_layer(store, layer, before, now=now, grace=grace, source=source, dry_run=not yes)
    if as_json:
        days = [dataclasses.asdict(each) for each in found]
        print_json({"lake": store.uri, "layer": layer, "before": before, "dry_run": not yes, "days": days})
    elif not found:
        stdout().print(f"{store.uri}: no {layer} from before {before}.", soft_wrap=True)
    else:
        stdout().print(_table(found, done=yes))
        if not yes:
            stderr().print(f"nothing was deleted from {store.uri}. To delete these days for good: --yes")
        elif marked := sum(each.action is Action.MARK for each in found):
            stderr().print(f"[dim]Run this again in {grace_hours} hours to delete the {marked:,} marked days.[/dim]")
    return ExitCode.DONE


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
