"""`newslake new-source`: from pages of a site to a source with its tests."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stdout
from flows.commands.parse import Case, read_case
from flows.reports.explanation import outcome_as_json, show_explanation, show_record
from flows.reports.text import shown
from infra.base.errors import NewslakeError, UsageError
from parsers.record.capture import Capture
from parsers.record.outcome import Parsed

if TYPE_CHECKING:
    from infra.authoring.new_source import Survey
    from parsers.propose import Proposal


def new_source(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the source: a-z, 0-9 and _.")],
    pages: Annotated[list[str], typer.Argument(metavar="URL|FILE…", help="Pages of articles, or the home page.")],
    title: Annotated[str | None, typer.Option(help="Name that people use. Default: as the pages say.")] = None,
    language: Annotated[str | None, typer.Option(help="For pages that state none. Default: as most pages say.")] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="AREA/CITY", help="Zone of times that state none. Needed if pages have such.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(metavar="CODE", help="Where it is published, such as `no`: the folder of its file.")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where to write. Default: this checkout, else NEWSLAKE_SOURCES_PATH."),
    ] = None,
    as_json: options.Json = False,
) -> int:
    """Make a source from pages of a site: its file, a saved page with other words, and its record to review.

    Given an address, it asks politely for the site's robots file, sitemaps and feeds, and for some listed pages if
    the given one is no article.

    [bold]Examples[/bold]

    newslake new-source harbournews https://harbournews.example/ --into papers

    newslake new-source harbournews page1.html page2.html --timezone Europe/Oslo --into ~/sources
    """
    from infra.authoring.new_source import Places, Survey, survey, write_source
    from infra.base.settings import load_settings
    from parsers.propose import draft_of, needs_zone, propose

    settings = load_settings()
    _require_new(name)
    try:
        replace(draft_of(name, (), timezone=timezone), country=country)
    except ValueError as error:
        raise UsageError(str(error), "See `newslake new-source --help`.") from error
    places = Places.of(name, country, into, settings.sources_path)
    urls = [page for page in pages if "://" in page]
    saved = list(_saved([Path(page) for page in pages if "://" not in page], settings.max_page_bytes))
    site = survey(name, urls, settings) if urls else Survey()
    captures = (*saved, *site.pages)
    draft = draft_of(name, captures, title=title, language=language, timezone=timezone)
    _require_host(draft.hosts, name)
    if timezone is None and needs_zone(draft, captures):
        raise UsageError("the pages state times without a zone", "Say which it is, as --timezone Europe/Oslo.")
    proposal = propose(draft, captures)
    if not any(isinstance(each.outcome, Parsed) for each in proposal.explanations):
        raise NewslakeError(f"no page is an article: {'; '.join(proposal.open_points)}", "Name pages of articles.")
    files, points = write_source(proposal, site.other, places)
    told = (site, proposal, files, [*proposal.open_points, *points], places.command)
    if as_json:
        print_json(proposal_as_json(*told))
    else:
        show_proposal(stdout(), *told)
    return ExitCode.DONE


def _require_new(name: str) -> None:
    from parsers.generic.reader import WEB
    from parsers.registry import broken, sources

    if name == WEB or name in sources() or name in broken():
        raise UsageError(f"there is a source {name!r} already", "Choose another name.")


def _require_host(hosts: tuple[str, ...], name: str) -> None:
    """Refuse pages whose host nobody knows, or another source has."""
    from parsers.registry import by_host

    if not hosts:
        raise UsageError("the pages state no address", "Name the URL of one, so that its host is known.")
    if taken := next(filter(None, map(by_host, hosts)), None):
        raise UsageError(
            f"{hosts[0]} is of the source {taken.name!r} already", f"Change that one; {name} is not needed."
        )


def _saved(files: list[Path], max_bytes: int) -> Iterator[Capture]:
    from parsers.propose import with_address

    for file in files:
        capture, problem = read_case(Case(str(file), file), max_bytes)
        if problem:
            raise UsageError(f"{file} cannot be read as a page: {problem.detail}", "Save it again.")
        yield with_address(capture)


def proposal_as_json(
    site: "Survey", proposal: "Proposal", files: Sequence[Path], points: Sequence[str], command: str
) -> dict[str, Any]:
    """One document: the records with their explanations, the files, what is left to a person."""
    return {
        "source": proposal.source.name,
        "lists": [{"url": each.url, "links": each.links, "detail": each.detail} for each in site.lists],
        "failures": site.failures,
        "pages": [outcome_as_json(page, each, explained=True) for page, each in proposal.records],
        "files": [str(file) for file in files],
        "open_points": points,
        "test": command,
    }


def show_proposal(
    console: Console, site: "Survey", proposal: "Proposal", files: Sequence[Path], points: Sequence[str], command: str
) -> None:
    """The lists, each record beside its page's other readings and left-out text, the file, and the next steps."""
    for failure in site.failures:
        console.print(Text(f"not had: {shown(failure)}", "yellow"), soft_wrap=True)
    for each in site.lists:
        console.print(Text(f"list: {each.url}: {each.detail or f'{each.links:,} links'}"), soft_wrap=True)
    if site.lists:
        console.print(f"They name {site.links:,} articles of yesterday and today.\n")
    for page, explanation in proposal.records:
        show_record(console, page, explanation, explained=True)
        show_explanation(console, explanation)
        console.print()
    console.print(Text(proposal.code), soft_wrap=True)
    console.print("written", style="bold")
    for file in files:
        console.print(Text(f"  {file}"), soft_wrap=True)
    console.print("for you to look at", style="bold")
    for point in points:
        console.print(Text(f"  {shown(point)}"), soft_wrap=True)
    console.print("then", style="bold")
    console.print(Text(f"  {command}"), soft_wrap=True)
