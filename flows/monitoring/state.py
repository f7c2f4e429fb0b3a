"""The state of the lake and Prefect, as gauges of one long-lived process: `newslake metrics` or `newslake up`."""

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from threading import Lock

from httpx import HTTPError, InvalidURL

from flows.monitoring import telemetry
from infra.base.errors import NewslakeError, UsageError
from infra.base.measures import LAKE_READABLE, OF_STATE, PREFECT_REACHABLE, RUNS, WORKERS, Measure
from infra.store.object_store import ObjectStore
from infra.upkeep.lake_state import Reading, lake_state

HOST = "127.0.0.1"  # OpenTelemetry's own default, `localhost`, may be ::1 alone
PORT = "OTEL_EXPORTER_PROMETHEUS_PORT"
# However often a scraper asks: states change by the minute, and each look lists the lake.
FRESH_SECONDS = 60.0
MOST_POOLS = 50  # work pools are a label: few have more than one
MOST_WORKERS = 200  # the most that the API gives at once


def tell(state: "State", named: list[str]) -> None:
    """Report a state by the exporters of these names while this process lives."""
    if telemetry.is_disabled():  # the SDK would serve a page without any of it
        raise UsageError("OTEL_SDK_DISABLED=true forbids to tell anything", "Unset it.")
    os.environ.setdefault("OTEL_EXPORTER_PROMETHEUS_HOST", HOST)
    try:
        telemetry.tell_gauges(telemetry.meters_of(named), state, OF_STATE)
    except (ImportError, ValueError) as error:
        raise UsageError(f"the state of the lake can't be told: {error}", telemetry.EXTRA) from error
    except (OSError, OverflowError) as error:  # the latter: a number that is no port
        why = getattr(error, "strerror", None) or error
        raise NewslakeError(f"{told_to(named)} can't be served ({why})", f"Choose another {PORT}.") from error


def told_to(named: list[str]) -> str:
    """Exporters for a person; of `prometheus`, the address to scrape."""
    address = f"http://{os.environ.get('OTEL_EXPORTER_PROMETHEUS_HOST', HOST)}:{os.environ.get(PORT, '9464')}/metrics"
    return ", ".join(address if name == telemetry.PROMETHEUS else name for name in named)


class State:
    """The gauges, looked up at most once a minute."""

    def __init__(self, store: ObjectStore, expected: Collection[str]) -> None:
        """Sources that are `expected` are told of even where the lake has nothing of them."""
        self._store = store
        self._expected = expected
        self._lock = Lock()
        self._readings: list[Reading] = []
        self._read_at = float("-inf")

    def __call__(self) -> list[Reading]:
        """All readings, for the exporters of any thread."""
        with self._lock:
            if time.monotonic() - self._read_at >= FRESH_SECONDS:
                look = partial(lake_state, self._store, datetime.now(UTC), self._expected)
                self._readings = [*_readings(look, LAKE_READABLE, NewslakeError)]  # `newslake doctor` says why not
                if os.environ.get("PREFECT_API_URL"):
                    self._readings += _readings(_queue, PREFECT_REACHABLE, HTTPError, InvalidURL)
                self._read_at = time.monotonic()
            return self._readings


def _readings(look: Callable[[], Iterable[Reading]], came: Measure, *errors: type[Exception]) -> Iterator[Reading]:
    """What there is to see, and whether all of it `came`."""
    seen = 0
    with suppress(*errors):
        yield from look()
        seen = 1
    yield came, seen, {}


def _queue() -> Iterator[Reading]:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.client.schemas.objects import WorkerStatus

    with get_client(sync_client=True) as client:
        for name in ("Late", "Pending", "Running"):
            wanted = FlowRunFilter.model_validate({"state": {"name": {"any_": [name]}}})
            yield RUNS, client.count_flow_runs(flow_run_filter=wanted), {"state": name.lower()}
        for pool in client.read_work_pools(limit=MOST_POOLS):
            workers = [each.status for each in client.read_workers_for_work_pool(pool.name, limit=MOST_WORKERS)]
            for status in WorkerStatus:
                yield WORKERS, workers.count(status), {"pool": pool.name, "status": status.value.lower()}
