"""What newslake measures: the closed list of metrics with their labels, and how infra records them.

Nothing is recorded unless `flows.monitoring.telemetry` has put a recorder here. A span's attributes are also what a
line of the log is about.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeVar

T = TypeVar("T")
Labels = Mapping[str, str]


class Kind(StrEnum):
    """What a metric is, in the words of OpenTelemetry."""

    COUNTER = "counter"
    HISTOGRAM = "histogram"
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric. docs/monitoring.md lists them all."""

    name: str
    kind: Kind
    unit: str  # as UCUM writes it
    labels: tuple[str, ...]
    meaning: str


# fmt: off
# Of work, recorded by the process that does it.
REQUESTS: Final = Measure("newslake.http.requests", Kind.COUNTER, "{request}", ("host", "outcome"),
    "Requests sent, robots files, lists and redirects among them")
REQUEST_SECONDS: Final = Measure("newslake.http.duration", Kind.HISTOGRAM, "s", ("host",),
    "Time from sending a request to the last byte or failure")
BYTES: Final = Measure("newslake.http.received", Kind.COUNTER, "By", ("host",), "Bodies of whole answers, unpacked")
PAGES: Final = Measure("newslake.pages", Kind.COUNTER, "{page}", ("source", "outcome", "mode"),
    "Pages that were parsed and judged, in `reparse --diff` too")
PARSE_SECONDS: Final = Measure("newslake.parse.duration", Kind.HISTOGRAM, "s", ("source",),
    "Time that a worker took to parse one page")
LAND_SECONDS: Final = Measure("newslake.land.duration", Kind.HISTOGRAM, "s", ("mode",),
    "Time to judge some pages and merge them into the lake")
OF_WORK: Final = (REQUESTS, REQUEST_SECONDS, BYTES, PAGES, PARSE_SECONDS, LAND_SECONDS)

# Of the state of the lake and of Prefect, told by one process that looks: `infra.upkeep.lake_state`, and
# `flows.monitoring.state` for Prefect.
LISTED: Final = Measure("newslake.day.listed", Kind.GAUGE, "{address}", ("source", "day"), "Addresses that were listed")
FETCHED: Final = Measure("newslake.day.fetched", Kind.GAUGE, "{address}", ("source", "day"),
    "Of those, addresses of which a page came")
LANDED: Final = Measure("newslake.day.landed", Kind.GAUGE, "{address}", ("source", "day"),
    "Of those, addresses whose article is in the lake")
PENDING: Final = Measure("newslake.day.pending", Kind.GAUGE, "{address}", ("source", "day"),
    "Of those, addresses that are asked again")
ARTICLES: Final = Measure("newslake.day.articles", Kind.GAUGE, "{article}", ("source", "day"),
    "Rows, published on that day, however they came")
REJECTED: Final = Measure("newslake.day.rejected", Kind.GAUGE, "{page}", ("source", "day", "reason"),
    "Pages got on that day that gave no article, while their rejection is open")
DAYS: Final = Measure("newslake.source.days", Kind.GAUGE, "{day}", ("source", "state"),
    "Past days of the last 31, by state")
AGE: Final = Measure("newslake.source.age", Kind.GAUGE, "s", ("source",),
    "Time since the newest whole day ended; 31 days where none of the last 31 is whole")
LAKE_READABLE: Final = Measure("newslake.lake.readable", Kind.GAUGE, "{lake}", (), "1 if it could be read, else 0")
PREFECT_REACHABLE: Final = Measure("newslake.prefect.reachable", Kind.GAUGE, "{server}", (),
    "1 if the Prefect server answered, else 0")
RUNS: Final = Measure("newslake.prefect.runs", Kind.GAUGE, "{run}", ("state",), "Late, pending and running runs")
WORKERS: Final = Measure("newslake.prefect.workers", Kind.GAUGE, "{worker}", ("pool", "status"),
    "Workers of each work pool")
OF_STATE: Final = (LISTED, FETCHED, LANDED, PENDING, ARTICLES, REJECTED, DAYS, AGE, LAKE_READABLE,
    PREFECT_REACHABLE, RUNS, WORKERS)
# fmt: on

OTHER: Final = "other"  # the label of every host that is none of a source: addresses of others are without number


class _Recording:
    recorder: Any = None  # by `flows.monitoring.telemetry`: `record(measure, amount, labels)` and `span(name, labels)`


_about: ContextVar[Labels] = ContextVar("about", default=MappingProxyType({}))


def record_by(recorder: Any) -> None:
    """Record everything from now on by this recorder; with None, nothing."""
    _Recording.recorder = recorder


def record(measure: Measure, amount: float, **labels: str) -> None:
    """Add to a counter or histogram."""
    if _Recording.recorder is not None:
        _Recording.recorder.record(measure, amount, labels)


def about() -> Labels:
    """What this thread works on: source, day and run, as far as the spans around it say."""
    return _about.get()


@contextmanager
def span(name: str, **attributes: str) -> Iterator[None]:
    """A piece of work; what is done in it inherits its attributes. Also a decorator."""
    token = _about.set({**_about.get(), **attributes})
    recorder = _Recording.recorder
    try:
        with recorder.span(name, _about.get()) if recorder else nullcontext():
            yield
    finally:
        _about.reset(token)


def spans(name: str, pieces: Iterable[T]) -> Iterator[T]:
    """The same pieces, with a span around the wait for each."""
    waiting = iter(pieces)
    while True:
        with span(name):
            try:
                piece = next(waiting)
            except StopIteration:
                return
        yield piece
