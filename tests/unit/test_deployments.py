"""What is served, and when: one deployment a source, whatever state the sources are in."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from prefect.client.schemas.schedules import CronSchedule

from flows.server.deployments import deployments
from parsers.registry import sources
from tests.prefect_server import CLICKED, ROOT

# Lists what is served where one of the source files is broken.
WITH_A_BROKEN_SOURCE = """
import sys, parsers.sources
parsers.sources.__path__.append(sys.argv[1])
import json
from flows.server.deployments import deployments
from parsers.registry import broken
from flows.jobs.run import run
choice = run.parameters.properties["source"]["enum"]
served = [each.name for each in deployments()]
print(json.dumps({"served": served, "choice": choice, "broken": dict(broken())}))
"""


def test_there_is_one_deployment_for_each_click_and_one_for_each_source() -> None:
    names = [deployment.full_name for deployment in deployments()]
    assert names == [f"{name}/{name}" for name in CLICKED] + [f"run/{name}" for name in sources()]


def test_a_source_is_asked_in_its_own_zone_with_its_own_lags() -> None:
    served = {deployment.name: deployment for deployment in deployments()}
    for name, source in sources().items():
        schedules = served[name].schedules or []
        crons = [each.schedule for each in schedules if isinstance(each.schedule, CronSchedule)]
        assert [cron.cron for cron in crons] == [schedule.cron for schedule in source.timetable]
        assert {cron.timezone for cron in crons} == {source.timezone}
        assert [each.parameters for each in schedules] == [
            {"source": name, "lag_days": schedule.lag_days} for schedule in source.timetable
        ]
        assert served[name].parameters == {"source": name}


def test_every_schedule_can_be_told_by_its_slug() -> None:
    slugs = [each.slug for deployment in deployments() for each in deployment.schedules or []]
    assert all(slugs)
    assert len(set(slugs)) == len(slugs)


def test_every_deployment_says_what_it_is_for_and_when_it_runs() -> None:
    for deployment in deployments():
        assert deployment.description
        for schedule in deployment.schedules or []:
            if deployment.name != "maintain":
                assert schedule.schedule.cron in deployment.description  # type: ignore[union-attr]


@pytest.mark.parametrize("code", ["import no_such_module", 'SOURCE = Source(schedules=(Schedule("99 * * * *"),))'])
def test_o10_a_broken_source_file_takes_no_deployment_from_the_others(tmp_path: Path, code: str) -> None:
    lines = "from parsers.source.schedule import Schedule\nfrom parsers.source.definition import Source\n"
    (tmp_path / "zzbroken.py").write_text(lines + code)
    done = subprocess.run(
        [sys.executable, "-c", WITH_A_BROKEN_SOURCE, str(tmp_path)], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    found = orjson.loads(done.stdout)
    assert set(found["broken"]) == {"zzbroken"}
    assert found["choice"] == list(sources())
    assert found["served"] == [*CLICKED, *sources()]
