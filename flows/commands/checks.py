"""`newslake suggest-checks`: numbers for the quality gate."""

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.console import ExitCode, JsonOption, LakeOption, print_json, stderr, stdout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parsers.source.suggested_checks import Suggestion

SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="Name of a source. See `newslake sources`.")]
JUDGED_DAYS = 90  # a season: holidays are among them, the redesign before the last is not


def suggest_checks(source: SourceArgument, lake: LakeOption = None, as_json: JsonOption = False) -> int:
    """Propose numbers for a source's checks from what of it is landed, ready to paste.

    [bold]Example[/bold]

    newslake suggest-checks tass
    """
    from flows.jobs.start import load_run_settings
    from infra.base.known_sources import require_source
    from infra.store.open_store import open_store
    from infra.work.history import History
    from parsers.source.suggested_checks import as_code, suggest

    require_source(source)
    store = open_store(load_run_settings(lake).lake)
    history = History(store, source)
    newest = history.newest()
    days = history.near(newest.isoformat(), JUDGED_DAYS) if newest else []
    suggestions = suggest(days)
    code = as_code(suggestions) if suggestions else None
    if as_json:
        rows = [dataclasses.asdict(each) for each in suggestions]
        print_json({"source": source, "days": len(days), "suggestions": rows, "code": code})
    elif not suggestions:
        stdout().print(f"{len(days)} days of {source} are landed: too few to say what is usual; five are needed.")
    else:
        _print(suggestions)
        stderr().print(
            f"[dim]from {len(days)} days, {days[0].date} to {days[-1].date}; for parsers/sources/{source}.py:[/dim]"
        )
        stdout().print(code, markup=False, soft_wrap=True)
    return ExitCode.DONE


def _print(suggestions: "Sequence[Suggestion]") -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("check", no_wrap=True)
    for column in ("proposed", "median", "least", "most", "days"):
        table.add_column(column, justify="right")
    table.add_column("basis")
    for each in suggestions:
        name = f"{each.check} {each.field}" if each.field else each.check
        proposed = "-" if each.proposed is None else f"{each.proposed:g}"
        seen = (f"{value:.4g}" for value in (each.usual, each.least, each.most))
        table.add_row(name, proposed, *seen, str(each.days), each.basis)
    stdout().print(table)
