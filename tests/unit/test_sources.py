"""Every source on its saved pages.

A fixture is a folder `tests/fixtures/sources/<source>/<case>/` with `page.html` or `page.txt` (written by us, in the
layout of real pages), `capture.json` (url, captured_at, source; all optional) and `expected.json`. If that file is
missing, the test writes it from the parser's output and fails: review it before you commit it. A source without layouts
needs no page of its own.
"""

import ast
import re
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.authoring import cases
from parsers.parse import parse
from parsers.record.article import Article
from parsers.record.outcome import Parsed, Rejected
from parsers.registry import by_host, sources
from parsers.source.definition import GENERIC
from tests.captures import article_of, html_capture, rejection_of
from tests.parser_versions import changed, changed_generically, present, recorded, with_cases
from tests.source_cases import CASES, outcome_of, parsed

ROOT = Path(__file__).parents[2]
# A place in the page as a share of its length, how many bytes go there, what comes instead.
INSERTED = ["", "<", ">", '"', "<p>", "</div>", "\0", "\xff", "[", "{", "5", "null", "May 32", "<br><br>", "</script>"]
CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 300), st.sampled_from(INSERTED)), min_size=1, max_size=12)


def expected_of(case: Path) -> dict[str, Any]:
    path = case / "expected.json"
    if not path.exists():
        cases.write_expected(case, outcome_of(case))
        pytest.fail(f"{path} was missing; it has been written from the parser's output: review it, then run again")
    return cases.expected_of(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_every_field_is_as_expected_and_has_an_origin_if_it_has_a_value(case: Path) -> None:
    outcome = parsed(case)
    assert cases.plain(outcome) == expected_of(case)
    if isinstance(outcome, Parsed):
        present = {field.name for field in fields(Article) if getattr(outcome.article, field.name) not in (None, ())}
        assert set(outcome.origins) == present
        assert all(outcome.origins.values())


OWN_CODE = [name for name, source in sources().items() if source.layouts or source.text_layouts]
WITHOUT_LAYOUTS = sorted(sources().keys() - OWN_CODE)
STORY = """<!doctype html><html><head><meta property="og:title" content="The ferry sails again">
<meta property="article:published_time" content="2024-03-05T09:30:00"></head><body><nav><a href="/">Home</a></nav>
<article><h1>The ferry sails again</h1><p>The ferry between the two banks of the river sails again from Tuesday.</p>
<p>It had been out of service for eleven weeks, since a log damaged its rudder in December.</p></article></body>"""

HEADLINES = "<!doctype html><title>News</title><h1>News</h1><main>" + "".join(
    f"<article><h2><a href=/news/{n}>Harbour story number {n} of the day</a></h2><p>A summary of it.</p></article>"
    for n in range(20)
)


@pytest.mark.parametrize("name", OWN_CODE)
def test_every_layout_has_a_fixture(name: str) -> None:
    found = [expected_of(case) for case in CASES if case.parent.name == name]
    covered = {case["layout"] for case in found if case["outcome"] == "parsed"}
    assert set(sources()[name].layout_names) - covered - {GENERIC.name} == set()


@pytest.mark.parametrize("name", sorted(sources()))
def test_every_source_rejects_a_page_of_headlines(name: str) -> None:
    outcome = parse(html_capture(HEADLINES, url=f"https://www.{sources()[name].hosts[0]}/news/"))
    assert rejection_of(outcome).source == name


@pytest.mark.parametrize("name", WITHOUT_LAYOUTS)
def test_source_without_layouts_reads_a_story_at_each_of_its_hosts_in_its_own_zone(name: str) -> None:
    for host in sources()[name].hosts:
        article = article_of(parse(html_capture(STORY, url=f"https://www.{host}/2024/03/ferry-sails-again")))
        assert (article.source, article.title, len(article.body)) == (name, "The ferry sails again", 2)
        zone = ZoneInfo(sources()[name].timezone)
        assert article.published_at == datetime(2024, 3, 5, 9, 30, tzinfo=zone)


def test_every_source_is_in_the_folder_of_its_country_and_its_file_names_its_site() -> None:
    folder = ROOT / "parsers" / "sources"
    files = {path.stem: path for path in folder.glob("[a-z][a-z]/*.py")}
    assert list(sources()) == sorted(files)
    for name, source in sources().items():
        assert files[name].parent.name == source.country
        site = re.search(r"https?://(\S+?)[,.;]?\s", f"{ast.get_docstring(ast.parse(files[name].read_text('utf-8')))} ")
        assert site, f"the docstring of {files[name]} does not give the address of its site"
        assert by_host(site[1]) is source


def test_rule_within_a_paragraph_of_ap_parts_it() -> None:
    text = "<p>The dam held. ___ Roads are closed ____</p><p>a___b</p>"
    html = f"<meta property=og:title content=Dam><div class=RichTextStoryBody>{text}</div>"
    article = article_of(parse(html_capture(html, source="apnews")))
    assert [block.text for block in article.body] == ["The dam held.", "Roads are closed", "a___b"]


def test_hankook_ilbo_without_jsonld_gives_the_reporter_without_job_and_count() -> None:
    head = "<meta property=og:title content=T><meta property=article:author content='강새벽 선임기자 외 2명'>"
    html = f"{head}<div id=article-view-content class=article-view><p>A</p></div>"
    assert article_of(parse(html_capture(html, source="hankookilbo"))).authors == ("강새벽",)


def test_output_of_the_generic_reader_changes_only_with_its_number() -> None:
    assert changed_generically() == []


@pytest.mark.parametrize("name", with_cases())
def test_output_changes_only_with_the_version_and_versions_only_rise(name: str) -> None:
    version = sources()[name].parser_version
    known = recorded(name).get(str(version))
    assert known, f"version {version} of {name} is not written down: run `python -m tests.parser_versions`"
    other = changed(name, version)
    assert not other, f"{name} gives something else on {other}: raise `version` in its file"
    added = sorted(present(name).keys() - known.keys())
    assert not added, f"{added} are not written down: run `python -m tests.parser_versions`"
    assert version == max(map(int, recorded(name)))


@settings(max_examples=settings().max_examples * 10)  # there are many sources
@given(case=st.sampled_from(CASES), cuts=CUTS)
def test_p21_no_damage_to_a_page_makes_a_source_raise(case: Path, cuts: list[tuple[float, int, str]]) -> None:
    capture = cases.capture_of(case)
    page = capture.body
    for share, length, inserted in cuts:
        at = int(share * len(page))
        page = page[:at] + inserted.encode("latin-1") + page[at + length :]
    assert isinstance(parse(replace(capture, body=page, source=case.parent.name)), Parsed | Rejected)
