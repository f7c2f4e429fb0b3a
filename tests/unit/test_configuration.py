"""docs/configuration.md is what the settings say."""

import runpy
import sys
from pathlib import Path

import pytest

from docs.generate import configuration
from docs.generate.configuration import DOCUMENT, render
from infra.base.settings import Settings


def test_the_file_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == render(), "run `make docs`"


def test_it_names_every_setting_with_its_default() -> None:
    text = render()
    for name in Settings.model_fields:
        assert f"| `NEWSLAKE_{name.upper()}` |" in text
    assert "| `NEWSLAKE_LAKE` | `./lake` |" in text
    assert "| `NEWSLAKE_WORKERS` |  |" in text


def test_running_the_module_writes_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[Path, str]] = []
    monkeypatch.setattr(Path, "write_text", lambda path, text, encoding: written.append((path, text)))
    monkeypatch.delitem(sys.modules, configuration.__name__)
    runpy.run_module("docs.generate.configuration", run_name="__main__")
    assert written == [(DOCUMENT, render())]
