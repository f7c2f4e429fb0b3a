"""A real Prefect server, started by `newslake up`: schedules, a deployment that is run, alerts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from flows.commands.demo import SOURCES
from parsers.registry import sources
from tests import sample_pages as pages
from tests.prefect_server import FEW, Up, newslake
from tests.receivers import alert_receiver

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("prefect")]


def test_the_sources_that_are_named_and_no_others_get_scheduled_runs(up: Up) -> None:
    """With sqlalchemy 2.1 or a late fastapi, Prefect 3.8 makes none, and says nothing (pyproject.toml)."""
    runs = [run for run in up.scheduled_runs() if "source" in run["parameters"]]
    assert {run["parameters"]["source"] for run in runs} == set(SOURCES)
    assert [up.deployment(f"run/source-{name}")["paused"] for name in FEW] == [name not in SOURCES for name in FEW]
    for name in SOURCES:
        source = sources()[name]
        mine = [run for run in runs if run["parameters"]["source"] == name]
        assert {run["parameters"]["lag_days"] for run in mine} == {schedule.lag_days for schedule in source.timetable}
    times = {datetime.fromisoformat(run["expected_start_time"]) for run in runs}
    assert max(times) < datetime.now(UTC) + timedelta(days=5)


def test_o10_a_source_outside_is_served_and_a_broken_one_takes_no_deployment_from_the_others(up: Up) -> None:
    choice = up.deployment("run")["parameter_openapi_schema"]["properties"]["source"]["enum"]
    assert choice == sorted([*FEW, "mypaper"])
    assert up.deployment("run/source-mypaper")["paused"]


def test_a_folder_is_ingested_by_the_deployment(up: Up, tmp_path: Path) -> None:
    folder = pages.write_folder(tmp_path / "in", 5)
    ingest = up.start("ingest", paths=[str(folder)])
    assert up.ended(ingest)["type"] == "COMPLETED"
    assert len(list(up.lake.glob("articles/source=tass/date=2024-01-1?/articles.parquet"))) == 3
    artifacts = up.artifacts(ingest)
    told = "5 captures: 5 parsed, 0 rejected; 3 partitions written, 0 unchanged"
    assert artifacts["ingest"]["description"] == told
    days = {(row["source"], row["day"]): row["landed"] for row in orjson.loads(artifacts["ingest-days"]["data"])}
    assert days["tass", "2024-01-10"] == 2


def test_an_alert_comes_where_the_command_sends_it(up: Up) -> None:
    with alert_receiver() as receiver:
        done = newslake("alerts", receiver.url, "--test", env=up.environment | {"PREFECT_API_URL": f"{up.url}/api"})
        assert (done.returncode, done.stdout) == (0, "alerts are set up, and a test has arrived\n"), done.stderr
        assert receiver.wait_for("newslake: alerts")["body"] == "a test: alerts of newslake arrive here"
        found = up.api("/automations/filter", {"automations": {"name": {"any_": ["newslake: alerts"]}}})
        assert len(found) == 1
