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
from infra.lake.lake import Lake
from infra.store.open_store import open_store
from parsers.registry import sources
from tests import sample_pages as pages
from tests.prefect_server import CLICKED, COMMAND, Up, newslake_up

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]


def test_a_deployment_with_a_cron_schedule_gets_scheduled_runs_for_every_source(up: Up) -> None:
    """With sqlalchemy 2.1 or a late fastapi, Prefect 3.8 makes none, and says nothing (pyproject.toml)."""
    runs = [run for run in up.scheduled_runs() if "source" in run["parameters"]]
    assert {run["parameters"]["source"] for run in runs} == set(sources())
    for name, source in sources().items():
        schedules = up.deployment(f"run/{name}")["schedules"]
        assert {(each["schedule"]["cron"], each["schedule"]["timezone"]) for each in schedules} == {
            (schedule.cron, source.timezone) for schedule in source.timetable
        }
        mine = [run for run in runs if run["parameters"]["source"] == name]
        assert {run["parameters"]["lag_days"] for run in mine} == {schedule.lag_days for schedule in source.timetable}
    times = {datetime.fromisoformat(run["expected_start_time"]) for run in runs}
    assert max(times) < datetime.now(UTC) + timedelta(days=5)


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
        assert deployment["entrypoint"] == f"flows.{name}.{name}"
        assert not deployment["paused"]
        fields = deployment["parameter_openapi_schema"]["properties"]
        assert all(field["description"] for field in fields.values()), name
    choice = up.deployment("run")["parameter_openapi_schema"]["properties"]["source"]["enum"]
    assert choice == list(sources())


def test_o03_a_folder_is_ingested_and_a_late_run_lands_the_day_it_was_scheduled_for(up: Up, tmp_path: Path) -> None:
    """O03: a run that is years late lands the day before its scheduled one, never yesterday."""
    folder = pages.write_folder(tmp_path / "in", 5)
    ingest = up.start("ingest", paths=[str(folder)])
    assert up.ended(ingest)["type"] == "COMPLETED"
    assert len(list(up.lake.glob("articles/source=tass/date=2024-01-1?/articles.parquet"))) == 3
    artifacts = up.artifacts(ingest)
    told = "5 captures: 5 parsed, 0 rejected; 3 partitions written, 0 unchanged"
    assert artifacts["ingest"]["description"] == told
    days = {(row["source"], row["day"]): row["articles"] for row in orjson.loads(artifacts["ingest-days"]["data"])}
    assert days["tass", "2024-01-10"] == 2

    scheduled = {"type": "SCHEDULED", "state_details": {"scheduled_time": "2024-01-12T03:00:00Z"}}
    late = up.start("run", scheduled, source="tass")
    assert up.ended(late)["type"] == "COMPLETED"
    assert up.api(f"/flow_runs/{late}")["name"] == "tass-2024-01-11"
    lake = Lake(open_store(str(up.lake)))
    footers = {day: lake.read_manifest("tass", day) for _, day, _ in lake.partitions("tass")}
    assert [day for day, footer in footers.items() if footer and "reparse" in footer.coverage] == ["2024-01-11"]


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


def test_o01_a_range_that_ends_before_it_starts_fails_with_the_message_at_once(up: Up) -> None:
    state = up.ended(up.start("backfill", start="2024-01-11", end="2024-01-11"))
    assert state["type"] == "FAILED"
    assert "end 2024-01-11 is not after start 2024-01-11" in state["message"]


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
    assert running.process.returncode == 0
    said = (tmp_path / "up.log").read_text()
    assert re.search(r"newslake is up: http://127\.0\.0\.1:\d+ .*/lake", said.replace("\n", " "))
    assert "stopped" in said
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


def test_the_demo_runs_the_real_flow_and_shows_the_lake(tmp_path: Path, up: Up) -> None:
    environment = {name: value for name, value in up.environment.items() if name != "NEWSLAKE_LAKE"}
    done = subprocess.run(
        [*COMMAND, "demo"],
        env=environment | {"XDG_STATE_HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "tass" in done.stdout
    assert "newslake query" in done.stdout
    assert str(tmp_path / "lake") in done.stdout
    assert list(tmp_path.glob("lake/articles/source=*/date=*/articles.parquet"))
    assert "Traceback" not in done.stderr
    assert "INFO" not in done.stderr
