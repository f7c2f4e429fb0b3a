"""How every run begins, under Prefect or not: settings, a lake that works, a run id."""

import secrets
from datetime import UTC, datetime

from infra.base.settings import Settings, load_settings
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from infra.work.run import Run


def load_run_settings(lake: str | None = None, *, generic: bool = False) -> Settings:
    """The settings, with `lake` in place of the configured one if it is given; `generic` switches that reader on."""
    given = ({"lake": lake} if lake else {}) | ({"generic": True} if generic else {})
    return load_settings().model_copy(update=given)


def open_checked_store(settings: Settings) -> ObjectStore:
    """The lake's store, once it has proved reachable, writable and true to conditional writes."""
    store = open_store(settings.lake)
    store.check()
    return store


def open_lake(lake: str | None = None) -> ObjectStore:
    """The store of a lake that is only read."""
    return open_store(load_run_settings(lake).lake)


def begin_run(lake: str | None = None, accept: str = "", *, generic: bool = False) -> Run:
    """Begin a run on a checked lake; `accept`: why rows may go that the quality gate would keep."""
    settings = load_run_settings(lake, generic=generic)
    open_checked_store(settings)
    return Run(settings, new_run_id(), accept)


def new_run_id() -> str:
    """An id that sorts by time: second, microsecond in hex, two random digits (`20261122T001500Z-3d0907a`)."""
    now = datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%SZ}-{now.microsecond:05x}{secrets.token_hex(1)}"
