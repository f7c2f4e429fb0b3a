"""The flows on a real Prefect server, started by `newslake up`."""

import re
import signal
import socket
import sqlite3
import subprocess
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest

from flows.jobs.late_runs import day_of
from parsers.registry import sources
from tests import sample_pages as pages
from tests.prefect_server import CLICKED, COMMAND, Up, newslake_up

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("prefect")]


@pytest.mark.parametrize("change", ["2027-03-14", "2027-11-07"])
def test_o01_the_server_schedules_each_day_once_across_a_change_of_daylight_saving_time(up: Up, change: str) -> None:
    """The New York clock jumps on these days: the runs keep their local hour, and none of the UTC days is left out."""
    jump, deployment = date.fromisoformat(change), up.deployment("run/theissue")
    start, end = (datetime.combine(jump + timedelta(days=days), time(12), UTC) for days in (-3, 4))
    window = {"start_time": start.isoformat(), "end_time": end.isoformat(), "min_runs": 99, "max_runs": 99}
    up.api(f"/deployments/{deployment['id']}/schedule", window)
    wanted = {"deployment_id": {"any_": [deployment["id"]]}, "expected_start_time": {"after_": start.isoformat()}}
    runs = [run for run in up.api("/flow_runs/filter", {"flow_runs": wanted}) if run["parameters"]["lag_days"] == 1]
    times = sorted(datetime.fromisoformat(run["expected_start_time"]).astimezone(UTC) for run in runs)
    times = [each for each in times if each < end]
    assert [day_of(each, 1) for each in times] == [jump + timedelta(days=days) for days in range(-3, 4)]
    assert len({each.hour for each in times}) == 2  # of UTC
    assert len({each.astimezone(ZoneInfo("America/New_York")).hour for each in times}) == 1


def test_deployments_are_found_by_module_and_can_be_filled_in_as_a_form(up: Up) -> None:
    for name in CLICKED:
        deployment = up.deployment(name)
        assert deployment["entrypoint"] == f"flows.jobs.{name}.{name}"
        assert not deployment["paused"]
        fields = deployment["parameter_openapi_schema"]["properties"]
        assert all(field["description"] for field in fields.values()), name
    choice = up.deployment("run")["parameter_openapi_schema"]["properties"]["source"]["enum"]
    assert choice == list(sources())


def test_a_dry_run_of_a_reparse_shows_what_would_change_and_lands_nothing(up: Up, tmp_path: Path) -> None:
    folder = pages.write_folder(tmp_path / "in", 2)
    assert up.ended(up.start("ingest", paths=[str(folder)]))["type"] == "COMPLETED"
    partitions = sorted(up.lake.glob("articles/source=tass/date=2024-01-1?/articles.parquet"))
    for path in partitions:
        path.unlink()
    dry = up.start("reparse", sources=["tass"], dry_run=True)
    assert up.ended(dry)["type"] == "COMPLETED"
    (artifact,) = up.artifacts(dry).values()
    assert "nothing was landed" in artifact["data"]
    assert f"| partitions to write | {len(partitions)} |" in artifact["data"]
    assert not any(path.exists() for path in partitions)
    assert up.ended(up.start("reparse", sources=["tass"]))["type"] == "COMPLETED"
    assert all(path.exists() for path in partitions)


def test_o01_a_source_that_does_not_exist_is_refused_by_the_form(up: Up) -> None:
    with pytest.raises(OSError, match="409"):
        up.start("run", source="tsas")


def test_commands_run_as_flows_where_a_server_is_configured(up: Up, tmp_path: Path) -> None:
    folder = pages.write_folder(tmp_path / "in", 3)
    done = subprocess.run(
        [*COMMAND, "ingest", str(folder), "--lake", str(tmp_path / "lake"), "--json"],
        env=up.environment | {"PREFECT_API_URL": f"{up.url}/api", "PREFECT_HOME": str(tmp_path / "home")},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert orjson.loads(done.stdout)["partitions_written"] == 3
    assert b"Finished in state Completed()" in done.stderr


def test_o02_up_stops_in_order_and_leaves_its_schedules_on(tmp_path: Path) -> None:
    with newslake_up(tmp_path, stop=signal.SIGINT) as running:  # the fixture `up` is ended by SIGTERM
        pass
    assert running.process.returncode == 130
    said = (tmp_path / "up.log").read_text()
    assert re.search(r"newslake is up: http://127\.0\.0\.1:\d+ .*/lake", said.replace("\n", " "))
    assert "interrupted" in said
    assert "Warning" not in said
    assert "Traceback" not in said
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(running.url.rpartition(":")[2]))) != 0
    with sqlite3.connect(tmp_path / "state" / "newslake" / "prefect" / "prefect.db") as database:
        assert database.execute("SELECT count(*), sum(paused) FROM deployment").fetchone() == (
            len(CLICKED) + len(sources()),
            0,
        )
        assert database.execute("SELECT min(active) FROM deployment_schedule").fetchone() == (1,)
    database.close()


def test_a_port_that_is_taken_is_one_line(up: Up, tmp_path: Path) -> None:
    port = up.url.rpartition(":")[2]
    done = subprocess.run(
        [*COMMAND, "up", "--port", port],
        env=up.environment | {"XDG_STATE_HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: port {port} on 127.0.0.1 is not free")
    assert "Traceback" not in done.stderr
