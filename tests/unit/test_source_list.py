"""`newslake sources` and docs/sources.md: what is found among the sources, and in what groups."""

from dataclasses import replace
from pathlib import Path

import pytest

from docs.generate.sources import render
from flows.reports.source_list import grouped
from parsers.registry import sources
from parsers.source.definition import Source
from tests.commands import Cli
from tests.tables import table

pytestmark = pytest.mark.usefixtures("alone")
PAPER = Source(name="paper", title="Paper", hosts=("paper.example",), language="en-GB", timezone="UTC")


def _names(cli: Cli, *arguments: str) -> list[str]:
    return [each["name"] for each in cli.json("sources", *arguments)]


@pytest.mark.parametrize(("arguments", "names"), table("source_list")["searches"])
def test_sources_are_searched_and_filtered(arguments: list[str], names: list[str], cli: Cli) -> None:
    assert _names(cli, *arguments) == names


def test_all_are_listed_under_their_country_and_language(cli: Cli) -> None:
    assert _names(cli) == list(sources())
    out = cli("sources", "--language", "de")
    lines = [line.split("  ")[0].rstrip() for line in out.splitlines()]
    headings = [line for line in lines if line.endswith(", de")]
    assert headings == [
        *("Austria (at), de", "Germany (de), de", "Italy (it), de", "Liechtenstein (li), de", "Luxembourg (lu), de"),
        *("Paraguay (py), de", "Spain (es), de", "Switzerland (ch), de"),
    ]
    german = sum(source.language == "de" for source in sources().values())
    assert f"{german} of {len(sources())} sources, 8 countries" in cli.err


def test_json_and_docs_say_what_the_lists_of_a_source_rest_on(cli: Cli) -> None:
    (heise,) = cli.json("sources", "heise.de")
    assert heise["verified"] == sources()["heise"].verified != ""
    text = render()
    assert f"| `heise` | feed, own lists | {heise['verified']} |" in text
    assert "| `bbc` | 2 feeds, news sitemap | public documentation |" in text
    assert "| `fr` | own lists" not in text


def test_language_has_no_region_and_a_source_may_have_no_country() -> None:
    abroad = replace(PAPER, name="abroad", country="is")
    odd = replace(PAPER, name="odd", country="qq")
    assert {group: [each.name for each in members] for group, members in grouped([PAPER, abroad, odd]).items()} == {
        "Iceland (is), en": ["abroad"],
        "no country of the list (qq), en": ["odd"],
        "no country stated, en": ["paper"],
    }


@pytest.mark.parametrize("asked", [("--country", "uk"), ("--language", "deutsch")])
def test_a_code_without_sources_is_refused_with_those_there_are(asked: tuple[str, str], alone: Path, cli: Cli) -> None:
    cli("sources", *asked, code=2)
    said = " ".join(cli.err.split())
    assert f"no source has {asked[0]} {asked[1]}" in said
    assert "gb" in said or "de" in said
