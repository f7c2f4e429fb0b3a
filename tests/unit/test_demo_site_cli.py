"""`python -m infra.demo_site`: what it prints, what it refuses, and that a signal ends it."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from infra.base.errors import NewslakeError, UsageError
from infra.demo_site.__main__ import main, read_fault, run

ROOT = Path(__file__).parents[2]


def ended() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_and_ends_cleanly(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "infra.demo_site", "--port", "0", "--today", "2026-11-23", "--days", "2"]
    with subprocess.Popen(
        [*command, "--fault", "gone=tass.com/rss"],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        said = [server.stdout.readline() for _ in range(5)]
        url = said[0].split()[-1]
        assert f"export NEWSLAKE_ORIGINS=tass.com={url},www.theissue.com={url}," in said[3]
        with requests.Session() as session:
            session.trust_env = False
            assert session.get(f"{url}/").status_code == 200
            assert session.get(f"{url}/rss/v2.xml", headers={"Host": "tass.com"}).status_code == 410
            server.send_signal(number)
            _, errors = server.communicate(timeout=20)
    assert server.returncode == 0
    lines = errors.splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["200 127.0.0.1/", "410 tass.com/rss/v2.xml"]


def test_without_a_day_it_plays_today(capsys: pytest.CaptureFixture[str]) -> None:
    run(["--port", "0", "--days", "1"], ended())
    assert "1 days up to 20" in capsys.readouterr().out


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NewslakeError, match=f"port {port} can't be listened on: Address already in use"):
            run(["--port", str(port), "--days", "1"], ended())


def test_o01_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="--today 'yesterday' is not a date"):
        run(["--today", "yesterday"], ended())


def test_an_error_is_one_line_and_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # those of the tests stay
    assert main(["--fault", "rain=tass.com"]) == 2
    assert main(["--days", "1", "--port", "0", "--bind", "203.0.113.1"]) == 1  # no address of this machine
    wrong, failed = capsys.readouterr().err.splitlines()
    assert wrong.startswith("error: there is no fault 'rain'. There are rate_limited, ")
    assert failed.startswith("error: port 0 can't be listened on: ")


def test_main_serves_until_a_signal_comes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def receive(_number: int, handler: Callable[[int, None], None]) -> None:
        handler(0, None)  # at once

    monkeypatch.setattr(signal, "signal", receive)
    assert main(["--days", "1", "--port", "0"]) == 0
    assert "export NEWSLAKE_ORIGINS=tass.com=http://127.0.0.1:" in capsys.readouterr().out


@pytest.mark.parametrize("option", [["--days", "0"], ["--days", "many"], ["--per-day", "81"], ["--port", "65536"]])
def test_numbers_out_of_range_are_refused(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(option, ended())
    assert "is no number from " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "where", "name", "times"),
    [
        ("gone=tass.com/society/", "tass.com/society/", "gone", None),
        ("rate_limited:2=/robots.txt", "/robots.txt", "rate_limited", 2),
        ("slow:=tass.com/x?y=1", "tass.com/x?y=1", "slow", None),
    ],
)
def test_a_fault_is_read_from_the_command_line(text: str, where: str, name: str, times: int | None) -> None:
    place, fault = read_fault(text)
    assert (place, fault.name, fault.times) == (where, name, times)


@pytest.mark.parametrize("text", ["broken=tass.com", "gone", "gone=", "gone:often=tass.com", "gone:-1=tass.com"])
def test_a_fault_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_fault(text)
