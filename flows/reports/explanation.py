"""A parsed page for people: its record, and why it is what it is."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.reports.text import LONGEST_ORIGIN, headless, lines_of, shown
from parsers.record.outcome import Rejected

if TYPE_CHECKING:
    from parsers.explain import Explanation

_LONGEST_TEXT = 240  # characters of a left-out text that are shown


def outcome_as_json(case_id: str, explanation: "Explanation", *, explained: bool) -> dict[str, Any]:
    """The line that `parse --json` prints; the article has the keys of the Article dataclass."""
    outcome = explanation.outcome
    told: dict[str, Any]
    if isinstance(outcome, Rejected):
        rejection = {"reason": outcome.reason.value, "detail": outcome.detail}
        told = {"id": case_id, "outcome": "rejected", **rejection, "article": None}
    else:
        article = dataclasses.asdict(outcome.article)
        told = {"id": case_id, "outcome": "parsed", "reason": None, "article": article}
        if explained:
            told["origins"] = outcome.origins
    if explained:
        told["explanation"] = {
            name: value for name, value in dataclasses.asdict(explanation).items() if name != "outcome"
        }
    return told


def show_record(console: Console, name: str, explanation: "Explanation", *, explained: bool) -> None:
    """Print the record; `explained`: with the origins of its fields and what else the page says of them."""
    outcome = explanation.outcome
    if isinstance(outcome, Rejected):
        reason = (f"rejected: {outcome.reason.value}", "red")
        console.print(Text.assemble((shown(name), "bold"), "  ", reason, "  ", shown(outcome.detail)))
        return
    console.print(Text.assemble((shown(name), "bold"), "  ", ("parsed", "green")))
    rivals = {field: list(_rivals(explanation, field)) for field in explanation.rivals}
    console.print(field_table(dataclasses.asdict(outcome.article), outcome.origins if explained else {}, rivals))


def field_table(
    row: Mapping[str, Any], origins: Mapping[str, str], others: Mapping[str, Sequence[tuple[str, str]]]
) -> Table:
    """Name, value and origin of each field that has one; below it, yellow, what `others` say, each with its origin."""
    fields = _columns()
    for field, value in row.items():
        said = [(Text(line), origins.get(field, "")) for line in lines_of(field, value)]
        said[1:] = [(line, "") for line, _ in said[1:]]
        said += [(Text(shown(line), "yellow"), origin) for line, origin in others.get(field, ())]
        for number, (line, origin) in enumerate(said):
            fields.add_row("" if number else field, line, Text(shown(origin), "dim italic"))
    return fields


def _columns() -> Table:
    origin = {"overflow": "fold", "max_width": LONGEST_ORIGIN}
    return headless({"style": "dim", "no_wrap": True}, {"overflow": "fold"}, origin)


def _rivals(explanation: "Explanation", field: str) -> Iterator[tuple[str, str]]:
    rivals = explanation.rivals[field]
    for rival in rivals:
        if not rival.agrees:
            yield f"  not: {' '.join(lines_of(field, rival.value))}", rival.origin
    if agreeing := "; ".join(rival.origin for rival in rivals if rival.agrees):
        yield "  the same:", agreeing


def show_explanation(console: Console, explanation: "Explanation") -> None:
    """Print which article was chosen, where the body stands, and what was left out."""
    for story in explanation.stories:
        taken = ("its own article", "green") if story.chosen else ("another article", "yellow")
        why = f"  {shown(story.headline or story.address or 'without headline', _LONGEST_TEXT)}: {story.why}"
        console.print(Text.assemble("JSON-LD: ", taken, why))
    if not explanation.stories:
        console.print("JSON-LD: describes no article", style="dim")
    if explanation.container:
        console.print(Text(f"body: in {shown(explanation.container)}"))
    if not explanation.left_out:
        return
    console.print(Text("left out", "bold"))
    rows = _columns()
    for each in explanation.left_out:
        kind = f"in {each.field}" if each.field else "of the element" if each.inside else "elsewhere"
        said = Text(shown(each.text, _LONGEST_TEXT), "dim" if each.field else "")
        rows.add_row(kind, said, Text(each.place.rpartition(" > ")[2], "dim italic"))
    console.print(rows)
