"""Ctrl-C while pages are fetched and parsed: in time, in one line, and the same goes on. More phases: `tests/soak`."""

import signal
from pathlib import Path

import pytest

from tests import sample_pages
from tests.demo_site.site import DemoSite
from tests.live_lake import today
from tests.raw_server import hang, raw_server
from tests.stopped_commands import PAGE_DAYS, PAGES, PHASES, Attempt, Phase, require_same_end, tell_to_stop

QUICK = [each for each in PHASES if str(each) in ("run-a-robots-file", "ingest-parsing")]


@pytest.mark.parametrize("phase", QUICK, ids=str)
def test_o02_ctrl_c_ends_a_command_in_time(phase: Phase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))  # the locks that this process takes, too
    sample_pages.write_folder(tmp_path / "pages", PAGES, days=PAGE_DAYS)
    with DemoSite(today(), days=2, per_day=4) as site, raw_server(hang()) as hanging:
        attempt = Attempt(site, tmp_path, hanging)
        tell_to_stop(attempt, phase, signal.SIGINT)
        require_same_end(attempt, phase)
