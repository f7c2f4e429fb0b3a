"""Is this installation fit to run? Settings, lake, clock and disk, one function each.

A check that raises counts as a fault of that check, so the others still run. No finding shows a secret.
"""

import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Barrier
from typing import Final

from dotenv import dotenv_values

from infra.base.errors import NewslakeError
from infra.base.settings import ENV_FILE, PREFIX, Settings, load_settings
from infra.base.stop import Threads
from infra.store.object_store import PROBE_PREFIX, ConflictError, ObjectStore
from infra.store.open_store import open_store

WRITERS: Final = 8  # as many as land side by side; stores that failed the barrier test had 2 to 32 winners of as many
ROUNDS: Final = 3  # of creating and of replacing; SeaweedFS takes up to 2 s a round, and a racy store fails the first
BARRIER_SECONDS: Final = 30.0  # threads of one process meet in milliseconds

SKEW_WARNED: Final = timedelta(minutes=1)  # days and late runs follow the clock: no harm yet, but no NTP either
SKEW_REFUSED: Final = timedelta(minutes=15)  # S3 refuses requests signed with such a clock (RequestTimeTooSkewed)
LISTED_TO: Final = timedelta(seconds=1)  # S3 cuts times to seconds; a folder's clock ticks every few milliseconds

LEAST_FREE_BYTES: Final = 5 << 30  # a few hundred thousand pages, compressed: time to react
LEAST_FREE_SHARE: Final = 0.05  # file systems slow down and keep a reserve there

SHORTEST_SECRET: Final = 6  # shorter values are words such as "test": hiding those would garble every sentence
SECRET_NAME: Final = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|AUTH|CREDENTIAL", re.IGNORECASE)


