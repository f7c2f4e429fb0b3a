"""Documents: what is made from the code is current, and commands within the sentences of the runbook exist."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from docs.generate import configuration, data_dictionary, sources
from flows.cli import _command

ROOT = Path(__file__).parents[2]
SPAN = re.compile(r"`newslake ([a-z-]+)([^`\n]*)`")


@pytest.mark.parametrize(
    ("path", "made"),
    [
        (configuration.DOCUMENT, configuration.render),
        (data_dictionary.DICTIONARY, data_dictionary.render),
        (sources.DOCUMENT, sources.render),
    ],
    ids=["configuration", "data dictionary", "sources"],
)
def test_a_document_that_is_made_from_the_code_is_current(path: Path, made: Callable[[], str]) -> None:
    assert path.read_text("utf-8") == made(), "run `make docs`"


def test_commands_within_a_sentence_of_the_runbook_exist_with_their_options() -> None:
    for name, rest in SPAN.findall((ROOT / "docs" / "operations.md").read_text("utf-8")):
        parameters = _command().commands[name].params
        known = {option for each in parameters for option in (*each.opts, *each.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known | {"--help"}, f"newslake {name}{rest}"
