import json
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.parse import Measured, case_pages, fixture_pages, measure, table
from parsers.registry import sources


def test_table_has_a_row_a_source_and_the_means_of_all() -> None:
    measured = [Measured("b", 3000, 0.001, 0.004), Measured("a", 1000, 0.003, 0.006), Measured("b", 1000, 0.002, 0.002)]
    rows = table(measured)
    assert [(row.source, row.pages, row.kilobytes) for row in rows] == [("a", 1, 1), ("b", 2, 2), ("all", 3, 5 / 3)]
    assert [round(row.ratio, 6) for row in rows] == [2, 2, 2]
    assert round(rows[1].floor_ms, 6) == 1.5


def test_every_source_with_html_is_measured_on_its_fixtures() -> None:
    pages = list(fixture_pages())
    assert {page.source for page in pages} == {name for name, source in sources().items() if source.layouts}
    for page in measure(pages[:3], passes=1):
        assert 0 < page.floor < page.parsed


def test_fixtures_are_as_they_are_or_as_large_as_real_pages() -> None:
    bare, full = next(fixture_pages(bare=True)).capture.body, next(fixture_pages()).capture.body
    assert len(bare) < 10_000
    assert 200_000 < len(full) - len(bare) < 300_000
    assert full.startswith(bare[: bare.index(b"</body>")])


def test_cases_are_measured_where_their_source_is_known(tmp_path: Path) -> None:
    page = next(iter(fixture_pages()))
    (tmp_path / "a.html").write_bytes(page.capture.body)
    cases = [
        {"file": "a.html", "url": page.capture.url},
        {"file": "a.html", "url": "https://unknown.example/"},
        {"file": "a.txt", "url": page.capture.url},
    ]
    (tmp_path / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases))
    assert [found.source for found in case_pages(tmp_path / "cases.jsonl")] == [page.source]


@pytest.mark.parametrize(("options", "shown"), [([], "HTML parser ms"), (["--json"], '"ratio"')])
def test_command_prints_a_table_or_json(
    options: list[str], shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--passes", "1", *options])
    assert main() == 0
    assert shown in capsys.readouterr().out


@pytest.mark.parametrize("others", ["lake", "orchestration", "politeness"])
def test_other_measurements_have_a_command_each(
    others: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", others, "--help"])
    with pytest.raises(SystemExit, match="0"):
        main()
    assert f"python -m bench {others}" in capsys.readouterr().out


def test_nothing_to_measure_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cases.jsonl").write_text("")
    monkeypatch.setattr("sys.argv", ["bench", "--cases", str(tmp_path / "cases.jsonl")])
    assert main() == 1
    assert "No page of a known source" in capsys.readouterr().err
