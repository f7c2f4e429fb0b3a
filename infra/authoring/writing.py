"""Writes a proposed source: its file, a page with other words, a page to reject, and the records to review."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from infra.authoring.cases import write_case
from infra.base.errors import UsageError
from parsers.page.decode import decode
from parsers.page.html import Tree
from parsers.parse import parse_as
from parsers.propose import Proposal, disguise, unlike
from parsers.record.capture import Capture
from parsers.record.outcome import Parsed

OWN_SOURCES: Final = Path("parsers/sources")
OWN_CASES: Final = Path("tests/fixtures/sources")
_TESTS: Final = '''"""Every source of the folder above on its saved pages. Run: pytest"""

import runpy
from pathlib import Path

import pytest

from infra.authoring.cases import capture_of, cases_in, expected_of, plain
from parsers.parse import parse_as

HERE = Path(__file__).parent


@pytest.mark.parametrize("case", cases_in(HERE / "sources"), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_every_field_is_as_expected(case):
    [file] = HERE.parent.rglob(f"{case.parent.name}.py")  # it may lie in the folder of its country
    source = runpy.run_path(str(file))["SOURCE"]
    assert plain(parse_as(capture_of(case), source)) == expected_of(case)
'''


@dataclass(frozen=True, slots=True)
class Places:
    """Where a source and its cases go, and what tests them; `tests` is None where the tests are there."""

    source: Path
    cases: Path
    tests: Path | None
    command: str

    @classmethod
    def of(cls, name: str, country: str | None, into: Path | None, sources_path: str) -> "Places":
        """In the given folder, else in the checkout that we are in, else in the first folder of the user's sources."""
        file = Path(country or "", f"{name}.py")
        if into is None and OWN_SOURCES.is_dir() and OWN_CASES.is_dir():
            if country is None:
                raise UsageError("newslake's own sources lie in folders of countries", "Say which, as --country no.")
            places = cls(OWN_SOURCES / file, OWN_CASES / name, None, f'make test ARGS="-k {name}"')
        elif into is None and not sources_path:
            raise UsageError(
                "this is no checkout of newslake, and NEWSLAKE_SOURCES_PATH is not set",
                "Say where the source is to go: --into FOLDER",
            )
        else:
            folder = into or Path(sources_path.split(os.pathsep, maxsplit=1)[0])
            tests = folder / "tests"
            places = cls(folder / file, tests / "sources" / name, tests / "test_sources.py", f"pytest {tests}")
        taken = next((path for path in (places.source, places.cases) if path.exists()), None)
        if taken:
            raise UsageError(f"{taken} is there already", "Remove it, or choose another name.")
        return places


def write_source(proposal: Proposal, other: Capture | None, places: Places) -> tuple[list[Path], list[str]]:
    """Write all of the source, with the page of the fullest record; the files, and what to look at in them."""
    source = proposal.source
    number, outcome = max(
        (
            (number, each.outcome)
            for number, each in enumerate(proposal.explanations)
            if isinstance(each.outcome, Parsed)
        ),
        key=lambda pair: len(pair[1].origins),
    )
    page = disguise(proposal.captures[number], source)
    points = []
    if differing := unlike(outcome, parse_as(page, source)):
        points.append(f"with other words, the saved page reads otherwise in: {', '.join(differing)}")
    rejected = disguise(other, source) if other else None
    if rejected is None or isinstance(parse_as(rejected, source), Parsed):
        tree = Tree(decode(page.body, page.http_charset).text)
        if tree.body is not None:
            tree.body.inner_html = ""
        rejected = replace(page, body=(tree.html or "").encode())
        points.append(f"{places.cases / 'empty'} is the page without its body; a page of a section says more")
    places.source.parent.mkdir(parents=True, exist_ok=True)
    places.source.write_text(proposal.code, "utf-8")
    cases = (
        (places.cases / f"{page.captured_at:%Y-%m}", page),
        (places.cases / ("home" if other else "empty"), rejected),
    )
    for case, capture in cases:
        write_case(case, capture, source)
    if places.tests and not places.tests.exists():
        places.tests.write_text(_TESTS, "utf-8")
    points.append(f"{cases[0][0] / 'expected.json'}: compare it with the page beside it, field by field")
    return [places.source, *(case for case, _ in cases), *filter(None, [places.tests])], points
