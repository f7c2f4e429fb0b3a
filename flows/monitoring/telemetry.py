"""OpenTelemetry, where its own variables ask for it, which its SDK reads; without one of them nothing is imported.

Runs are short-lived processes: they send differences (delta temporality), since each would begin a total at zero, and
nobody can scrape them. The exporter `prometheus` is left to the one process that lives long: `newslake metrics`.
"""

import atexit
import logging
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

from infra.base.measures import Kind, Labels, Measure, record_by
from infra.base.stop import before_hard_end

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Observation
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

SCOPE: Final = "newslake"
EXTRA: Final = (
    "Check the OTEL_ variables, and install newslake[otel], for grpc opentelemetry-exporter-otlp-proto-grpc besides."
)
PROMETHEUS: Final = "prometheus"
OTLP: Final = {"grpc": "otlp_proto_grpc", "http/protobuf": "otlp_proto_http"}  # protocol → entry point
# A collector that does not answer costs a run this much at its end, and its last numbers.
FLUSH_SECONDS: Final = 2.0
LAST_SECONDS: Final = 1.0  # where the process is ended hard: people wait for five seconds in all
# The default of 2,000 series a metric would merge the rest into one: 300 sources have 2,400 days.
MOST_SERIES: Final = 20_000
# A page takes milliseconds to parse, a request up to 30 s, a landing of thousands of rows a minute.
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_LOG: Final = logging.getLogger(SCOPE)
_providers: "list[MeterProvider | TracerProvider]" = []

State = Callable[[], Iterable[tuple[Measure, float, Labels]]]


def is_disabled() -> bool:
    """OpenTelemetry's own switch is off."""
    return os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"


def exporters(signal: str) -> list[str]:
    """The exporters that the environment names for METRICS or TRACES; an OTLP endpoint alone names `otlp`."""
    if is_disabled():
        return []
    ends = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    implied = "otlp" if any(map(os.environ.get, ends)) else ""
    named = os.environ.get(f"OTEL_{signal}_EXPORTER") or implied
    return [name for each in named.split(",") if (name := each.strip()) not in {"", "none"}]


def start() -> None:
    """Record what this process does, if the environment asks for it; a second call does nothing."""
    metrics = [name for name in exporters("METRICS") if name != PROMETHEUS]
    traces = exporters("TRACES")
    if _providers or not (metrics or traces):
        return
    os.environ.setdefault("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta")
    try:
        recorder = _Recorder(meters_of(metrics), _tracers(traces))
    except (ImportError, ValueError) as error:
        _LOG.warning("nothing is measured: %s. %s", " ".join(str(error).split()).rstrip("."), EXTRA)
        return
    record_by(recorder)
    atexit.register(_end)
    logging.getLogger("opentelemetry.exporter").setLevel(logging.ERROR)  # else each try to reach a collector is a line
    before_hard_end(partial(flush, LAST_SECONDS))


def tell_gauges(meters: "MeterProvider", state: State, measures: Iterable[Measure]) -> None:
    """Make a gauge of each measure, which tells what `state` gives when asked."""
    meter = meters.get_meter(SCOPE)
    for each in measures:
        meter.create_observable_gauge(each.name, [partial(_observed, each, state)], each.unit, each.meaning)


def flush(seconds: float = FLUSH_SECONDS) -> None:
    """Send what is not sent yet. The SDK keeps to no limit here (its issue 4568): a thread that is late is left."""
    threads = [Thread(target=provider.force_flush, daemon=True) for provider in _providers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds / len(threads))
    if any(thread.is_alive() for thread in threads):
        _LOG.warning("the collector did not answer within %g s: the last numbers are lost", seconds)
        _providers.clear()


def _end() -> None:
    """Send what came after the last `flush`: Prefect's span of a run. Don't wait for a collector that was late."""
    for provider in _providers:
        provider.shutdown()


def flow_run_id() -> str:
    """Prefect's; empty outside a run, and where Prefect was never imported."""
    runtime = sys.modules.get("prefect.runtime")
    return str(runtime.flow_run.id or "") if runtime else ""


