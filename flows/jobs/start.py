"""How every run begins, under Prefect or not: settings, a lake that works, a run id."""

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infra.base.choices import Runner
from infra.base.errors import UsageError
from infra.base.settings import Settings, load_settings
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store

if TYPE_CHECKING:
    from infra.work.run import Run  # takes longer to import than most questions to answer: `status` needs none of it


def load_run_settings(lake: str | None = None, *, generic: bool = False, processes: int | None = None) -> Settings:
    """The settings, with what is given in place of what is configured; `generic` only switches that reader on."""
    given = {"lake": lake, "generic": generic, "workers": processes}
    return load_settings().model_copy(update={name: value for name, value in given.items() if value})


def open_checked_store(settings: Settings) -> ObjectStore:
    """The lake's store, once it has proved reachable, writable and true to conditional writes."""
    store = open_store(settings.lake)
    store.check()
    return store


def open_lake(lake: str | None = None) -> ObjectStore:
    """The store of a lake that is only read."""
    return open_store(load_run_settings(lake).lake)


def begin_run(
    lake: str | None = None,
    accept: str = "",
    *,
    writes: bool = True,
    generic: bool = False,
    processes: int | None = None,
    runner: Runner = Runner.LOCAL,
    scheduler: str | None = None,
) -> "Run":
    """Begin a run; a lake that is only read is not checked. `accept`: why rows may go that the gate would keep."""
    from infra.work.run import Run

    if scheduler and runner is not Runner.DASK:
        raise UsageError("a scheduler is named, and Dask is not asked for", "Add --runner dask.")
    if scheduler and processes:
        raise UsageError("a cluster has as many processes as it has", "Leave out --scheduler or --processes.")
    settings = load_run_settings(lake, generic=generic, processes=processes)
    if writes:
        open_checked_store(settings)
    return Run(settings, new_run_id(), accept, dask=(scheduler or "") if runner is Runner.DASK else None)


def new_run_id() -> str:
    """An id that sorts by time: second, microsecond in hex, two random digits (`20261122T001500Z-3d0907a`)."""
    now = datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%SZ}-{now.microsecond:05x}{secrets.token_hex(1)}"
