"""Monitoring and alerts where they are used: `newslake up` with flow runs, processes that end with their work."""

import json
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from flows.jobs.alerts import LOST_AFTER
from infra.base.days import Days
from infra.base.measures import OF_STATE
from parsers.registry import sources
from tests.demo_site.faults import server_error
from tests.demo_site.site import DemoSite
from tests.live_lake import FAST, rows, today, work, yesterday
from tests.prefect_server import RUN_SECONDS, Up, newslake, newslake_up
from tests.receivers import AlertReceiver, OtlpReceiver, alert_receiver, otlp_receiver
from tests.servers import free_ports, wait_for

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("monitoring")]
SOURCE, BROKEN, LATER = "tass", "theissue", "globalresearch"
TRIES_OF_SERVER = 4  # at least: three times again


@dataclass(frozen=True)
class Watched:
    """A running `newslake up`, the site that it asks, and who is told of it."""

    up: Up
    site: DemoSite
    collector: OtlpReceiver
    alerts: AlertReceiver
    folder: Path
    metrics: str


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder, (port,) = tmp_path_factory.mktemp("watched"), free_ports(1)
    with DemoSite(today(), days=8, per_day=2) as site, otlp_receiver() as collector, alert_receiver() as alerts:
        settings = {
            "NEWSLAKE_ORIGINS": site.origins,
            "NEWSLAKE_HOST_INTERVAL_SECONDS": str(FAST),
            "NEWSLAKE_QUARANTINE_LIMIT": "1",  # of some days, one of the few pages is no article
            "NEWSLAKE_ALERTS": alerts.url,
            "NEWSLAKE_LOG_FORMAT": "json",
            "OTEL_METRICS_EXPORTER": "otlp,prometheus",
            "OTEL_METRIC_EXPORT_INTERVAL": "2000",  # milliseconds
            "OTEL_EXPORTER_PROMETHEUS_PORT": str(port),
            **collector.environment,
        }
        with newslake_up(folder, settings=settings) as up:
            yield Watched(up, site, collector, alerts, folder, f"http://127.0.0.1:{port}/metrics")


def test_flow_runs_tell_what_they_did_and_the_server_how_the_lake_is(watched: Watched) -> None:
    up, receiver = watched.up, watched.collector
    host = (sources()[SOURCE].hosts[0],)

    def asked() -> int:
        return sum(request.host.partition(":")[0] == host[0] for request in watched.site.requests)

    untold = asked()  # by the test whose collector is away, where it came first
    run = up.start("run", source=SOURCE, day=str(yesterday()))
    assert up.ended(run)["type"] == "COMPLETED"

    def told() -> bool:
        return receiver.sums("newslake.http.requests", "host")[host] == asked() - untold > 0

    wait_for("the numbers of the run", RUN_SECONDS, told)
    backfill = up.start("backfill", sources=[SOURCE], start=str(yesterday()), end=str(today()))
    assert up.ended(backfill)["type"] == "COMPLETED"
    with urllib.request.urlopen(watched.metrics, timeout=30) as answer:
        shown = answer.read().decode()
    articles = len(rows(up.lake, SOURCE, yesterday()))
    spans = [span for span in receiver.spans if span.attributes.get("prefect.flow_run.id") == run]

    def day_told() -> bool:
        found = receiver.gauges("newslake.day.articles", "source", "day")
        return found.get((SOURCE, str(yesterday()))) == articles

    wait_for("the state of the lake", RUN_SECONDS, day_told)
    assert receiver.gauges("newslake.prefect.reachable") == {(): 1}
    for name in ("newslake.prefect.runs", "newslake.prefect.reachable", "newslake.lake.readable"):
        assert f"# TYPE {name.replace('.', '_')} gauge" in shown
    assert {point.name for point in receiver.points if point.temporality is None} <= {each.name for each in OF_STATE}

    by_id = {span.id: span for span in receiver.spans}
    assert {span.name for span in spans} >= {
        f"newslake {name}" for name in ("source days", "list", "fetch", "parse", "land")
    }
    (days,) = [span for span in spans if span.name == "newslake source days"]
    task = by_id[days.parent]  # as Prefect names it
    assert (task.name, task.trace) == (f"{SOURCE}-{yesterday()}", days.trace)

    lines = (watched.folder / "up.log").read_text().splitlines()
    of_run = [line for line in map(_object, lines) if line and line.get("flow_run_id") == run]
    assert {"time", "level", "logger", "message", "flow", "flow_run"} <= set(of_run[0])
    assert [line for line in lines[:-1] if not _object(line)] == []  # the last may be on its way


