"""The data dictionary is what the code says."""

import dataclasses
import runpy
from pathlib import Path

import pytest

from docs.generate import data_dictionary
from docs.generate.data_dictionary import DICTIONARY, render
from infra.lake.rejects import Reject
from parsers.record.article import Article, Provenance
from parsers.record.outcome import RejectReason


def test_the_file_is_current() -> None:
    assert DICTIONARY.read_text(encoding="utf-8") == render(), "run `make docs`"


def test_it_names_every_column_and_every_reason() -> None:
    text = render()
    for record in (Article, Provenance, Reject):
        for field in dataclasses.fields(record):
            assert f"`{field.name}`" in text
    for reason in RejectReason:
        assert f"| `{reason.value}` | {reason.meaning} |" in text


def test_types_are_written_for_people() -> None:
    text = render()
    assert "| `images` | list of struct of url, caption (null), credit (null) |  |" in text
    assert "| `published_at` | timestamp | null |" in text
    assert "| `word_count` | int32 |  |" in text


def test_every_line_of_a_table_has_its_cells() -> None:
    for block in render().split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        assert len({line.replace("\\|", "").count("|") for line in lines}) <= 1, block


def test_running_the_module_writes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[Path, str]] = []
    monkeypatch.setattr(Path, "write_text", lambda path, text, encoding: written.append((path, text)))
    monkeypatch.delitem(__import__("sys").modules, data_dictionary.__name__)
    runpy.run_module("docs.generate.data_dictionary", run_name="__main__")
    assert written == [(DICTIONARY, render())]
