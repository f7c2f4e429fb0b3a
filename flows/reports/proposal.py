"""A proposed source for people: what its site offers, what it makes of the pages, and what they have to do."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from flows.reports.explanation import outcome_as_json, show_explanation, show_record
from flows.reports.record_text import shown
from infra.authoring.new_source import Survey
from parsers.propose import Proposal


def proposal_as_json(
    site: Survey, proposal: Proposal, files: Sequence[Path], points: Sequence[str], command: str
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
    console: Console, site: Survey, proposal: Proposal, files: Sequence[Path], points: Sequence[str], command: str
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
