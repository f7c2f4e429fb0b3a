"""docs/monitoring.md and the Grafana board name the metrics that there are, as Prometheus shows them."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import generate_latest

from docs.generate import configuration, data_dictionary, sources
from flows.cli import _command
from flows.monitoring.telemetry import _Recorder, tell_gauges
from infra.base.measures import OF_STATE, OF_WORK, Kind, Measure
from infra.lake.day_states import State
from parsers.record.outcome import RejectReason

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "monitoring.md").read_text("utf-8")
BOARD = json.loads((ROOT / "infra" / "deployment" / "grafana-board.json").read_text("utf-8"))
ALL = (*OF_WORK, *OF_STATE)
OF_HISTOGRAM = re.compile(r"_(bucket|sum|count)$")


def labels_of(measure: Measure) -> dict[str, str]:
    return dict.fromkeys(measure.labels, "x")


@pytest.fixture(scope="module")
def series() -> dict[str, set[str]]:
    """The names of all series with their labels, as the exporter writes them."""
    reader = PrometheusMetricReader(disable_target_info=True)
    meters = MeterProvider([reader], shutdown_on_exit=False)
    recorder = _Recorder(meters, TracerProvider(shutdown_on_exit=False))
    for measure in OF_WORK:
        recorder.record(measure, 1, labels_of(measure))
    tell_gauges(meters, lambda: [(each, 1, labels_of(each)) for each in OF_STATE], OF_STATE)
    text = generate_latest().decode()
    meters.shutdown()
    found = re.findall(r"^(newslake_\w+)\{(.*)\}", text, re.MULTILINE)
    return {name: set(re.findall(r'(\w+)="', labels)) for name, labels in found}


def in_prometheus(name: str) -> str:
    return OF_HISTOGRAM.sub("", name)


def test_the_document_has_every_metric_with_its_unit_and_labels(series: dict[str, set[str]]) -> None:
    rows = re.findall(r"^\| `(newslake\.[^`]+)` \| `(\w+)` \| (\w+) \| (\S+) \| ([^|]*) \| (.*) \|$", DOC, re.MULTILINE)
    assert [(name, *rest) for name, _, *rest in rows] == [
        (each.name, each.kind.value, each.unit, ", ".join(each.labels), each.meaning) for each in ALL
    ]
    assert {shown for _, shown, *_ in rows} == {in_prometheus(name) for name in series}


def test_labels_are_those_that_are_recorded(series: dict[str, set[str]]) -> None:
    by_name = {each.name.replace(".", "_"): each for each in ALL}
    for name, labels in series.items():
        (measure,) = [
            each
            for shown, each in by_name.items()
            if re.fullmatch(f"{shown}(_seconds|_bytes)?(_total)?", in_prometheus(name))
        ]
        assert {label for label in labels if not label.startswith("otel_scope") and label != "le"} == set(
            measure.labels
        )


def expressions() -> Iterator[str]:
    for panel in BOARD["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    yield from (each["query"]["query"] for each in BOARD["templating"]["list"] if each["type"] == "query")


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_the_board_asks_for_metrics_and_labels_that_there_are(expression: str, series: dict[str, set[str]]) -> None:
    (name,) = re.findall(r"newslake_\w+", expression)
    assert name in series
    grouped = [label for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(", ")]
    asked = {
        *grouped,
        *re.findall(r"(\w+)(?:=~|!=|=)\"", expression),
        *re.findall(r"label_values\(\w+, (\w+)\)", expression),
    }
    assert asked <= series[name]


def test_the_board_shows_every_metric(series: dict[str, set[str]]) -> None:
    shown = {in_prometheus(name) for each in expressions() for name in re.findall(r"newslake_\w+", each)}
    assert shown == {in_prometheus(name) for name in series}


def test_labels_are_a_short_list_and_gauges_tell_the_state() -> None:
    """Labels with few values: each is a closed list, or a name that sources declare."""
    assert {label for each in ALL for label in each.labels} == {
        *("source", "host", "day", "state", "reason", "outcome", "mode", "pool", "status")
    }
    assert len(State) + len(RejectReason) < 100
    assert {each.kind for each in OF_STATE} == {Kind.GAUGE}


# Documents: what is made from the code is current, and commands within the sentences of the runbook exist.


SPAN = re.compile(r"`newslake ([a-z-]+)([^`\n]*)`")


@pytest.mark.parametrize(
    ("path", "made"),
    [
        (configuration.DOCUMENT, configuration.render),
        (data_dictionary.DICTIONARY, data_dictionary.render),
        (sources.DOCUMENT, sources.render),
    ],
    ids=["configuration", "data dictionary", "sources"],
)
def test_a_document_that_is_made_from_the_code_is_current(path: Path, made: Callable[[], str]) -> None:
    assert path.read_text("utf-8") == made(), "run `make docs`"


def test_commands_within_a_sentence_of_the_runbook_exist_with_their_options() -> None:
    for name, rest in SPAN.findall((ROOT / "docs" / "operations.md").read_text("utf-8")):
        parameters = _command().commands[name].params
        known = {option for each in parameters for option in (*each.opts, *each.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known | {"--help"}, f"newslake {name}{rest}"
