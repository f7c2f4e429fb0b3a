"""`newslake sources`: what sources there are, by country and language."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.reports.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from parsers.source.definition import Source


def sources(
    text: Annotated[
        str, typer.Argument(metavar="[TEXT]", help="Only sources with this in name, title, hosts or country.")
    ] = "",
    country: Annotated[str | None, typer.Option(metavar="CODE", help="Only of this country, as `de`.")] = None,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="Only in this language, as `de`.")] = None,
    lake: options.Lake = None,
    as_json: options.Json = False,
) -> int:
    """List the sources by country and language: how their articles are found, how often they are asked, the last day.

    [bold]Examples[/bold]

    newslake sources morgenpost

    newslake sources --country ch --language de
    """
    from flows.jobs.start import load_run_settings
    from flows.reports import source_list
    from infra.store.open_store import open_store
    from parsers.registry import broken
    from parsers.registry import sources as registered

    settings = load_run_settings(lake)
    landed = source_list.last_days(open_store(settings.lake))
    found = source_list.matching(registered().values(), text, country, language)
    _require_some(found, registered().values(), country, language)
    intervals = {each.name: max(settings.host_interval_seconds, each.interval_seconds or 0) for each in found}
    if as_json:
        listed = [source_list.described(each, intervals[each.name], landed.get(each.name)) for each in found]
        faulty = [{"name": name, "fault": fault.error, "place": fault.place} for name, fault in broken().items()]
        print_json(listed + faulty)
        return ExitCode.DONE
    if found:
        stdout().print(_by_country(found, intervals, landed))
    for name, fault in broken().items():
        stdout().print(Text(f"{name} cannot be loaded: {fault.error} ({fault.place})", "red"), soft_wrap=True)
    countries = len({each.country for each in found})
    stderr().print(f"{len(found)} of {len(registered())} sources, {countries} countr{'y' if countries == 1 else 'ies'}")
    return ExitCode.DONE


def _require_some(found: "list[Source]", known: "Iterable[Source]", country: str | None, language: str | None) -> None:
    """Refuse a code that no source has, with those that there are."""
    from flows.reports.source_list import language_of
    from infra.base.errors import UsageError

    of = list(known)
    for said, name, codes in (
        (country, "--country", {each.country for each in of}),
        (language, "--language", {language_of(each) for each in of}),
    ):
        if said and not found and said.lower() not in codes:
            raise UsageError(f"no source has {name} {said}", f"There are: {', '.join(sorted(filter(None, codes)))}.")


def _by_country(found: "list[Source]", intervals: dict[str, float], landed: dict[str, str]) -> "Table":
    from flows.reports import source_list

    rows = table("source", "hosts", "found by", "horizon", "interval", "last day")
    rows.padding = (0, 1, 0, 0)  # it is wide
    for column in rows.columns:
        column.no_wrap = column.header in ("source", "horizon", "last day")
    for group, members in source_list.grouped(found).items():
        rows.add_row(Text(group, "bold cyan"))
        for each in members:
            finds, horizon = source_list.finds(each), source_list.horizon(each)
            last_day = landed.get(each.name, "-")
            rows.add_row(
                f"  {each.name}", " ".join(each.hosts), finds, horizon, f"{intervals[each.name]:g} s", last_day
            )
    return rows