class _Recorder:
    def __init__(self, meters: "MeterProvider", tracers: "TracerProvider") -> None:
        self._meter = meters.get_meter(SCOPE)
        self._tracer = tracers.get_tracer(SCOPE)
        self._instruments: dict[str, Any] = {}

    def record(self, measure: Measure, amount: float, labels: Labels) -> None:
        """Add to an instrument, which is made at its first use; the SDK gives the same one to two threads."""
        instrument = self._instruments.get(measure.name)
        if measure.kind is Kind.COUNTER:
            instrument = instrument or self._meter.create_counter(measure.name, measure.unit, measure.meaning)
            instrument.add(amount, labels)
        else:
            instrument = instrument or self._meter.create_histogram(
                measure.name, measure.unit, measure.meaning, explicit_bucket_boundaries_advisory=BUCKETS
            )
            instrument.record(amount, labels)
        self._instruments[measure.name] = instrument

    def span(self, name: str, attributes: Labels) -> AbstractContextManager[object]:
        """A span below the current one, be it Prefect's."""
        said = {f"newslake.{key}": value for key, value in attributes.items()}
        if found := flow_run_id():
            said["prefect.flow_run.id"] = found
        return self._tracer.start_as_current_span(f"newslake {name}", attributes=said)


def _observed(measure: Measure, state: State, _: "CallbackOptions") -> "list[Observation]":
    from opentelemetry.metrics import Observation

    return [Observation(value, labels) for each, value, labels in state() if each is measure]


class _OfSdk(logging.Handler):
    """What the SDK says: a line without traceback, once an hour each, since it repeats itself with every export."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._said: set[tuple[str, int]] = set()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        if (said := (str(record.msg), int(record.created // 3600))) not in self._said:
            self._said.add(said)
            # It quotes headers that it can't read, and they are secrets.
            told = said[0].removesuffix(": %s") if record.name == "opentelemetry.util.re" else record.getMessage()
            _LOG.warning("OpenTelemetry: %s", told)


def meters_of(names: list[str]) -> "MeterProvider":
    """What some exporters are told; ImportError or ValueError where one is not installed."""
    sdk = logging.getLogger("opentelemetry")
    sdk.handlers, sdk.propagate = [_OfSdk()], False
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
    from opentelemetry.sdk.metrics.view import View

    made = [_exporter("metrics", name) for name in names]
    readers = [each if isinstance(each, MetricReader) else PeriodicExportingMetricReader(each) for each in made]
    views = [View(instrument_name="newslake.*", aggregation_cardinality_limit=MOST_SERIES)]
    _providers.append(provider := MeterProvider(readers, _resource(), shutdown_on_exit=False, views=views))
    return provider


def _tracers(names: list[str]) -> "TracerProvider":
    """Those of this process, to which Prefect's spans of runs and tasks go, too."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
    for name in names:
        provider.add_span_processor(BatchSpanProcessor(_exporter("traces", name)))
    if names:
        _providers.append(provider)
        trace.set_tracer_provider(provider)
    return provider


def _exporter(signal: str, name: str) -> Any:
    """An exporter by the name that its package offers it under, which is how OpenTelemetry finds them."""
    if name == "otlp":
        protocol = f"OTEL_EXPORTER_OTLP_{signal.upper()}_PROTOCOL"
        asked = os.environ.get(protocol) or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") or "http/protobuf"
        name = OTLP.get(asked, asked)
    from importlib.metadata import entry_points

    for found in entry_points(group=f"opentelemetry_{signal}_exporter", name=name):
        return found.load()()
    raise ImportError(f"no package that is installed has the {signal} exporter {name!r}")


def _resource() -> "Resource":
    """The reporter. Processes of one machine are one instance: a series for each run would pile up without end."""
    import socket
    from importlib.metadata import version

    from opentelemetry.sdk.resources import OTELResourceDetector, Resource

    ours = {"service.name": SCOPE, "service.version": version(SCOPE), "service.instance.id": socket.gethostname()}
    return Resource.create({**ours, **OTELResourceDetector().detect().attributes})