class Verdict(StrEnum):
    """How serious a finding is."""

    OK = "ok"
    WARNING = "warning"  # works, but look at it
    FAULT = "fault"  # runs fail, or are not safe


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; no remedy if all is well."""

    verdict: Verdict
    detail: str
    remedy: str = ""


def diagnose(lake: str | None = None) -> Iterator[tuple[str, Finding]]:
    """Run all checks, yielding each name and finding: a second on a folder, about ten on a server."""
    yield "settings", tried(lambda: settings_in_force(lake))
    try:
        address = load_settings().lake if lake is None else lake
    except NewslakeError:
        return  # reported by the check of the settings
    yield "temporary folder", tried(lambda: disk(Path(tempfile.gettempdir())))
    if not address.startswith("s3://"):
        yield "disk of the lake", tried(lambda: disk(Path(address).expanduser().absolute()))
    reached = tried(lambda: lake_usable(open_store(address)))
    yield "lake", reached
    if reached.verdict is not Verdict.FAULT:
        yield "one winner", tried(lambda: one_winner(open_store(address)))
        yield "clock", tried(lambda: clock(open_store(address)))


def tried(check: Callable[[], Finding]) -> Finding:
    """Run a check; what it raises becomes a fault, and secrets are hidden."""
    try:
        found = check()
    except NewslakeError as error:
        found = Finding(Verdict.FAULT, error.what, error.remedy)
    except Exception as error:  # one broken check must not hide what the others find
        found = Finding(Verdict.FAULT, f"{type(error).__name__}: {error}", "This check failed; please report it.")
    return Finding(found.verdict, without_secrets(found.detail), without_secrets(found.remedy))


def without_secrets(text: str) -> str:
    """Hide the values of variables whose names suggest a secret, and user and password in addresses."""
    for name, value in os.environ.items():
        if SECRET_NAME.search(name) and len(value) >= SHORTEST_SECRET:
            text = text.replace(value, "…")
    return re.sub(r"//[^/@\s]+@", "//…@", text)


def settings_in_force(lake: str | None) -> Finding:
    """Each setting, and where it comes from; a warning if there are more workers than processors."""
    settings = load_settings()
    in_file = {name.upper() for name in dotenv_values(ENV_FILE, encoding="utf-8")}
    in_environment = {name.upper() for name in os.environ}
    lines = []
    for field in Settings.model_fields:
        name, value = PREFIX + field.upper(), getattr(settings, field)
        origin = "environment" if name in in_environment else ENV_FILE if name in in_file else "default"
        if field == "lake" and lake:
            value, origin = lake, "--lake"
        lines.append(f"{name}={value} ({origin})")
    # A container or a batch job may use fewer processors than the machine has; macOS can't tell.
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if settings.workers > usable:
        remedy = f"Set NEWSLAKE_WORKERS={usable}, the processors that newslake may use: more only cost memory."
        return Finding(Verdict.WARNING, "\n".join(lines), remedy)
    return Finding(Verdict.OK, "\n".join(lines))


def disk(folder: Path) -> Finding:
    """Whether there is space left where a folder is or will be."""
    present = next(path for path in (folder, *folder.parents) if path.exists())
    usage = shutil.disk_usage(present)
    share = usage.free / usage.total if usage.total else 0.0
    detail = f"{usage.free / 1e9:.1f} GB free ({share:.0%}) at {folder}"
    if usage.free >= LEAST_FREE_BYTES and share >= LEAST_FREE_SHARE:
        return Finding(Verdict.OK, detail)
    return Finding(Verdict.WARNING, detail, "Free some space: a full disk stops runs, though nothing is lost.")


def lake_usable(store: ObjectStore) -> Finding:
    """Whether the lake can be reached and written, and honours conditional writes."""
    store.check()
    return Finding(Verdict.OK, f"{store.uri} is reachable, writable and honours conditional writes")


def one_winner(store: ObjectStore, rounds: int = ROUNDS) -> Finding:
    """The barrier test: of writers that put one object on one condition at the same time, only one may win."""
    won: list[int] = []
    key = f"{PROBE_PREFIX}{uuid.uuid4().hex}"
    with Threads(WRITERS) as threads:
        for _ in range(rounds):
            try:
                won.append(_winners(store, threads, key, None))
                if present := store.get(key):
                    won.append(_winners(store, threads, key, present.etag))
            finally:
                store.delete(key)
    if max(won) > 1:
        return Finding(
            Verdict.FAULT,
            f"{sum(count > 1 for count in won)} of {len(won)} rounds had several winners among {WRITERS} writers on "
            "one condition: concurrent runs lose articles",
            "Use AWS S3, SeaweedFS 4.48 or newer, or a folder on a local disk; until then, one run at a time.",
        )
    if min(won) < 1:
        return Finding(
            Verdict.WARNING,
            f"{won.count(0)} of {len(won)} rounds had no winner among {WRITERS} writers: slow, but nothing is lost",
            "Run fewer writers at once, or find out what keeps the server busy.",
        )
    return Finding(Verdict.OK, f"{WRITERS} writers at once, {len(won)} rounds: exactly one won each")


def _winners(store: ObjectStore, threads: Threads, key: str, if_match: str | None) -> int:
    barrier = Barrier(WRITERS)

    def write(writer: int) -> bool:
        barrier.wait(BARRIER_SECONDS)
        try:
            # Each its own content: on a folder, equal content is no conflict.
            store.put(key, f"{writer} {if_match}".encode(), if_match=if_match)
        except ConflictError:
            return False
        return True

    return sum(threads.map(write, range(WRITERS)))


def clock(store: ObjectStore, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Finding:
    """How far this machine's clock is from the store's, going by the time that the store gives a new object."""
    key = f"{PROBE_PREFIX}{uuid.uuid4().hex}"
    before = now()
    try:
        store.put(key, b"", if_match=None)
        after = now()
        told = next(info.modified_at for info in store.list(key))
    finally:
        store.delete(key)
    skew = max(before - LISTED_TO - told, told - after - LISTED_TO, timedelta(0))
    if not skew:
        return Finding(Verdict.OK, "agrees with the store's to the second")
    detail = f"{skew.total_seconds():,.0f} s {'behind' if told > after else 'ahead of'} that of the store"
    if skew < SKEW_WARNED:
        return Finding(Verdict.OK, detail)
    verdict = Verdict.FAULT if skew > SKEW_REFUSED else Verdict.WARNING
    return Finding(verdict, detail, "Set the clock, preferably by NTP; S3 refuses more than 15 minutes.")
