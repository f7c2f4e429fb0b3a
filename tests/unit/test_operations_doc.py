"""docs/operations.md: every command in it exists, and so do its options."""

import re
from pathlib import Path

import pytest

from flows.cli import run as run_cli

DOC = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
# `newslake NAME …` at the start of a line of a listing, or in a code span.
LINES = re.findall(r"(?:^\$ |^|`)newslake ([a-z-]+)([^`#\n]*)", DOC, re.MULTILINE)


def test_the_runbook_names_commands() -> None:
    assert len(LINES) > 20


@pytest.mark.parametrize("command", sorted({name for name, _ in LINES}))
def test_a_command_of_the_runbook_exists_with_its_options(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli([command, "--help"]) == 0
    told = capsys.readouterr().out
    named = {option for name, rest in LINES if name == command for option in re.findall(r"--[a-z-]+", rest)}
    assert {option for option in named if option not in told} == set()
