"""The commands that people are shown: in the help of every command, in README.md and docs/. Read as a shell does."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.cli import _command
from tests.tables import table

ROOT = Path(__file__).parents[1]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FENCE = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
IN_HELP = re.compile(r"^ *((?:[A-Z_]+=\S+ )?newslake .+?) *$", re.MULTILINE)
# Finds no program but date, and notes what would be run, with its environment; `&` would only disturb the order.
NOTING = """
note() { printf '%s\\0' $# "$@"; /usr/bin/env -0; printf 'end of command\\0'; } >&3
command_not_found_handle() { note "$@"; }
date() { /usr/bin/date "$@"; }
"""

# The block of README that has this is run as a whole by a shell: tests/soak/test_examples.py.
IN_A_SHELL = "newslake demo --serve &"
# By its first words: why the unit test does not run a command, and the test that does, if one does.
ELSEWHERE: dict[str, tuple[str, str]] = {words: (why, test) for words, why, test in table("examples")["elsewhere"]}


@dataclass(frozen=True)
class Example:
    """What is typed in one go, and where it stands."""

    place: str
    script: str


@dataclass(frozen=True)
class Typed:
    """A command with its environment, after a shell has read it."""

    words: tuple[str, ...]
    environment: dict[str, str]

    @property
    def line(self) -> str:
        """As ELSEWHERE names it: with the server that its environment leads to."""
        servers = ("PREFECT_API_URL", "OTEL_EXPORTER_OTLP_ENDPOINT")
        return " ".join([*(f"{name}=…" for name in servers if name in self.environment), *self.words])

    @property
    def elsewhere(self) -> str | None:
        """The entry of ELSEWHERE that this is."""
        return next((each for each in ELSEWHERE if f"{self.line} ".startswith(f"{each} ")), None)


def examples() -> Iterator[Example]:
    """All of them: a line of a help, a block of a document."""
    for name, command in _command().commands.items():
        text = (command.help or "").partition("Example")[2]
        for number, line in enumerate(IN_HELP.findall(text), 1):
            yield Example(f"{name} --help, {number}", line)
    for path in DOCUMENTS:
        text = path.read_text("utf-8")
        for found in FENCE.finditer(text):
            line = text[: found.start()].count("\n") + 2
            yield Example(f"{path.name}:{line}", re.sub(r"^\$ ", "", found[1], flags=re.MULTILINE))


def typed(example: Example, folder: Path, yours: dict[str, str]) -> list[Typed]:
    """The commands of an example, none of them run, with the words that are the reader's own."""
    script = re.sub(r"\s&(?=\s)", "", example.script).replace("/opt/newslake/bin/", "")
    for word, own in yours.items():
        script = script.replace(word, own)
    with (folder / "noted").open("w+b") as noted:
        done = subprocess.run(
            ["/bin/bash", "-uc", f"exec 3>&{noted.fileno()}\nPATH=/nowhere\n{NOTING}\n{script}"],
            pass_fds=[noted.fileno()], cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), f"{example.place}: {done.stderr}"
        noted.seek(0)
        return [_typed(each.split("\0")) for each in noted.read().decode().split("end of command\0") if each]


def _typed(noted: list[str]) -> Typed:
    count = int(noted[0])
    variables = dict(each.split("=", 1) for each in noted[count + 1 :] if each)
    beside = {"PATH", "PWD", "OLDPWD", "SHLVL", "_"}  # which a shell sets for itself
    new = {name: value for name, value in variables.items() if name not in beside and os.environ.get(name) != value}
    return Typed(tuple(noted[1 : count + 1]), new)
