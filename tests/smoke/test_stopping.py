"""Ctrl-C while a site is waited for: in time, in one line, and the same goes on. Other phases: `tests/soak`."""

import signal
from pathlib import Path

import pytest

from tests.demo_site.site import DemoSite
from tests.live_lake import today
from tests.raw_server import hang, raw_server
from tests.stopped_commands import PHASES, Attempt, require_same_end, tell_to_stop


def test_o02_ctrl_c_ends_a_command_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))  # the locks that this process takes, too
    (phase,) = (each for each in PHASES if str(each) == "run-a-robots-file")
    with DemoSite(today(), days=2, per_day=4) as site, raw_server(hang()) as hanging:
        attempt = Attempt(site, tmp_path, hanging)
        tell_to_stop(attempt, phase, signal.SIGINT)
        require_same_end(attempt, phase)
