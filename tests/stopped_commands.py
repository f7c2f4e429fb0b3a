"""Commands that are told to stop in the middle of something, and the same commands again."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from typing_extensions import override

from infra.archive.raw_archive import RawArchive
from infra.archive.staging import Staging
from infra.store.open_store import open_store
from infra.work.live.site_lock import site_locks
from tests.demo_site import faults as play
from tests.demo_site.faults import Fault
from tests.demo_site.site import DemoSite
from tests.live_lake import yesterday
from tests.raw_server import RawServer

COMMAND = (sys.executable, "-c", "from flows.cli import main; main()")
ROOT = Path(__file__).parents[1]
REACH_SECONDS = 90.0  # until a command is where it is to be told
STOP_SECONDS = 5.0  # what is promised
AGAIN_SECONDS = 0.3  # people press Ctrl-C again
END_SECONDS = 120.0  # for the same command again, undisturbed
SITES = ("tass", "theissue")
TO = str(yesterday() + timedelta(days=1))
INDEX = {"NEWSLAKE_CDX_URL": "{hanging}/cdx/search/cdx", "NEWSLAKE_ALLOWED_PRIVATE_HOSTS": "{allowed}"}
PAGES, PAGE_DAYS = 600, 100  # seconds of parsing and of landing
INGEST = ("ingest", "pages")
REPARSE = ("reparse",)
RUN = ("run", "tass", "--day", str(yesterday()))
BACKFILL = ("backfill", *SITES, "--start", str(yesterday()), "--end", TO)


@dataclass
class Attempt:
    """A command that works on a lake of its own, against the demo site.

    Attributes:
        folder: the lake, the state of the machine, and what the command says.
        hanging: a server that never answers.
    """

    site: DemoSite
    folder: Path
    hanging: RawServer
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def lake(self) -> Path:
        return self.folder / "lake"

    @property
    def said(self) -> str:
        return (self.folder / "stderr").read_text()

    @property
    def processes(self) -> int:
        """How many belong to the command, itself among them; ended ones don't count."""
        listed = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, check=True, text=True).stdout
        group = str(self.process.pid) if self.process else ""
        return sum(line.split()[0] == group and "Z" not in line.split()[1] for line in listed.splitlines())

    def asked(self, pattern: str) -> int:
        return sum(bool(re.search(pattern, request.host + request.path)) for request in self.site.requests)

    def holds(self, pattern: str) -> bool:
        return any(self.lake.glob(pattern))

    def start(self, command: tuple[str, ...], settings: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        environment = os.environ | {
            "NEWSLAKE_ORIGINS": self.site.origins,
            "NEWSLAKE_HOST_INTERVAL_SECONDS": "0.001",
            "NEWSLAKE_WORKERS": "1",
            "NEWSLAKE_QUARANTINE_LIMIT": "1",  # of some days, one of the few pages is no article
            "NEWSLAKE_CONTACT": "https://example.org/crawler",
            "XDG_STATE_HOME": str(self.folder / "state"),
            "PREFECT_HOME": str(self.folder / "prefect"),
            "PYTHONPATH": str(ROOT),
            **{
                name: value.format(hanging=self.hanging.url, allowed=self.hanging.allowed)
                for name, value in settings.items()
            },
        }
        with (self.folder / "stderr").open("wb") as output:
            self.process = subprocess.Popen(
                [*COMMAND, *command, "--lake", str(self.lake)],
                env=environment, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=output, start_new_session=True,
            )  # fmt: skip
        return self.process


@dataclass(frozen=True)
class Phase:
    """A moment in the life of a command.

    Attributes:
        disturb: what the site does meanwhile.
        reached: whether the moment has come.
        held: sources whose site another process is at.
        filled: whether the lake has pages before.
    """

    name: str
    command: tuple[str, ...]
    reached: Callable[[Attempt], bool]
    disturb: Callable[[DemoSite], None] = lambda _: None
    settings: Mapping[str, str] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    filled: bool = False

    @override
    def __str__(self) -> str:
        return f"{self.command[0]}-{self.name}".replace(" ", "-")


def _on(*places: str, fault: Fault) -> Callable[[DemoSite], None]:
    """Disturb requests for places; the robots file and lists below them are as usual, unless they are named."""

    def disturb(site: DemoSite) -> None:
        for usual in ("tass.com/robots.txt", "tass.com/rss", "tass.com/sitemap"):
            site.set_fault(usual, play.slow(0))
        for place in places:
            site.set_fault(place, fault)

    return disturb


def _asked(pattern: str, times: int = 1) -> Callable[[Attempt], bool]:
    return lambda attempt: attempt.asked(pattern) >= times


STORY = r"^tass\.com/[a-z-]+/\d+"
SLOW = {"NEWSLAKE_HOST_INTERVAL_SECONDS": "1"}
HANGING = play.slow(seconds=60)
PHASES = (
    Phase("a site lock", RUN, lambda at: "waiting for it" in at.said, held=("tass",)),
    Phase("a robots file", RUN, _asked("robots"), _on("tass.com/robots.txt", fault=HANGING)),
    Phase("a list", RUN, _asked("rss"), _on("tass.com/rss", fault=HANGING)),
    Phase("its turn", RUN, _asked(STORY, 3), settings=SLOW),
    Phase("a body", RUN, _asked(STORY), _on("tass.com/", fault=play.drip())),
    Phase("the end of a 503", RUN, _asked(STORY, 2), _on("tass.com/", fault=play.server_error(status=503))),
    Phase("an index", RUN, _asked("rss"), settings=INDEX),
    Phase("a site lock", BACKFILL, lambda at: at.asked("theissue") > 5, held=("tass",)),
    Phase("its turn", BACKFILL, _asked(STORY, 2), settings=SLOW),
    Phase("reading", INGEST, lambda at: at.holds(".locks/*")),  # the lake was tried out: it begins
    Phase("parsing", INGEST, lambda at: at.holds("raw/**/*.warc.gz") and at.processes > 2),
    Phase("landing", INGEST, lambda at: at.holds("staging/rows/*.rows")),
    Phase("parsing", REPARSE, lambda at: at.processes > 2, filled=True),
)


def tell_to_stop(attempt: Attempt, phase: Phase, number: signal.Signals) -> None:
    """Begin a command and tell it to stop in a phase: it does in time, in one line, and leaves nothing behind."""
    phase.disturb(attempt.site)
    with site_locks(phase.held):
        process = attempt.start(phase.command, phase.settings)
        try:
            wait_until(lambda: phase.reached(attempt), process)
            told = time.monotonic()
            _tell(process, number)
            assert time.monotonic() - told < STOP_SECONDS, attempt.said
        finally:
            _kill(process)
    said = attempt.said
    assert process.returncode == 130, said
    errors = [line for line in said.splitlines() if line.startswith("error: ")]  # Prefect's log may go on after it
    assert len(errors) == 1, said
    assert errors[0].startswith("error: interrupted."), said
    assert said.count("interrupted") == 1
    assert "Traceback" not in said, said
    wait_until(lambda: attempt.processes == 0)
    with site_locks(SITES, _held):
        pass
    attempt.site.clear_faults()


def require_same_end(attempt: Attempt, phase: Phase) -> None:
    """Run the same command again: it goes on at once, and asks for no page that was kept."""
    store = open_store(str(attempt.lake))
    kept = {entry.url for source in SITES for entry in RawArchive(store).entries(source)}
    kept |= {page.url for source in SITES for page in Staging(store, source).left_over()}
    attempt.site.forget_requests()
    process = attempt.start(phase.command, {})
    try:
        assert process.wait(END_SECONDS) == 0, attempt.said
    finally:
        _kill(process)
    asked = {f"https://{request.host}{request.path}" for request in attempt.site.requests}
    assert not asked & kept
    assert not list(store.list("staging/"))


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _tell(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """As a terminal does, which tells all processes, again and again; SIGTERM only once, and only the command."""
    if number is signal.SIGTERM:
        process.send_signal(number)
        process.wait(STOP_SECONDS)
        return
    for _ in range(round(STOP_SECONDS / AGAIN_SECONDS)):
        os.killpg(process.pid, number)
        try:
            process.wait(AGAIN_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return


def kill_tree(pid: int) -> None:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, check=True, text=True).stdout
    children = [int(line.split()[0]) for line in listed.splitlines() if line.split()[1] == str(pid)]
    os.kill(pid, signal.SIGKILL)
    for child in children:
        with suppress(ProcessLookupError):
            kill_tree(child)


def wait_until(reached: Callable[[], bool], process: "subprocess.Popen[bytes] | None" = None) -> None:
    deadline = time.monotonic() + REACH_SECONDS
    while not reached():
        assert process is None or process.poll() is None, "the command ended before"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _held(source: str) -> None:
    raise AssertionError(f"the lock of {source} is held")
