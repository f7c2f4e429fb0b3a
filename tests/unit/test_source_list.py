"""`newslake sources` and docs/sources.md: what is found among the sources, and in what groups."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from docs.generate.sources import DOCUMENT, render
from flows.cli import run as run_cli
from flows.reports.source_list import country_of, grouped
from parsers.registry import sources
from parsers.source.definition import Source

pytestmark = pytest.mark.usefixtures("alone")
PAPER = Source(name="paper", title="Paper", hosts=("paper.example",), language="en-GB", timezone="UTC")


def _names(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert run_cli(["sources", *arguments, "--json"]) == 0
    listed: list[dict[str, Any]] = orjson.loads(capsys.readouterr().out)
    return [each["name"] for each in listed]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["MORGENPOST"], ["berlinermorgenpost"]),
        (["rundschau"], ["fr"]),  # in its title alone
        (["tagesspiegel.DE"], ["tagesspiegel"]),
        (["switzerland"], ["srf", "tagesanzeiger", "zwanzigminuten"]),
        (["--country", "it", "--language", "de"], ["tageszeitung"]),
        (["--country", "IT", "la "], ["repubblica"]),
        (["--language", "is"], ["mbl"]),
        (["no such paper"], []),
    ],
)
def test_sources_are_searched_and_filtered(
    arguments: list[str], names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _names(capsys, *arguments) == names


def test_all_are_listed_under_their_country_and_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert _names(capsys) == list(sources())
    assert run_cli(["sources", "--language", "de"]) == 0
    shown = capsys.readouterr()
    lines = [line.split("  ")[0].rstrip() for line in shown.out.splitlines()]
    headings = [line for line in lines if line.endswith(", de")]
    assert headings == [
        *("Austria (at), de", "Germany (de), de", "Italy (it), de", "Liechtenstein (li), de", "Luxembourg (lu), de"),
        *("Paraguay (py), de", "Spain (es), de", "Switzerland (ch), de"),
    ]
    german = sum(source.language == "de" for source in sources().values())
    assert f"{german} of {len(sources())} sources, 8 countries" in shown.err


def test_json_and_docs_say_what_the_lists_of_a_source_rest_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["sources", "heise.de", "--json"]) == 0
    (heise,) = orjson.loads(capsys.readouterr().out)
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


def test_every_country_of_ours_has_a_name() -> None:
    assert not [name for name, source in sources().items() if country_of(source).startswith("no country")]


def test_docs_sources_is_what_the_files_say() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == render(), "run `make docs`"


@pytest.mark.parametrize("asked", [("--country", "uk"), ("--language", "deutsch")])
def test_a_code_that_no_source_has_is_refused_with_those_there_are(
    asked: tuple[str, str], alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["sources", *asked]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert f"no source has {asked[0]} {asked[1]}" in said
    assert "gb" in said or "de" in said
