"""Who is told of a run, on loopback: a collector of OTLP over HTTP, and a receiver of alerts as Slack is one."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.servers import Answer, scripted_server, wait_for

Labels = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Point:
    name: str
    labels: dict[str, str]
    value: float  # of a histogram, the number of values
    temporality: int | None  # 1: delta, 2: cumulative; None: a gauge


@dataclass(frozen=True)
class Span:
    name: str
    id: bytes
    parent: bytes
    trace: bytes
    attributes: dict[str, str]


@dataclass
class OtlpReceiver:
    """Receives until its block ends. `points` and `spans` are all that came."""

    points: list[Point] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    resources: list[dict[str, str]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)  # what sends everything here

    def answer(self, _method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.take(path, gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body)
        return Answer(200)

    def sums(self, name: str, *by: str) -> Counter[tuple[str, ...]]:
        """The sum of all values of a counter or histogram, by some of its labels; all are deltas."""
        found: Counter[tuple[str, ...]] = Counter()
        for point in self.points:
            if point.name == name:
                assert point.temporality == 1
                found[tuple(point.labels[label] for label in by)] += int(point.value)
        return found

    def gauges(self, name: str, *by: str) -> dict[tuple[str, ...], float]:
        """The last value of a gauge by its labels."""
        return {tuple(each.labels[label] for label in by): each.value for each in self.points if each.name == name}

    def take(self, path: str, body: bytes) -> None:
        if path == "/v1/metrics":
            for each in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                self.resources.append(_plain(each.resource.attributes))
                for metric in (metric for scope in each.scope_metrics for metric in scope.metrics):
                    self.points += _points(metric)
        elif path == "/v1/traces":
            for traced in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.resources.append(_plain(traced.resource.attributes))
                for span in (span for scope in traced.scope_spans for span in scope.spans):
                    attributes = _plain(span.attributes)
                    self.spans.append(Span(span.name, span.span_id, span.parent_span_id, span.trace_id, attributes))
        else:
            raise AssertionError(f"nothing is sent to {path}")


def _points(metric: Any) -> Iterator[Point]:
    kind = metric.WhichOneof("data")
    data = getattr(metric, kind)
    for each in data.data_points:
        value = each.count if kind == "histogram" else each.as_int or each.as_double
        temporality = None if kind == "gauge" else data.aggregation_temporality
        yield Point(metric.name, _plain(each.attributes), value, temporality)


def _plain(attributes: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in attributes}


@contextmanager
def otlp_receiver() -> Iterator[OtlpReceiver]:
    receiver = OtlpReceiver()
    with scripted_server(receiver.answer) as server:
        receiver.environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": server.endpoint}
        yield receiver


@dataclass
class AlertReceiver:
    url: str = ""
    told: list[dict[str, str]] = field(default_factory=list)
    missed: list[dict[str, str]] = field(default_factory=list)
    is_down: bool = False

    def answer(self, _method: str, _path: str, _headers: Mapping[str, str], body: bytes) -> Answer:
        if self.is_down:
            self.missed.append(json.loads(body))
            return Answer(503)
        self.told.append(json.loads(body))
        return Answer(204)

    def wait_for(self, subject: str, text: str = "", seconds: float = 60) -> dict[str, str]:
        """The first alert with these words, once it has come."""

        def found() -> list[dict[str, str]]:
            return [each for each in self.told if subject in each["subject"] and text in each["body"]]

        wait_for(f"an alert on {subject}", seconds, found, lambda: str(self.told))
        return found()[0]


@contextmanager
def alert_receiver() -> Iterator[AlertReceiver]:
    receiver = AlertReceiver()
    with scripted_server(receiver.answer) as server:
        receiver.url = f"{server.endpoint}/alerts"
        yield receiver
