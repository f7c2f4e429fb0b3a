"""Every source on its saved pages: one test a field, so that a failure names what broke.

A fixture is a folder `tests/fixtures/sources/<source>/<case>/` with `page.html` or `page.txt` (written by us, in the
layout that real pages have), `capture.json` (url, captured_at, source; all optional) and `expected.json`. Where that is
missing it is written from what the parser gives, and the test fails: review it before you commit it.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from parsers.parse import parse
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import Parsed
from parsers.registry import sources
from tests.source_cases import CASES, outcome_of


def expected_of(case: Path) -> dict[str, Any]:
    path = case / "expected.json"
    if not path.exists():
        path.write_text(json.dumps(outcome_of(case), indent=1, ensure_ascii=False) + "\n", "utf-8")
        pytest.fail(f"{path} was missing; it has been written from the parser's output: review it, then run again")
    expected: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return expected


def names_of(case: Path) -> list[str]:
    """Fields that are expected; a fixture without expectations still gets one test, which writes them and fails."""
    path = case / "expected.json"
    return list(json.loads(path.read_text("utf-8"))) if path.exists() else ["title"]


FIELDS = [
    pytest.param(case, name, id=f"{case.parent.name}/{case.name}/{name}") for case in CASES for name in names_of(case)
]


@pytest.mark.parametrize(("case", "name"), FIELDS)
def test_field_is_as_expected(case: Path, name: str) -> None:
    expected = expected_of(case)
    assert outcome_of(case).get(name) == expected[name]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_no_field_is_unexpected(case: Path) -> None:
    assert set(outcome_of(case)) == set(expected_of(case))


@pytest.mark.parametrize("name", sources())
def test_every_layout_has_a_fixture_and_every_source_a_page_that_is_rejected(name: str) -> None:
    found = [expected_of(case) for case in CASES if case.parent.name == name]
    covered = {case["layout"] for case in found if case["outcome"] == "parsed"}
    source = sources()[name]
    wanted = {layout.name for layout in source.layouts} | {layout.name for layout in source.text_layouts}
    assert wanted - covered == set()
    assert any(case["outcome"] == "rejected" for case in found)


def test_rule_within_a_paragraph_of_ap_parts_it() -> None:
    text = "<p>The dam held. ___ Roads are closed ____</p><p>a___b</p>"
    html = f"<meta property=og:title content=Dam><div class=RichTextStoryBody>{text}</div>"
    capture = Capture(
        html.encode(), MediaType.HTML, datetime(2024, 5, 3, tzinfo=UTC), CapturedAtBasis.LIVE, source="apnews"
    )
    outcome = parse(capture)
    assert isinstance(outcome, Parsed)
    assert [block.text for block in outcome.article.body] == ["The dam held.", "Roads are closed", "a___b"]