def test_an_outage_is_told_once_and_so_is_its_end(watched: Watched) -> None:
    """A source breaks, the alert says what and what to type, the day is repaired, the alert closes."""
    up, site, receiver = watched.up, watched.site, watched.alerts
    receiver.told.clear()
    work(site, up.lake, BROKEN, Days.one(today() - timedelta(days=4)))
    for host in ("www.theissue.com", "theissue.com"):
        site.set_fault(host, server_error())
    for _ in range(2):
        up.ended(up.start("maintain", sources=[BROKEN]))
    alert = receiver.wait_for(BROKEN, "partial")
    late = str(today() - timedelta(days=3))
    assert alert["subject"] == f"newslake: {BROKEN}"
    assert f"{BROKEN}, {late}: partial" in alert["body"]
    assert f"why: newslake status --source {BROKEN} --start " in alert["body"]
    assert f"repair: newslake backfill {BROKEN} --start " in alert["body"]
    assert "state:behind" in up.deployment(f"run/source-{BROKEN}")["tags"]

    site.clear_faults()
    assert up.ended(up.start("maintain", sources=[BROKEN]))["type"] == "COMPLETED"
    receiver.wait_for(BROKEN, "well again")
    assert "state:behind" not in up.deployment(f"run/source-{BROKEN}")["tags"]
    broken = up.start("run", source=BROKEN, lake="/proc/nowhere")
    assert up.ended(broken)["type"] == "FAILED"
    failed = receiver.wait_for("failed", "/proc/nowhere")
    assert f"/runs/flow-run/{broken}" in failed["body"]
    assert sum("partial" in each["body"] for each in receiver.told) == 1  # the second `maintain` had nothing new to say
    log = (watched.folder / "state" / "newslake" / "alerts.log").read_text()
    assert f"newslake.source.behind {BROKEN}, {late}: partial" in log
    assert f"newslake.source.well {BROKEN} is well again" in log
    assert "prefect.flow-run.Failed" in log


def test_what_a_receiver_that_was_down_did_not_take_is_said_again_once(watched: Watched) -> None:
    up, site, receiver = watched.up, watched.site, watched.alerts
    receiver.told.clear()
    receiver.is_down = True
    work(site, up.lake, LATER, Days.one(today() - timedelta(days=4)))
    for host in ("www.globalresearch.ca", "globalresearch.ca"):
        site.set_fault(host, server_error())
    up.ended(up.start("maintain", sources=[LATER]))
    up.ended(up.start("run", source=LATER, lake="/proc/nowhere"))

    def missed(text: str) -> bool:
        return sum(text in each["body"] for each in receiver.missed) >= TRIES_OF_SERVER

    wait_for(
        "two alerts that nobody takes",
        RUN_SECONDS,
        lambda: missed("partial") and missed("/proc/nowhere"),
        lambda: str(receiver),
    )
    time.sleep(LOST_AFTER.total_seconds())
    receiver.is_down = False
    assert receiver.told == []
    for _ in range(2):
        up.ended(up.start("maintain", sources=[LATER]))
        receiver.wait_for(LATER, "partial")
        assert "/runs/flow-run/" in receiver.wait_for("failed", "/proc/nowhere")["body"]
        time.sleep(LOST_AFTER.total_seconds())  # what is on its way is not lost
    for text in ("partial", "/proc/nowhere"):
        assert sum(text in each["body"] for each in receiver.told) == 1, receiver.told
    site.clear_faults()


def _object(line: str) -> dict[str, str] | None:
    try:
        found: dict[str, str] = json.loads(line)
    except ValueError:
        return None
    return found


def test_a_collector_that_is_away_costs_a_warning_and_no_page(watched: Watched, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    away = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
        "OTEL_METRICS_EXPORTER": "otlp",  # the port of the other is taken
        "NEWSLAKE_LAKE": str(tmp_path / "lake"),
    }
    done = newslake("run", SOURCE, "--day", str(yesterday()), env=watched.up.environment | away)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("the collector did not answer") == 1
    assert rows(tmp_path / "lake", SOURCE, yesterday())
