"""What every run begins with, under Prefect or not: settings, a lake that works, a run id."""

import secrets
from datetime import UTC, datetime

from infra.base.settings import Settings, load_settings
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from infra.work.run import Run


def load_run_settings(lake: str | None = None) -> Settings:
    """The settings, with the lake that an option or a parameter names instead of the configured one.

    Raises:
        UsageError: a setting is wrong.
    """
    settings = load_settings()
    return settings.model_copy(update={"lake": lake}) if lake else settings


def open_checked_store(settings: Settings) -> ObjectStore:
    """The lake's store, tried out: reachable, writable, honours conditional writes.

    Raises:
        NewslakeError: it is none of that; one line says what is wrong and the remedy. Nothing was written.
    """
    store = open_store(settings.lake)
    store.check()
    return store


def begin_run(lake: str | None = None, accept: str = "") -> Run:
    """Begin a run on a lake that was tried out.

    Args:
        lake: instead of the configured one.
        accept: why days are to be landed whatever the quality gate finds; empty: it holds back what looks broken.

    Raises:
        NewslakeError: the lake cannot be used, or a setting is wrong. Nothing was written.
    """
    settings = load_run_settings(lake)
    open_checked_store(settings)
    return Run(settings, new_run_id(), accept)


def new_run_id() -> str:
    """An id that sorts by time: `20261122T001500Z-3d0907a`.

    After the second stand its microsecond, five hex digits (rows remember the first run that landed them, and two runs
    may begin within one second), and two random ones.
    """
    now = datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%SZ}-{now.microsecond:05x}{secrets.token_hex(1)}"
