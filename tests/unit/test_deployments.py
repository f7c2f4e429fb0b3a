"""What is served, and when: one deployment a source, whatever state the sources are in."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectAlreadyExists

from flows.server import deployments as served_flows
from flows.server.deploy import _ensure_pool
from flows.server.deployments import Served, deployments, switched
from infra.base.errors import UsageError
from parsers.registry import sources
from tests.prefect_server import CLICKED


class Server:
    """What a Prefect server remembers of deployments."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.known: dict[str, Any] = {}
        monkeypatch.setattr(served_flows, "get_client", lambda **_: nullcontext())
        monkeypatch.setattr(served_flows, "registered", self._registered)

    def _registered(self, _client: object, names: list[str]) -> list[Any]:
        return [each for each in self.known.values() if each.name in names]

    def register(self, *named: str) -> Served:
        """What a start of `newslake up` does."""
        served = switched(named)
        for each in served.deployments:
            schedules = [SimpleNamespace(slug=item.slug, active=item.active) for item in each.schedules or []]
            self.known[each.full_name] = SimpleNamespace(
                id=each.full_name, name=each.name, paused=each.paused, tags=each.tags, schedules=schedules,
                parameters=each.parameters,
            )  # fmt: skip
        self.known = {name: each for name, each in self.known.items() if each.id not in served.replaced}
        return served


FEW = ("bbc", "dw", "tass")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server for three sources: making the deployments of all takes seconds."""
    few = {name: sources()[name] for name in FEW}
    monkeypatch.setattr(served_flows, "sources", lambda: few)
    return Server(monkeypatch)


def test_a_source_is_asked_in_its_own_zone_and_every_deployment_says_what_it_is_for(server: Server) -> None:
    served = {deployment.name: deployment for deployment in deployments()}
    assert sorted(served) == [*sorted(CLICKED), *(f"source-{name}" for name in FEW)]  # as Prefect lists them
    slugs = [schedule.slug for each in served.values() for schedule in each.schedules or []]
    assert all(slugs)
    assert len(set(slugs)) == len(slugs)
    assert all(each.description for each in served.values())
    for name in FEW:
        source, schedules = sources()[name], served[f"source-{name}"].schedules or []
        crons = [each.schedule for each in schedules if isinstance(each.schedule, CronSchedule)]
        assert [cron.cron for cron in crons] == [schedule.cron for schedule in source.timetable]
        assert {cron.timezone for cron in crons} == {source.timezone}
        assert all(cron.cron in str(served[f"source-{name}"].description) for cron in crons)
        assert [each.parameters for each in schedules] == [
            {"source": name, "lag_days": schedule.lag_days} for schedule in source.timetable
        ]
        assert served[f"source-{name}"].parameters == {"source": name}


def test_no_source_is_asked_on_schedule_until_somebody_names_it(server: Server) -> None:
    served = server.register()
    assert served.on == ()
    assert {name for name, each in server.known.items() if each.paused} == {
        "maintain/maintain",
        *(f"run/source-{name}" for name in FEW),
    }
    assert "No source is on schedule. Off: 3 of 3 (`newslake sources`)." in served.summary()

    served = server.register("tass", "bbc")
    assert served.on == ("bbc", "tass")
    assert "On schedule: bbc, tass. Off: 1 of 3 " in served.summary()
    assert not server.known["maintain/maintain"].paused
    assert next(each for each in served.deployments if each.name == "maintain").parameters == {
        "sources": ["bbc", "tass"]
    }
    assert server.register().on == ("bbc", "tass")  # a name that is left out later switches nothing off


def test_deployments_of_sources_are_found_by_country_and_language_whether_named_or_not(server: Server) -> None:
    server.register("tass")
    server.register()
    assert {name: each.tags for name, each in server.known.items() if each.tags} == {
        "run/source-bbc": ["country:gb", "language:en"],
        "run/source-dw": ["country:de", "language:de"],
        "run/source-tass": ["country:ru", "language:en", "named"],
        "maintain/maintain": ["by-hand", "named"],
        **{f"{name}/{name}": ["by-hand"] for name in ("backfill", "ingest", "reparse", "run")},
    }


def test_the_state_of_a_source_stays_on_its_deployment_over_restarts(server: Server) -> None:
    server.register("tass")
    server.known["run/source-tass"].tags.append("state:behind")
    server.register()
    assert server.known["run/source-tass"].tags == ["country:ru", "language:en", "named", "state:behind"]


def test_what_people_pause_or_resume_stays_so_over_restarts(server: Server) -> None:
    server.register("tass")
    server.known["run/source-tass"].paused = True
    server.known["run/source-dw"].paused = False
    served = server.register("tass")
    assert (served.on, served.paused) == (("dw",), ("tass",))
    assert "Named, but paused in the UI: tass." in served.summary()
    assert server.register("bbc").on == ("bbc", "dw")

    server.known["maintain/maintain"].paused = True
    server.known["run/source-dw"].schedules[0].active = False
    served = server.register("bbc", "dw")
    assert served.on == ("bbc", "dw")
    assert server.known["maintain/maintain"].paused
    schedules = [schedule for each in served.deployments for schedule in each.schedules or []]
    assert [each.slug for each in schedules if not each.active] == ["dw-1-lag-0"]

    for schedule in server.known["run/source-dw"].schedules:
        schedule.active = False
    served = server.register("dw")
    assert (served.on, served.paused) == (("bbc",), ("dw",))


def test_a_deployment_that_was_named_as_its_source_gives_way_with_its_switches(server: Server) -> None:
    server.register("tass", "bbc")
    for name in FEW:
        old = server.known.pop(f"run/source-{name}")
        old.id, old.name = f"run/{name}", name
        server.known[f"run/{name}"] = old
    server.known["run/bbc"].paused = True
    server.known["run/tass"].schedules[0].active = False
    someone_elses = SimpleNamespace(id="else", name="dw", parameters={})
    server.known["run/dw"] = someone_elses
    served = server.register()
    assert served.on == ("tass",)
    assert set(server.known) == {
        *(f"{name}/{name}" for name in CLICKED),
        *(f"run/source-{name}" for name in FEW),
        "run/dw",
    }
    assert server.known["run/source-bbc"].paused
    assert "named" in server.known["run/source-bbc"].tags
    assert not server.known["run/source-tass"].schedules[0].active


def test_maintain_asks_nobody_once_every_source_is_paused(server: Server) -> None:
    server.register("tass")
    server.known["run/source-tass"].paused = True
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
