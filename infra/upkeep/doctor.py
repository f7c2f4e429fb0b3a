"""Is this installation fit to run? Settings, store, clock, disk, sources and Prefect, each looked at by one function.

A check that raises is a fault of that check, so that the others still run; nothing that is said holds a secret.
"""

import base64
import os
import platform
import re
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from threading import Barrier
from typing import Final

import requests
from dotenv import dotenv_values

from infra.base.errors import NewslakeError
from infra.base.settings import ENV_FILE, PREFIX, Settings, load_settings
from infra.store.object_store import PROBE_PREFIX, ConflictError, ObjectStore
from infra.store.open_store import open_store
from parsers import registry

PROGRAM: Final = "newslake"
# What the flows and their server stand on; each breaks them silently in a version outside of our limits.
OF_PREFECT: Final = frozenset({"prefect", "fastapi", "sqlalchemy"})

WRITERS: Final = 8  # as many as land side by side; stores that failed the barrier test had 2 to 32 winners of as many
ROUNDS: Final = 3  # of creating and of replacing; SeaweedFS takes up to 2 s a round, and a racy store fails the first
BARRIER_SECONDS: Final = 30.0  # threads of one process meet in milliseconds

SKEW_WARNED: Final = timedelta(minutes=1)  # days and late runs are told by the clock: no harm yet, but no NTP either
SKEW_REFUSED: Final = timedelta(minutes=15)  # S3 refuses requests signed with such a clock (RequestTimeTooSkewed)
LISTED_TO: Final = timedelta(seconds=1)  # S3 cuts times to seconds; a folder's clock ticks every few milliseconds

LEAST_FREE_BYTES: Final = 5 << 30  # a few hundred thousand pages, compressed: time to react
LEAST_FREE_SHARE: Final = 0.05  # file systems slow down and keep a reserve there

ANSWER_SECONDS: Final = 2.0  # a Prefect server in reach answers in milliseconds
SHORTEST_SECRET: Final = 6  # shorter values are words such as "test": blotting those out would garble every sentence
SECRET_NAME: Final = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|AUTH|CREDENTIAL", re.IGNORECASE)


