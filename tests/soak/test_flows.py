"""The flows on a real Prefect server, started by `newslake up`."""

import re
import signal
import socket
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from infra.lake.lake import Lake
from infra.store.open_store import open_store
from parsers.registry import sources
from tests import outside_sources
from tests import sample_pages as pages
from tests.prefect_server import CLICKED, COMMAND, Up, newslake_up

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("prefect")]


def test_deployments_are_found_by_module_and_can_be_filled_in_as_a_form(up: Up) -> None:
    for name in CLICKED:
        deployment = up.deployment(name)
        assert deployment["entrypoint"] == f"flows.jobs.{name}.{name}"
        assert not deployment["paused"]
        fields = deployment["parameter_openapi_schema"]["properties"]
        assert all(field["description"] for field in fields.values()), name
    choice = up.deployment("run")["parameter_openapi_schema"]["properties"]["source"]["enum"]
    assert choice == sorted([*sources(), "mypaper"])  # a source outside of this repository


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


def test_a_source_that_is_off_runs_by_hand_and_says_that_it_needs_a_contact(up: Up) -> None:
    ended = up.ended(up.start("run/bbc", source="bbc"))
    assert ended["type"] == "FAILED"
    assert ended["message"].startswith("NEWSLAKE_CONTACT is not set, and ")


def test_a_source_outside_of_the_package_has_a_deployment_and_its_runs_know_it(up: Up, tmp_path: Path) -> None:
    assert up.deployment("run/mypaper")["paused"]
    (tmp_path / "bridge.html").write_text(outside_sources.page(datetime(2026, 5, 1, 9, tzinfo=UTC)))
    assert up.ended(up.start("ingest", paths=[str(tmp_path)]))["type"] == "COMPLETED"
    assert up.lake.joinpath("articles/source=mypaper/date=2026-05-01/articles.parquet").exists()
    ended = up.ended(up.start("run/mypaper", day="2026-05-01", only_archive=True))
    assert ended["type"] == "COMPLETED", ended


def test_o03_a_run_that_is_years_late_lands_the_day_before_its_scheduled_one(up: Up, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    folder = pages.write_folder(tmp_path / "in", 5)
    assert up.ended(up.start("ingest", paths=[str(folder)], lake=str(lake)))["type"] == "COMPLETED"
    scheduled = {"type": "SCHEDULED", "state_details": {"scheduled_time": "2024-01-12T03:00:00Z"}}
    late = up.start("run", scheduled, source="tass", lake=str(lake))
    assert up.ended(late)["type"] == "COMPLETED"
    assert up.api(f"/flow_runs/{late}")["name"] == "tass-2024-01-11"
    landed = Lake(open_store(str(lake)))
    footers = {day: landed.read_manifest("tass", day) for _, day, _ in landed.partitions("tass")}
    assert [day for day, footer in footers.items() if footer and footer.looked_at] == ["2024-01-11"]


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


def test_o02_up_stops_in_order_and_leaves_its_schedules_as_they_are(tmp_path: Path) -> None:
    settings = {"NEWSLAKE_SOURCES": "tass", "NEWSLAKE_CONTACT": "tests@lake.example"}
    settings["NEWSLAKE_ORIGINS"] = "tass.com=http://127.0.0.1:9"  # nobody answers there
    with newslake_up(
        tmp_path, stop=signal.SIGINT, settings=settings
    ) as running:  # the fixture `up` is ended by SIGTERM
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
            len(sources()) - 1,
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
