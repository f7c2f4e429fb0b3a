"""A month of scheduled runs in fast motion: `python -m bench month`.

`newslake up` serves three sources that the demo site stands for. Each day of the month brings what the schedules would,
four runs a source and four repairs, all due at the same moment; the next day comes when these have ended. It says how
late runs began and how they ended, and what `newslake up` and its server hold before and after: memory, open files,
threads, processes, temporary files, the database.
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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from flows.commands.demo import SOURCES
from flows.demo.server import DemoSite
from tests.prefect_server import ENDED, Up, newslake_up

DAYS: Final = 30
RUNS_A_DAY: Final = 4  # of each source, and of `maintain`
WARM: Final = 2  # days whose runs load and open what stays loaded and open
GROWN: Final = 1.2  # the most that the memory may grow (issue 15)
MAINTAIN: Final = "maintain"


@dataclass(frozen=True, slots=True)
class Held:
    """What the programs that stay hold: `newslake up` and its server, without the runs."""

    memory_mb: dict[str, int]
    files: dict[str, int]  # open, sockets included
    threads: dict[str, int]
    processes: int  # of both, all below them
    temporary: int  # files and folders
    database_mb: float


def main(arguments: Sequence[str]) -> int:
    """Play and print; exit code 1 where a run did not end well or memory grew by more than a fifth."""
    parser = argparse.ArgumentParser(prog="python -m bench month", description=__doc__)
    parser.add_argument("--days", type=int, default=DAYS, help="(default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=".", prefix="bench-") as folder:
        place = Path(folder).resolve()
        (place / "tmp").mkdir()
        today = datetime.now(UTC).date()
        with DemoSite(today, days=options.days + 1) as site:
            settings = {
                "NEWSLAKE_ORIGINS": site.origins,
                "NEWSLAKE_HOST_INTERVAL_SECONDS": "0.05",
                "NEWSLAKE_SOURCES": ",".join(SOURCES),
                "TMPDIR": str(place / "tmp"),
            }
            with newslake_up(place, settings=settings) as up:
                runs, before, after = _play(up, options.days)
    return _report(runs, before, after, as_json=options.json)


def _play(up: Up, days: int) -> tuple[list[dict[str, Any]], Held, Held]:
    today = datetime.now(UTC).date()
    names = (*(f"run/{source}" for source in SOURCES), MAINTAIN)
    runs: list[dict[str, Any]] = []
    before = _held(up)
    for number in range(days):
        day = today - timedelta(days=days - number)
        begun = []
        for _ in range(RUNS_A_DAY):
            for name in names:
                asked = {} if name == MAINTAIN else {"day": f"{day}", "source": name.partition("/")[2]}
                begun.append(up.start(name, **asked))
        runs += _all_ended(up, begun)
        print(f"{day}: {dict(Counter(_ending(run) for run in runs))}", file=sys.stderr)
        if number + 1 == WARM:
            before = _held(up)
    return runs, before, _held(up)


def _all_ended(up: Up, begun: Sequence[str]) -> list[dict[str, Any]]:
    """The runs, once all have ended."""
    while True:
        time.sleep(2)
        runs: list[dict[str, Any]] = up.api("/flow_runs/filter", {"flow_runs": {"id": {"any_": list(begun)}}})
        if all(run["state_type"] in ENDED for run in runs):
            return runs


def _ending(run: dict[str, Any]) -> str:
    return str(run["state_name"])


def _held(up: Up) -> Held:
    time.sleep(5)  # for what closes behind the last run
    state = up.lake.parent / "state" / "newslake" / "prefect"
    server = int(re.findall(r"server (\d+)", (state / "up.lock").read_text())[0])
    named = {"newslake up": up.process.pid, "server": server}
    database = sum(each.stat().st_size for each in state.glob("prefect.db*"))
    return Held(
        memory_mb={name: _status(pid, "VmRSS") // 1024 for name, pid in named.items()},
        files={name: sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()) for name, pid in named.items()},
        threads={name: _status(pid, "Threads") for name, pid in named.items()},
        processes=len(list(_below(up.process.pid))),
        temporary=sum(1 for _ in (up.lake.parent / "tmp").rglob("*")),
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


def _report(runs: Sequence[dict[str, Any]], before: Held, after: Held, *, as_json: bool) -> int:
    endings = Counter(_ending(run) for run in runs)
    late = sorted(_seconds(run, "expected_start_time", "start_time") for run in runs)
    took = sorted(_seconds(run, "start_time", "end_time") for run in runs)
    grown = {name: after.memory_mb[name] / before.memory_mb[name] for name in after.memory_mb}
    well = set(endings) <= {"Completed", "Skipped"} and max(grown.values()) <= GROWN
    found = {
        "runs": len(runs), "endings": dict(endings), "late_median": late[len(late) // 2], "late_most": late[-1],
        "took_median": took[len(took) // 2], "took_most": took[-1], "before": asdict(before), "after": asdict(after),
        "memory_grown": {name: round(by, 2) for name, by in grown.items()}, "well": well,
    }  # fmt: skip
    if as_json:
        print(json.dumps(found, indent=1))
    else:
        for name, value in found.items():
            print(f"{name:<14} {value}")
    return 0 if well else 1


def _seconds(run: dict[str, Any], begin: str, end: str) -> float:
    return round((datetime.fromisoformat(run[end]) - datetime.fromisoformat(run[begin])).total_seconds(), 1)