class Verdict(StrEnum):
    """What to think of a check."""

    OK = "ok"
    WARNING = "warning"  # works, but look at it
    FAULT = "fault"  # runs fail, or are not safe


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        verdict: what to think of it.
        detail: what was found.
        remedy: what to do; empty where all is well.
    """

    verdict: Verdict
    detail: str
    remedy: str = ""


Check = Callable[[], Finding]


def diagnose(lake: str | None = None) -> Iterator[tuple[str, Finding]]:
    """Look at everything; a second on a folder, some ten on a server, most of them for the barrier test.

    Args:
        lake: folder or `s3://bucket/prefix` instead of the configured lake.

    Yields:
        Name of the check and what it found, as they are done. Checks that need valid settings are left out where
        there are none.
    """
    checks: list[tuple[str, Check]] = [
        ("newslake", program),
        ("libraries", lambda: libraries(lambda name: name not in OF_PREFECT)),
        ("prefect", lambda: libraries(lambda name: name in OF_PREFECT)),
        ("prefect server", lambda: prefect_server(os.environ)),
        ("sources", sources),
        ("settings", lambda: settings_in_force(lake)),
    ]
    for name, check in checks:
        yield name, tried(check)
    try:
        settings = load_settings()
    except NewslakeError:
        return  # said by the check of the settings
    yield "workers", tried(lambda: workers(settings.workers, _processors()))
    address = lake or settings.lake
    yield "temporary folder", tried(lambda: disk(Path(tempfile.gettempdir())))
    if not address.startswith("s3://"):
        yield "disk of the lake", tried(lambda: disk(Path(address).expanduser().absolute()))
    reached = tried(lambda: lake_usable(open_store(address)))
    yield "lake", reached
    if reached.verdict is not Verdict.FAULT:
        yield "one winner", tried(lambda: one_winner(open_store(address)))
        yield "clock", tried(lambda: clock(open_store(address)))


def tried(check: Check) -> Finding:
    """Run a check, whatever it raises; without secrets."""
    try:
        found = check()
    except NewslakeError as error:
        found = Finding(Verdict.FAULT, error.what, error.remedy)
    except Exception as error:  # one broken check must not hide what the others find
        found = Finding(Verdict.FAULT, f"{type(error).__name__}: {error}", "This check failed; please report it.")
    return Finding(found.verdict, without_secrets(found.detail), without_secrets(found.remedy))


def without_secrets(text: str) -> str:
    """Text without the values of variables that name a secret, and without user and password of addresses."""
    for name, value in os.environ.items():
        if SECRET_NAME.search(name) and len(value) >= SHORTEST_SECRET:
            text = text.replace(value, "…")
    return re.sub(r"//[^/@\s]+@", "//…@", text)


def program() -> Finding:
    """Which newslake this is, and whether this Python is new enough for it."""
    required = metadata.metadata(PROGRAM)["Requires-Python"]
    running = platform.python_version()
    detail = f"newslake {metadata.version(PROGRAM)} on Python {running}, {platform.system()} {platform.machine()}"
    if _is_within(running, required):
        return Finding(Verdict.OK, detail)
    return Finding(Verdict.FAULT, detail, f"Install newslake into a Python {required}.")


def libraries(wanted: Callable[[str], bool]) -> Finding:
    """Whether installed libraries are within the limits that newslake declares; none is imported.

    Args:
        wanted: which libraries to look at, by name.
    """
    from packaging.requirements import Requirement

    declared = [Requirement(line) for line in metadata.requires(PROGRAM) or ()]
    ours = [each for each in declared if each.marker is None or each.marker.evaluate({"extra": ""})]
    installed = {each.name: _version(each.name) for each in ours if wanted(each.name)}
    wrong = [each for each in ours if each.name in installed and not _fits(installed[each.name], str(each.specifier))]
    if not wrong:
        shown = ", ".join(f"{name} {version}" for name, version in installed.items())
        return Finding(Verdict.OK, f"within the tested limits: {shown}")
    said = ", ".join(f"{each.name} {installed[each.name] or 'is missing'} (not {each.specifier})" for each in wrong)
    needed = " ".join(f"'{each.name}{each.specifier}'" for each in wrong)
    return Finding(Verdict.FAULT, said, f"Run: pip install {needed}")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _fits(version: str | None, specifier: str) -> bool:
    return version is not None and _is_within(version, specifier)


def _is_within(version: str, specifier: str) -> bool:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(specifier).contains(version, prereleases=True)


def prefect_server(environment: Mapping[str, str]) -> Finding:
    """Whether the Prefect server that the environment names answers.

    Args:
        environment: with PREFECT_API_URL, and PREFECT_API_KEY or PREFECT_API_AUTH_STRING where it wants them.
    """
    address = environment.get("PREFECT_API_URL")
    if not address:
        return Finding(Verdict.OK, "PREFECT_API_URL is not set: commands work in their own process")
    try:
        # Prefect's own health check (its REST API, GET /health), with the headers that its client sends.
        answer = requests.get(
            f"{address.rstrip('/')}/health", headers=_authorization(environment), timeout=ANSWER_SECONDS
        )
    except (requests.RequestException, ValueError) as error:
        return Finding(
            Verdict.FAULT,
            f"PREFECT_API_URL={address} does not answer ({type(error).__name__})",
            "Start the server (`newslake up`), correct the address, or unset it to work without one.",
        )
    if answer.status_code in {401, 403}:
        return Finding(
            Verdict.FAULT,
            f"PREFECT_API_URL={address} refuses us with {answer.status_code}",
            "Set PREFECT_API_KEY (Prefect Cloud) or PREFECT_API_AUTH_STRING (own server).",
        )
    if not answer.ok:
        return Finding(
            Verdict.FAULT,
            f"PREFECT_API_URL={address} answers {answer.status_code}",
            "It should end in /api and be that of a Prefect server.",
        )
    return Finding(Verdict.OK, f"PREFECT_API_URL={address} answers")


def _authorization(environment: Mapping[str, str]) -> dict[str, str]:
    if key := environment.get("PREFECT_API_KEY"):
        return {"Authorization": f"Bearer {key}"}
    if pair := environment.get("PREFECT_API_AUTH_STRING"):
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return {}


def sources() -> Finding:
    """Whether all sources load. One that does not is left out, and its pages are filed as of no source."""
    broken = registry.broken()
    if not broken:
        return Finding(Verdict.OK, f"{len(registry.sources())} load")
    said = "; ".join(f"parsers/sources/{name}.py: {fault}" for name, fault in broken.items())
    return Finding(Verdict.FAULT, said, "Correct or remove the file; until then its pages are quarantined.")


def settings_in_force(lake: str | None) -> Finding:
    """Each setting, and where it comes from.

    Raises:
        UsageError: a setting is wrong.
    """
    settings = load_settings()
    of_file = {name.upper() for name in dotenv_values(ENV_FILE, encoding="utf-8")}
    of_environment = {name.upper() for name in os.environ}
    lines = []
    for field in Settings.model_fields:
        name = PREFIX + field.upper()
        value = getattr(settings, field)
        if field == "lake" and lake:
            value, origin = lake, "--lake"
        elif name in of_environment:
            origin = "environment"
        else:
            origin = ENV_FILE if name in of_file else "default"
        lines.append(f"{name}={value} ({origin})")
    return Finding(Verdict.OK, "\n".join(lines))


def workers(configured: int, processors: int) -> Finding:
    """Whether there are processors for all processes that parse."""
    detail = f"{configured} to parse on {processors} processors"
    if configured <= processors:
        return Finding(Verdict.OK, detail)
    return Finding(
        Verdict.WARNING, detail, f"Set NEWSLAKE_WORKERS={processors}: more take memory and time from each other."
    )


def _processors() -> int:
    """Processors that this process may use, which in a container or a batch job are fewer than the machine's."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def disk(folder: Path) -> Finding:
    """Whether there is space left where a folder is or will be.

    Raises:
        OSError: the file system cannot be read.
    """
    present = next(path for path in (folder, *folder.parents) if path.exists())
    usage = shutil.disk_usage(present)
    share = usage.free / usage.total if usage.total else 0.0
    detail = f"{usage.free / 1e9:.1f} GB free ({share:.0%}) at {folder}"
    if usage.free >= LEAST_FREE_BYTES and share >= LEAST_FREE_SHARE:
        return Finding(Verdict.OK, detail)
    return Finding(Verdict.WARNING, detail, "Free some space: a run stops, losing nothing, when there is none left.")


