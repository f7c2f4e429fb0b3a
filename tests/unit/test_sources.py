"""Every source on its saved pages.

A fixture is a folder `tests/fixtures/sources/<source>/<case>/` with `page.html` or `page.txt` (written by us, in the
layout of real pages), `capture.json` (url, captured_at, source; all optional) and `expected.json`. If that file is
missing, the test writes it from the parser's output and fails: review it before you commit it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from parsers.parse import parse
from parsers.registry import sources
from tests.captures import article_of, html_capture
from tests.source_cases import CASES, outcome_of


def expected_of(case: Path) -> dict[str, Any]:
    path = case / "expected.json"
    if not path.exists():
        path.write_text(json.dumps(outcome_of(case), indent=1, ensure_ascii=False) + "\n", "utf-8")
        pytest.fail(f"{path} was missing; it has been written from the parser's output: review it, then run again")
    expected: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_every_field_is_as_expected(case: Path) -> None:
    assert outcome_of(case) == expected_of(case)


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
    article = article_of(parse(html_capture(html, source="apnews")))
    assert [block.text for block in article.body] == ["The dam held.", "Roads are closed", "a___b"]


@pytest.mark.parametrize("stated", ["강새벽", "강새벽 기자", "강새벽 선임기자 외 2명"])
def test_hankook_ilbo_without_jsonld_gives_the_reporter_without_job_and_count(stated: str) -> None:
    head = f"<meta property=og:title content=T><meta property=article:author content='{stated}'>"
    html = f"{head}<div id=article-view-content class=article-view><p>A</p></div>"
    assert article_of(parse(html_capture(html, source="hankookilbo"))).authors == ("강새벽",)
