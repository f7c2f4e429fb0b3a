"""What is told of a real run: measures and spans by OTLP, the state of the lake to Prometheus, log lines as JSON."""

import json
import os
import signal
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from infra.base.measures import OF_STATE, OF_WORK
from infra.intake.web.polite_client import TRIES
from infra.lake.quarantine import rejects_in
from infra.lake.query import Selection
from infra.store.open_store import open_store
from parsers.registry import sources
from tests.demo_site.faults import not_html, server_error
from tests.demo_site.site import DemoSite
from tests.live_lake import FAST, rows, today
from tests.prefect_server import COMMAND, newslake
from tests.receivers import OtlpReceiver, otlp_receiver
from tests.servers import free_ports, wait_for

SOURCE = "globalresearch"
DAY = today() - timedelta(days=2)
RUN = ("run", SOURCE, "--day", str(DAY))
pytestmark = pytest.mark.xdist_group("monitoring")  # one run for all


@dataclass(frozen=True)
class Told:
    """A run, what it asked of the site and landed, and what it told."""

    receiver: OtlpReceiver
    asked: Counter[str]
    lake: Path
    environment: dict[str, str]
    lines: list[dict[str, str]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """What is told of a day of which the site refuses one page, and answers with no HTML for another."""
    folder = tmp_path_factory.mktemp("told")
    with DemoSite(today(), days=8, per_day=4) as site, otlp_receiver() as receiver:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OTEL_")},
            "NEWSLAKE_ORIGINS": site.origins,
            "NEWSLAKE_HOST_INTERVAL_SECONDS": str(FAST),
            "NEWSLAKE_LAKE": str(folder / "lake"),
            "NEWSLAKE_WORKERS": "1",
            "NEWSLAKE_QUARANTINE_LIMIT": "1",  # few pages, one of which is no HTML
            "XDG_STATE_HOME": str(folder / "state"),
        }
        refused, image = site.expected(SOURCE, DAY)[1:3]
        site.set_fault(refused.url.removeprefix("https://"), server_error())
        site.set_fault(image.url.removeprefix("https://"), not_html())
        done = newslake("--log-format", "json", *RUN, env=environment | receiver.environment)
        assert done.returncode == 0, done.stderr
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        yield Told(receiver, Counter(each.host for each in site.requests), folder / "lake", environment, lines)


def test_a_run_tells_a_collector_the_numbers_that_the_site_and_the_lake_have(told: Told) -> None:
    lake, receiver, store = told.lake, told.receiver, open_store(str(told.lake))
    hosts = sources()[SOURCE].hosts
    asked = Counter[tuple[str, ...]]()
    for host, number in told.asked.items():
        asked[next((each,) for each in hosts if f".{host}".endswith(f".{each}"))] += number
    assert receiver.sums("newslake.http.requests", "host") == asked
    assert receiver.sums("newslake.http.duration", "host") == asked
    assert receiver.sums("newslake.http.requests", "outcome")["server_error",] == TRIES
    rejected = Counter(reject["reason"] for reject in rejects_in(store, Selection(SOURCE)))
    pages = receiver.sums("newslake.pages", "source", "outcome", "mode")
    assert pages == {
        (SOURCE, "article", "live"): len(rows(lake, SOURCE, DAY)) + _others(lake),
        **{(SOURCE, reason, "live"): number for reason, number in rejected.items()},
    }
    assert rejected
    assert receiver.sums("newslake.parse.duration", "source") == {(SOURCE,): pages.total()}
    assert receiver.sums("newslake.land.duration", "mode").total() >= 1
    assert {point.name for point in receiver.points} == {measure.name for measure in OF_WORK}
    assert {resource["service.name"] for resource in receiver.resources} == {"newslake"}


def _others(lake: Path) -> int:
    """Articles of the days beside: local days overlap the UTC day."""
    days = {path.parent.name.removeprefix("date=") for path in lake.glob(f"articles/source={SOURCE}/*/*.parquet")}
    return sum(len(rows(lake, SOURCE, date.fromisoformat(day))) for day in days - {str(DAY)})


def test_spans_of_a_run_hang_together_and_say_what_they_are_about(told: Told) -> None:
    receiver = told.receiver
    by_id = {span.id: span for span in receiver.spans}
    chains = {(span.name, by_id[span.parent].name if span.parent in by_id else None) for span in receiver.spans}
    days = "newslake source days"
    assert chains == {
        ("newslake run", None),
        (days, "newslake run"),
        *((f"newslake {name}", days) for name in ("list", "fetch", "parse", "land")),
    }
    assert len({span.trace for span in receiver.spans}) == 1
    (about,) = {tuple(sorted(span.attributes)) for span in receiver.spans if span.name != "newslake run"}
    assert about == ("newslake.day", "newslake.run", "newslake.source")


def test_every_line_of_the_log_is_an_object(told: Told) -> None:
    assert {line["level"] for line in told.lines} <= {"info", "warning"}
    assert any(line.get("source") == SOURCE and line.get("day") == str(DAY) for line in told.lines)


def test_prometheus_scrapes_the_state_of_the_lake(told: Told, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}/metrics"
    log = tmp_path / "metrics.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*COMMAND, "metrics"],
            env=told.environment | {"OTEL_EXPORTER_PROMETHEUS_PORT": str(port)},
            stdout=output,
            stderr=output,
        )
    try:
        wait_for("newslake metrics", 60, lambda: address in log.read_text(), log.read_text)
        with urllib.request.urlopen(address, timeout=30) as answer:
            shown = answer.read().decode()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 130
    values = dict(line.rsplit(" ", 1) for line in shown.splitlines() if not line.startswith("#"))
    articles = [values[key] for key in values if key.startswith("newslake_day_articles{") and f'day="{DAY}"' in key]
    assert [float(value) for value in articles] == [len(rows(told.lake, SOURCE, DAY))]
    assert [value for name, value in values.items() if name.startswith("newslake_lake_readable{")] == ["1.0"]
    for name in (each.name for each in OF_STATE if ".prefect." not in each.name):
        assert f"# TYPE {name.replace('.', '_')}" in shown
