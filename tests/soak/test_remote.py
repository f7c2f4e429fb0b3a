"""`--remote`: the workers of a server do what a command on another machine asks, and its log is followed there."""

import signal
import subprocess
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from tests.live_lake import today
from tests.prefect_server import COMMAND, Up

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("prefect")]


def remotely(up: Up, *arguments: str) -> "subprocess.Popen[str]":
    """A command on a machine that has no lake, only the address of the server."""
    environment = {name: value for name, value in up.environment.items() if not name.startswith("NEWSLAKE_")}
    return subprocess.Popen(
        ["env", "--default-signal=INT", *COMMAND, *arguments, "--remote"],
        env=environment | {"PREFECT_API_URL": f"{up.url}/api"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_run_of_the_servers_workers_is_followed_to_its_end(up: Up) -> None:
    day = str(today() - timedelta(days=1))
    output, log = remotely(up, "run", "tass", "--day", day).communicate()
    assert f"tass-{day}: running" in log
    assert " links, " in log
    assert f"tass-{day} completed" in output
    assert (up.lake / f"articles/source=tass/date={day}/articles.parquet").exists()


def test_a_remote_run_that_fails_ends_the_command_with_its_one_line(up: Up, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    place = str(tmp_path / "file" / "lake")
    following = remotely(up, "run", "tass", "--lake", place, "--json")
    output, log = following.communicate()
    assert following.returncode == 1
    assert orjson.loads(output)["state"] == "FAILED"
    assert f"failed: Cannot make {tmp_path}" in log.splitlines()[-1]
    assert "Traceback" not in log


def test_parameters_that_the_deployment_does_not_take_are_refused_in_one_line(up: Up) -> None:
    asked = ("backfill", "tass", "--start", f"{today()}", "--end", f"{today() + timedelta(days=1)}")
    following = remotely(up, *asked, "--max-active", "99")
    assert following.communicate()[1].startswith("error: the Prefect server refuses that: ")
    assert following.returncode == 2


def test_ctrl_c_only_stops_following_and_says_so(up: Up) -> None:
    start = today() - timedelta(days=3)
    following = remotely(up, "backfill", "globalresearch", "--start", f"{start}", "--end", f"{today()}")
    if following.stderr is None:
        raise TypeError("the log is piped")
    run_id = following.stderr.readline().rpartition("/")[2].strip()
    following.send_signal(signal.SIGINT)
    said = following.communicate()[1].splitlines()[-1]
    assert said == f"stopped following; the run goes on. To cancel it: prefect flow-run cancel {run_id}"
    assert following.returncode == 130
    assert up.ended(run_id)["type"] == "COMPLETED"
