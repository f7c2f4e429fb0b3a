"""What is served, and when: one deployment a source, whatever state the sources are in."""

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound

from flows.server import deployments as served_flows
from flows.server.deploy import _ensure_pool
from flows.server.deployments import Served, deployments, switched
from infra.base.errors import UsageError
from parsers.registry import sources
from tests.outside_sources import PAPER
from tests.prefect_server import CLICKED, ROOT

# Lists what is served, and what is not since it is broken.
WITH_SOURCES_OUTSIDE = """
import json
from flows.server.deployments import deployments
from parsers.registry import broken
from flows.jobs.run import run
choice = run.parameters.properties["source"]["enum"]
served = [each.name for each in deployments()]
print(json.dumps({"served": served, "choice": choice, "broken": list(broken())}))
"""


def test_a_source_is_asked_in_its_own_zone_with_its_own_lags() -> None:
    served = {deployment.name: deployment for deployment in deployments()}
    assert list(served) == [*CLICKED, *sources()]
    for name, source in sources().items():
        schedules = served[name].schedules or []
        crons = [each.schedule for each in schedules if isinstance(each.schedule, CronSchedule)]
        assert [cron.cron for cron in crons] == [schedule.cron for schedule in source.timetable]
        assert {cron.timezone for cron in crons} == {source.timezone}
        assert [each.parameters for each in schedules] == [
            {"source": name, "lag_days": schedule.lag_days} for schedule in source.timetable
        ]
        assert served[name].parameters == {"source": name}


def test_every_deployment_says_what_it_is_for_and_when_it_runs_and_every_slug_is_unique() -> None:
    slugs = []
    for deployment in deployments():
        assert deployment.description
        for schedule in deployment.schedules or []:
            slugs.append(schedule.slug)
            if deployment.name != "maintain":
                assert schedule.schedule.cron in deployment.description  # type: ignore[union-attr]
    assert all(slugs)
    assert len(set(slugs)) == len(slugs)


def test_o10_a_source_outside_is_served_and_a_broken_one_takes_no_deployment_from_the_others(tmp_path: Path) -> None:
    code = 'from parsers.source.schedule import Schedule\nSchedule("99 * * * *")'
    (tmp_path / "zzbroken.py").write_text(code)
    (tmp_path / "mypaper.py").write_text(PAPER)
    done = subprocess.run(
        [sys.executable, "-c", WITH_SOURCES_OUTSIDE],
        cwd=ROOT,
        env=os.environ | {"NEWSLAKE_SOURCES_PATH": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = orjson.loads(done.stdout)
    assert set(found["broken"]) == {"zzbroken"}
    assert found["choice"] == sorted([*sources(), "mypaper"])
    assert found["served"] == [*CLICKED, *found["choice"]]


class Server:
    """What a Prefect server remembers of deployments."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.known: dict[str, Any] = {}
        client = nullcontext(SimpleNamespace(read_deployment_by_name=self._read))
        monkeypatch.setattr(served_flows, "get_client", lambda **_: client)

    def _read(self, name: str) -> Any:
        if name not in self.known:
            raise ObjectNotFound(Exception(name))
        return self.known[name]

    def register(self, *named: str) -> Served:
        """What a start of `newslake up` does."""
        served = switched(named)
        for each in served.deployments:
            schedules = [SimpleNamespace(slug=item.slug, active=item.active) for item in each.schedules or []]
            self.known[each.full_name] = SimpleNamespace(paused=each.paused, tags=each.tags, schedules=schedules)
        return served


FEW = ("bbc", "dw", "tass")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server for three sources: making the deployments of all takes seconds."""
    few = {name: sources()[name] for name in FEW}
    monkeypatch.setattr(served_flows, "sources", lambda: few)
    return Server(monkeypatch)


def test_no_source_is_asked_on_schedule_until_somebody_names_it(server: Server) -> None:
    served = server.register()
    assert served.on == ()
    assert {name for name, each in server.known.items() if each.paused} == {
        "maintain/maintain",
        *(f"run/{name}" for name in FEW),
    }
    assert "No source is on schedule. Off: 3 of 3 (`newslake sources`)." in served.summary()

    served = server.register("tass", "bbc")
    assert served.on == ("bbc", "tass")
    assert "On schedule: bbc, tass. Off: 1 of 3 " in served.summary()
    assert not server.known["maintain/maintain"].paused
    (repair,) = next(each for each in served.deployments if each.name == "maintain").schedules or []
    assert repair.parameters == {"sources": ["bbc", "tass"]}
    assert server.register().on == ("bbc", "tass")  # a name that is left out later switches nothing off


def test_deployments_of_sources_are_found_by_country_and_language_whether_named_or_not(server: Server) -> None:
    server.register("tass")
    server.register()
    assert {name: each.tags for name, each in server.known.items() if each.tags} == {
        "run/bbc": ["country:gb", "language:en"],
        "run/dw": ["country:de", "language:de"],
        "run/tass": ["country:ru", "language:en", "named"],
        "maintain/maintain": ["named"],
    }


def test_what_people_pause_or_resume_stays_so_over_restarts(server: Server) -> None:
    server.register("tass")
    server.known["run/tass"].paused = True
    server.known["run/dw"].paused = False
    served = server.register("tass")
    assert (served.on, served.paused) == (("dw",), ("tass",))
    assert "Named, but paused in the UI: tass." in served.summary()
    assert server.register("bbc").on == ("bbc", "dw")

    server.known["maintain/maintain"].paused = True
    server.known["run/dw"].schedules[0].active = False
    served = server.register("bbc", "dw")
    assert served.on == ("bbc", "dw")
    assert server.known["maintain/maintain"].paused
    schedules = [schedule for each in served.deployments for schedule in each.schedules or []]
    assert [each.slug for each in schedules if not each.active] == ["dw-1-lag-0"]


def test_maintain_asks_nobody_once_every_source_is_paused(server: Server) -> None:
    server.register("tass")
    server.known["run/tass"].paused = True
    server.register()
    assert server.known["maintain/maintain"].paused
    server.register("bbc")
    assert not server.known["maintain/maintain"].paused


def test_a_work_pool_of_another_type_is_refused() -> None:
    def create(pool: Any) -> None:
        raise ObjectAlreadyExists(Exception(pool.name))

    there = SimpleNamespace(name="newslake", type="docker")
    server: Any = SimpleNamespace(create_work_pool=create, read_work_pool=lambda _: there)
    with pytest.raises(UsageError, match="docker"):
        _ensure_pool(server, "newslake")
