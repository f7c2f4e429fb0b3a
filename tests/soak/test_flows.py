"""The flows on a real Prefect server, started by `newslake up`."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.lake.lake import Lake
from infra.store.open_store import open_store
from tests import outside_sources
from tests import sample_pages as pages
from tests.disturbed_lake import FIRST_RUN, ingest
from tests.prefect_server import CLICKED, Up, newslake
from tests.servers import free_ports

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("prefect")]


def test_deployments_are_found_by_module_and_can_be_filled_in_as_a_form(up: Up) -> None:
    for name in CLICKED:
        deployment = up.deployment(name)
        assert deployment["entrypoint"] == f"flows.jobs.{name}.{name}"
        assert not deployment["paused"]
        fields = deployment["parameter_openapi_schema"]["properties"]
        assert all(field["description"] for field in fields.values()), name


def test_a_dry_run_of_a_reparse_shows_what_would_change_and_lands_nothing(up: Up, tmp_path: Path) -> None:
    ingest(pages.write_folder(tmp_path / "in", 2), str(up.lake), FIRST_RUN)
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
    ended = up.ended(up.start("run/source-bbc", source="bbc"))
    assert ended["type"] == "FAILED"
    assert ended["message"].startswith("NEWSLAKE_CONTACT is not set, and ")


def test_a_source_outside_of_the_package_has_a_deployment_and_its_runs_know_it(up: Up, tmp_path: Path) -> None:
    (tmp_path / "bridge.html").write_text(outside_sources.page(datetime(2026, 5, 1, 9, tzinfo=UTC)))
    assert up.ended(up.start("ingest", paths=[str(tmp_path)]))["type"] == "COMPLETED"
    assert up.lake.joinpath("articles/source=mypaper/date=2026-05-01/articles.parquet").exists()
    ended = up.ended(up.start("run/source-mypaper", day="2026-05-01", only_archive=True))
    assert ended["type"] == "COMPLETED", ended


def test_o03_a_run_that_is_years_late_lands_the_day_before_its_scheduled_one(up: Up, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    ingest(pages.write_folder(tmp_path / "in", 5), str(lake), FIRST_RUN)
    scheduled = {"type": "SCHEDULED", "state_details": {"scheduled_time": "2024-01-12T03:00:00Z"}}
    late = up.start("run", scheduled, source="tass", lake=str(lake))
    assert up.ended(late)["type"] == "COMPLETED"
    assert up.api(f"/flow_runs/{late}")["name"] == "tass-2024-01-11"
    landed = Lake(open_store(str(lake)))
    footers = {day: landed.read_manifest("tass", day) for _, day, _ in landed.partitions("tass")}
    assert [day for day, footer in footers.items() if footer and footer.looked_at] == ["2024-01-11"]


@pytest.mark.parametrize("state", ["another", "the same"])
def test_a_second_server_on_a_taken_port_or_database_is_refused_in_one_line(state: str, up: Up, tmp_path: Path) -> None:
    taken = up.url.rpartition(":")[2]
    port = taken if state == "another" else str(free_ports(1)[0])
    done = newslake(
        "up",
        "--port",
        port,
        env=up.environment | ({"XDG_STATE_HOME": str(tmp_path)} if state == "another" else {}),
        cwd=tmp_path,
    )
    told = f"port {port} on 127.0.0.1 is not free"
    if state == "the same":
        told = f"`newslake up` is running already: port {taken}, process {up.process.pid}, its server "
    assert done.returncode == 1
    assert " ".join(done.stderr.split()).startswith(f"error: {told}")
    assert "Traceback" not in done.stderr