def lake_usable(store: ObjectStore) -> Finding:
    """Whether the lake can be reached and written, and its conditions are looked at.

    Raises:
        NewslakeError: it can or are not.
    """
    store.check()
    return Finding(Verdict.OK, f"{store.uri} is reachable, writable and honours conditional writes")


def one_winner(store: ObjectStore, rounds: int = ROUNDS) -> Finding:
    """The barrier test: of writers that put the same object on the same condition at once, one may win.

    A store may look at conditions and still not be atomic: then runs side by side lose articles.

    Args:
        store: where to try; what is written there is deleted again.
        rounds: of creating, and as many of replacing.

    Raises:
        NewslakeError: the store failed.
    """
    won: list[int] = []
    key = f"{PROBE_PREFIX}{uuid.uuid4().hex}"
    with ThreadPoolExecutor(WRITERS) as threads:
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
            "one condition: runs side by side lose articles",
            "Use AWS S3, SeaweedFS 4.48 or newer, or a folder on a local disk; until then, one run at a time.",
        )
    if min(won) < 1:
        return Finding(
            Verdict.WARNING,
            f"{won.count(0)} of {len(won)} rounds had no winner among {WRITERS} writers: slow, but nothing is lost",
            "Run fewer writers side by side, or look into what keeps the server busy.",
        )
    return Finding(Verdict.OK, f"{WRITERS} writers at once, {len(won)} rounds: exactly one won each")


def _winners(store: ObjectStore, threads: ThreadPoolExecutor, key: str, if_match: str | None) -> int:
    """How many of the writers were told that they won."""
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
    """How far this machine's clock is from the store's, by the time at which the store says that it got an object.

    Args:
        store: a server, or a folder, whose file system may be another machine's.
        now: this machine's clock; aware.

    Raises:
        NewslakeError: the store failed, as S3 does when the clock is too wrong.
    """
    key = f"{PROBE_PREFIX}{uuid.uuid4().hex}"
    before = now()
    try:
        store.put(key, b"", if_match=None)
        after = now()
        told = next(info.modified_at for info in store.list(key))
    finally:
        store.delete(key)
    skew = max(before - LISTED_TO - told, told - after - LISTED_TO, timedelta(0))
    direction = "behind" if told > after else "ahead of"
    if skew < SKEW_WARNED:
        return Finding(Verdict.OK, "agrees with the store's to the second" if not skew else _skewed(skew, direction))
    verdict = Verdict.FAULT if skew > SKEW_REFUSED else Verdict.WARNING
    return Finding(verdict, _skewed(skew, direction), "Set the clock, best by NTP; S3 refuses more than 15 minutes.")


def _skewed(skew: timedelta, direction: str) -> str:
    return f"{skew.total_seconds():,.0f} s {direction} that of the store"
