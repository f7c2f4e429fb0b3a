"""`newslake sources`: what sources there are, by country and language."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.reports.text import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from parsers.source.definition import Source


def sources(
    text: Annotated[
        str, typer.Argument(metavar="[TEXT]", help="Only sources with this in name, title, hosts or country.")
    ] = "",
    country: Annotated[str | None, typer.Option(metavar="CODE", help="Only this country, such as `de`.")] = None,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="Only this language, such as `de`.")] = None,
    as_json: options.Json = False,
) -> int:
    """List the sources by country and language: how their articles are found, how often they are asked, how far back.

    [bold]Examples[/bold]

    newslake sources morgenpost

    newslake sources --country ch --language de
    """
    from flows.reports import source_list
    from infra.base.settings import load_settings
    from parsers.registry import broken
    from parsers.registry import sources as registered

    settings = load_settings()
    found = source_list.matching(registered().values(), text, country, language)
    _require_some(found, registered().values(), country, language)
    intervals = {each.name: max(settings.host_interval_seconds, each.interval_seconds or 0) for each in found}
    if as_json:
        listed = [source_list.described(each, intervals[each.name]) for each in found]
        faulty = [{"name": name, "fault": fault.error, "place": fault.place} for name, fault in broken().items()]
        print_json(listed + faulty)
        return ExitCode.DONE
    if found:
        stdout().print(_by_country(found, intervals))
    for name, fault in broken().items():
        stdout().print(Text(f"{name} cannot be loaded: {fault.error} ({fault.place})", "red"), soft_wrap=True)
    countries = len({each.country for each in found})
    stderr().print(f"{len(found)} of {len(registered())} sources, {countries} countr{'y' if countries == 1 else 'ies'}")
    return ExitCode.DONE


def _require_some(found: "list[Source]", known: "Iterable[Source]", country: str | None, language: str | None) -> None:
    from flows.reports.source_list import language_of
    from infra.base.errors import UsageError

    of = list(known)
    for said, name, codes in (
        (country, "--country", {each.country for each in of}),
        (language, "--language", {language_of(each) for each in of}),
    ):
        if said and not found and said.lower() not in codes:
            raise UsageError(f"no source has {name} {said}", f"There are: {', '.join(sorted(filter(None, codes)))}.")


def _by_country(found: "list[Source]", intervals: dict[str, float]) -> "Table":
    from flows.reports import source_list

    rows = table("source", "hosts", "found by", "horizon", "interval")
    rows.padding = (0, 1, 0, 0)  # it is wide
    for column in rows.columns:
        column.no_wrap = column.header in ("source", "horizon")
    for group, members in source_list.grouped(found).items():
        rows.add_row(Text(group, "bold cyan"))
        for each in members:
            finds, horizon = source_list.finds(each), source_list.horizon(each)
            rows.add_row(f"  {each.name}", " ".join(each.hosts), finds, horizon, f"{intervals[each.name]:g} s")
    return rows
