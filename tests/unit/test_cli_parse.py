"""`newslake parse`: what the parsers make of files, in the form that scorers read."""

import gzip
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests import sample_pages as pages
from tests.commands import Cli

pytestmark = pytest.mark.usefixtures("alone")


def _lines(printed: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in printed.splitlines()]


def test_cases_give_a_line_each_in_their_order(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a.html").write_bytes(pages.page(0))
    (tmp_path / "b.html.gz").write_bytes(gzip.compress(pages.page(1), mtime=0))
    (tmp_path / "c.txt").write_text("A text that no source recognises.")
    cases: tuple[dict[str, Any], ...] = (
        {"id": "second", "file": "b.html.gz", "url": pages.url(1), "captured_at": "2024-01-13T08:00:00"},
        {"id": "text", "file": "c.txt", "url": None, "captured_at": None, "expected": {}},
        {"id": "first", "file": "a.html", "url": None, "captured_at": "2024-01-13T08:00:00Z", "source": "tass"},
    )
    (tmp_path / "cases.jsonl").write_bytes(b"\n".join(map(orjson.dumps, cases)) + b"\n\n")
    second, text, first = _lines(cli("parse", "--cases", "cases.jsonl"))
    assert (second["id"], second["outcome"], second["reason"]) == ("second", "parsed", None)
    article = second["article"]
    assert article["source"] == first["article"]["source"] == "tass"
    assert article["title"] == "Cranes of bay 1 winter further north"
    assert article["published_at"] == "2024-01-11T09:00:00+00:00"
    assert [block["type"] for block in article["body"]] == ["paragraph", "paragraph"]
    assert set(article["body"][0]) == {"type", "text"}
    assert article["authors"] == ["TASS"]
    assert (text["id"], text["outcome"], text["reason"]) == ("text", "rejected", "unknown_source")
    assert text["article"] is None


@pytest.mark.parametrize(
    "line", [b"not json", b'{"file": "a.html"}', b'["a"]', b'{"id": 1, "file": "a.html", "captured_at": "soon"}']
)
def test_a_bad_case_or_missing_file_is_named_and_nothing_printed(line: bytes, tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a.html").write_bytes(pages.page(0))
    (tmp_path / "cases.jsonl").write_bytes(b'{"id": 0, "file": "a.html"}\n' + line)
    for files, error in (
        (["--cases", "cases.jsonl"], "cases.jsonl, line 2"),
        (["a.html", "gone"], "gone cannot be read"),
    ):
        out = cli("parse", *files, code=2)
        assert error in cli.err
        assert out == ""


def test_a_file_is_shown_for_people_with_origins_if_asked(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a.html").write_bytes(pages.page(0))
    (tmp_path / "b.html").write_bytes(b"<p>[red]nothing")
    shown = cli("parse", "a.html", "--url", pages.url(0))
    assert "a.html  parsed" in shown
    assert "paragraph: STAVROPOL, January 12." in shown
    assert "layout:" not in shown
    lines = [" ".join(line.split()) for line in cli("parse", "a.html", "--url", pages.url(0), "--explain").splitlines()]
    assert "title Cranes of bay 0 winter further north layout: .news-header__title" in lines
    assert (
        _lines(cli("parse", "a.html", "--url", pages.url(0), "--explain", "--json"))[0]["origins"]["title"]
        == "layout: .news-header__title"
    )
    out = cli("parse", "a.html", "b.html")
    assert "b.html  rejected: unknown_source" in out
    assert "1 rejected" in cli.err


def test_a_file_that_is_no_page_is_rejected_as_ingest_does_and_the_others_are_parsed(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(pages.page(0), mtime=0)[:-20])
    (tmp_path / "b.html").write_bytes(pages.page(1))
    bad, good = _lines(cli("parse", "a.html.gz", "b.html", "--json"))
    assert (bad["id"], bad["outcome"], bad["reason"]) == ("a.html.gz", "rejected", "truncated")
    assert (good["id"], good["outcome"]) == ("b.html", "parsed")


def test_parsing_a_page_imports_nothing_slow_that_it_does_not_need(tmp_path: Path) -> None:
    slow = {"asyncio", "boto3", "duckdb", "numpy", "pandas", "prefect", "pyarrow", "pydantic_settings", "rich.progress"}
    (tmp_path / "a.html").write_bytes(pages.page(0))
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from flows.cli import run; code = run(['parse', 'a.html', '--json'])\n"
        f"sys.exit(code or str(sorted({slow!r} & set(sys.modules)) or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
    assert orjson.loads(done.stdout)["outcome"]
