"""Commands of newslake, run in this process."""

from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from flows.cli import run


@dataclass
class Cli:
    """Runs commands; `err` is what the last one said beside its answer."""

    capsys: pytest.CaptureFixture[str]
    err: str = ""

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """What a command prints that must end with this code."""
        self.capsys.readouterr()
        ended = run([*arguments])
        printed = self.capsys.readouterr()
        self.err = printed.err
        assert ended == code, printed.err
        return printed.out

    def json(self, *arguments: str, code: int = 0) -> Any:
        return orjson.loads(self(*arguments, "--json", code=code))

    def fails(self, *arguments: str, code: int) -> str:
        """The one line of a command that is wrong."""
        assert self(*arguments, code=code) == ""
        assert "Traceback" not in self.err
        (line,) = [line for line in self.err.splitlines() if line.startswith("error: ")]
        return line.removeprefix("error: ")


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys)
