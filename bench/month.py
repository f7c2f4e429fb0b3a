"""A month of scheduled runs in fast motion: `python -m bench month`; `--sources 150 --days 1`: a day of 150 papers.

`newslake up` serves sources that the demo site stands for. Each day of the month brings four times what the schedules
would: a run of each source and a repair, all due at the same moment; the next four come when these have ended. It says
how late runs began and how they ended, and what `newslake up` and its server hold before and after: memory, open files,
threads, processes, temporary files, slots, the database.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from flows.commands.demo import SOURCES
from flows.demo.server import PER_DAY, DemoPages, DemoSite
from tests.prefect_server import ENDED, Up, newslake_up

DAYS: Final = 30
RUNS_A_DAY: Final = 4  # of each source, and of `maintain`
WARM: Final = 32  # runs, which load and open what stays loaded and open
GROWN: Final = 1.2  # the most that the memory may grow (issue 15)
SLOT: Final = 4 * 3600  # seconds from a run of a source to its next
MAINTAIN: Final = "maintain"
LOCKED: Final = "database is locked"  # what SQLite says; no person shall read it
PAPER: Final = """
from parsers.source.definition import Source
from parsers.source.discovery import DayArchive, Feed

SOURCE = Source(
    name="{name}", title="{name}", hosts=("{name}.example",), language="en", timezone="America/New_York", version=1,
    discovery=(
        Feed("https://{name}.example/feed/"),
        DayArchive("https://{name}.example/%Y/%m/%d/page/{{page}}/", links="article h2 a", pages=20),
    ),
)
"""


class Papers(DemoSite):
    """The demo site, and papers with the stories of one of its sites, each on a host of its own."""

    def __init__(self, today: date, days: int, papers: Sequence[str]) -> None:
        super().__init__(today, days=days)
        site = self.pages["www.theissue.com"].site
        for host in (f"{name}.example" for name in papers):
            self.pages[host] = DemoPages({**site, "host": host}, today, days, PER_DAY)
        self.origins = ",".join(f"{host}={self.url}" for host in (*self.pages, *self.aliases))


@dataclass(frozen=True, slots=True)
class Held:
    """What the programs that stay hold: `newslake up` and its server, without the runs."""

    memory_mb: dict[str, int]
    files: dict[str, int]  # open, sockets included
    threads: dict[str, int]
    processes: int  # of both, all below them
    temporary: int  # files and folders
    slots: int  # of sources, taken
    database_mb: float


def main(arguments: Sequence[str]) -> int:
    """Play and print; exit code 1 where a run did not end well, something stayed, or memory grew by a fifth."""
    parser = argparse.ArgumentParser(prog="python -m bench month", description=__doc__)
    parser.add_argument("--days", type=int, default=DAYS, help="(default: %(default)s)")
    parser.add_argument("--sources", type=int, default=len(SOURCES), help="(default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=".", prefix="bench-") as folder:
        place = Path(folder).resolve()
        (place / "tmp").mkdir()
        (place / "sources").mkdir()
        papers = [f"paper{number:03}" for number in range(max(0, options.sources - len(SOURCES)))]
        for name in papers:
            (place / "sources" / f"{name}.py").write_text(PAPER.format(name=name))
        names = [*SOURCES, *papers][: options.sources]
        with Papers(datetime.now(UTC).date(), options.days + 1, papers) as site:
            settings = {
                "NEWSLAKE_ORIGINS": site.origins,
                "NEWSLAKE_HOST_INTERVAL_SECONDS": "0.05",
                "NEWSLAKE_SOURCES": ",".join(names),
                "NEWSLAKE_SOURCES_PATH": str(place / "sources"),
                "TMPDIR": str(place / "tmp"),
            }
            with newslake_up(place, settings=settings) as up:
                runs, before, after = _play(up, names, options.days)
                logs = place / "up.log", _home(up) / "server.log"
                locked = sum(log.read_text(errors="replace").count(LOCKED) for log in logs) + _logged(up, LOCKED)
    return _report(runs, before, after, locked, as_json=options.json)


def _play(up: Up, sources: Sequence[str], days: int) -> tuple[list[dict[str, Any]], Held, Held]:
    today = datetime.now(UTC).date()
    runs: list[dict[str, Any]] = []
    before: Held | None = None
    for number in range(days * RUNS_A_DAY):
        day = today - timedelta(days=days - number // RUNS_A_DAY)
        begun = [up.start(f"run/source-{source}", day=f"{day}", source=source) for source in sources]
        ended = _all_ended(up, [*begun, up.start(MAINTAIN)])
        runs += ended
        late = max(_seconds(run, "expected_start_time", "start_time") for run in ended)
        endings = dict(Counter(_ending(run) for run in runs))
        print(f"{day}: {endings}; the last of {len(ended)} began after {late} s", file=sys.stderr, flush=True)
        if before is None and len(runs) >= WARM:
            before = _held(up)
    after = _held(up)
    return runs, before or after, after


def _all_ended(up: Up, begun: Sequence[str]) -> list[dict[str, Any]]:
    """The runs, once all have ended."""
    while True:
        time.sleep(2)
        asked = {"flow_runs": {"id": {"any_": list(begun)}}, "limit": 200}
        runs: list[dict[str, Any]] = up.api("/flow_runs/filter", asked)
        if len(runs) == len(begun) and all(run["state_type"] in ENDED for run in runs):
            return runs


def _logged(up: Up, text: str) -> int:
    """Warnings and errors of runs that have a text in them."""
    found: list[dict[str, Any]] = []
    while page := up.api("/logs/filter", {"logs": {"level": {"ge_": 30}}, "limit": 200, "offset": len(found)}):
        found += page
    return sum(text in each["message"] for each in found)


def _ending(run: dict[str, Any]) -> str:
    return str(run["state_name"])


def _home(up: Up) -> Path:
    return up.lake.parent / "state" / "newslake" / "prefect"


def _held(up: Up) -> Held:
    time.sleep(5)  # for what closes behind the last run
    state = _home(up)
    server = int(re.findall(r"server (\d+)", (state / "up.lock").read_text())[0])
    named = {"newslake up": up.process.pid, "server": server}
    limits = up.api("/v2/concurrency_limits/filter", {"limit": 200})
    database = sum(each.stat().st_size for each in state.glob("prefect.db*"))
    return Held(
        memory_mb={name: _status(pid, "VmRSS") // 1024 for name, pid in named.items()},
        files={name: sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()) for name, pid in named.items()},
        threads={name: _status(pid, "Threads") for name, pid in named.items()},
        processes=len(list(_below(up.process.pid))),
        temporary=sum(1 for _ in (up.lake.parent / "tmp").rglob("*")),
        slots=sum(limit["active_slots"] for limit in limits),
        database_mb=round(database / 1e6, 1),
    )


def _status(pid: int, name: str) -> int:
    return int(re.findall(rf"^{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)[0])


def _below(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _below(int(child))


def _report(runs: Sequence[dict[str, Any]], before: Held, after: Held, locked: int, *, as_json: bool) -> int:
    endings = Counter(_ending(run) for run in runs)
    late = sorted(_seconds(run, "expected_start_time", "start_time") for run in runs)
    took = sorted(_seconds(run, "start_time", "end_time") for run in runs)
    grown = {name: after.memory_mb[name] / before.memory_mb[name] for name in after.memory_mb}
    ended_well = set(endings) <= {"Completed", "Skipped"} and late[-1] <= SLOT and not locked
    left = after.slots or after.temporary > before.temporary or after.processes > before.processes
    well = ended_well and not left and max(grown.values()) <= GROWN
    found = {
        "runs": len(runs), "endings": dict(endings), "late_median": late[len(late) // 2], "late_most": late[-1],
        "took_median": took[len(took) // 2], "took_most": took[-1], "before": asdict(before), "after": asdict(after),
        "locked": locked, "memory_grown": {name: round(by, 2) for name, by in grown.items()}, "well": well,
    }  # fmt: skip
    if as_json:
        print(json.dumps(found, indent=1))
    else:
        for name, value in found.items():
            print(f"{name:<14} {value}")
    return 0 if well else 1


def _seconds(run: dict[str, Any], begin: str, end: str) -> float:
    return round((datetime.fromisoformat(run[end]) - datetime.fromisoformat(run[begin])).total_seconds(), 1)
