"""Log lines as JSON: one object a line, whatever a text says; and who says that they are wanted."""

import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from flows.commands.console import stderr
from flows.monitoring import log_lines
from infra.base.measures import span
from tests.commands import Cli

HOSTILE = 'a"}\n{"level": "error"}\r\u2028\x1b[31m\u202e\x00\ud800'


@pytest.fixture(autouse=True)
def _as_it_was(alone: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in (log_lines.VARIABLE, log_lines.PREFECT_HANDLER):
        monkeypatch.setenv(name, "")  # else what is set in a test stays
        monkeypatch.delenv(name)
    handlers = logging.root.handlers[:]
    yield
    logging.root.handlers[:] = handlers


def line(message: str, error: BaseException | None = None, **extra: str) -> dict[str, str]:
    told = logging.LogRecord(
        "x", logging.WARNING, "", 0, "%s", (message,), (type(error), error, None) if error else None
    )
    told.__dict__.update(extra)
    said = log_lines.line_of(told)
    assert said.isascii()
    assert "\n" not in said
    found: dict[str, str] = json.loads(said)
    return found


@given(st.text(st.characters(codec=None)))
def test_any_text_stays_in_its_line(text: str) -> None:
    assert line(text)["message"] == text


def test_a_line_says_when_how_bad_who_and_about_what() -> None:
    with span("source days", source="tass", day="2026-11-01"):
        said = line(HOSTILE, flow_run_id="1", flow_run_name="swift-hare", flow_name="run")
    moment = said.pop("time")
    assert moment[10] == "T"
    assert moment.endswith("Z")
    assert said == {
        "level": "warning",
        "logger": "x",
        "message": HOSTILE,
        "source": "tass",
        "day": "2026-11-01",
        "flow": "run",
        "flow_run": "swift-hare",
        "flow_run_id": "1",
    }


def told(printed: str) -> list[tuple[str, str]]:
    return [(said["level"], said["message"]) for said in map(json.loads, printed.splitlines())]


def test_what_people_read_is_plain_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(log_lines.VARIABLE, "json")
    stderr().print(Text.assemble(("two", "bold"), " pages\n", ("one", "red"), " rejected"))
    assert told(capsys.readouterr().err) == [("info", "two pages"), ("info", "one rejected")]


@pytest.mark.parametrize("by", ["environment", "file"])
def test_the_command_line_wins_over_the_environment_and_the_file(
    by: str, alone: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    if by == "file":
        (alone / ".env").write_text("NEWSLAKE_LOG_FORMAT=json\n")
    else:
        monkeypatch.setenv(log_lines.VARIABLE, "json")
    cli("--log-format", "text", "ingest", "nowhere", code=2)
    assert cli.err.startswith("error: ")
    monkeypatch.setenv(log_lines.VARIABLE, "json" if by == "environment" else "")
    cli("ingest", "nowhere", code=2)
    assert told(cli.err)[-1][0] == "error"


@pytest.mark.parametrize(
    "arguments", [["--log-format"], ["--log-format", "xml", "sources"], ["--log-format=", "sources"]]
)
def test_a_format_that_there_is_not_is_refused(arguments: list[str], cli: Cli) -> None:
    cli(*arguments, code=2)
    assert "Say --log-format json or --log-format text, before the command." in cli.err


def test_logs_of_libraries_are_lines_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(log_lines.VARIABLE, "json")
    log_lines.begin()
    logging.getLogger("boto3").warning("slow %s", "down")
    sys.stderr.flush()
    assert told(capsys.readouterr().err) == [("warning", "slow down")]
    assert os.environ[log_lines.PREFECT_HANDLER] == "flows.monitoring.log_lines.JsonHandler"
