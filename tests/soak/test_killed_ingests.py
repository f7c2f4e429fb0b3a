"""`kill -9` of an ingest and of its workers in the middle of a file: run again, it goes on there and loses nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from infra.archive.raw_archive import RawArchive
from infra.store.open_store import open_store
from infra.upkeep.verify import verify
from tests import sample_pages as pages
from tests.disturbed_lake import FIRST_RUN
from tests.ten_orders import Content
from tests.warc_builder import answer, gzipped, record

KILLS = 10  # half of them of the workers, half of the parent; as many of an ingest in place
LANDED = 40  # pages, about
COUNT = LANDED * 3 * KILLS  # a run that is killed lands three times or four
SECONDS = 120  # for a landing that takes a tenth of one on an idle machine
COMMAND = (
    f"from infra.intake import captures; captures.PART_BYTES = 10_000; "
    f"from infra.work import ingest; ingest.STAGED_AT_ONCE = {LANDED}; "
    f"from flows.jobs import start; start.new_run_id = lambda: '{FIRST_RUN}'; "
    "from flows.cli import main; main()"
)


def _start(path: Path, lake: Path, *options: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", COMMAND, "ingest", str(path), "--lake", str(lake), "--processes", "2", "--json"]
    command += options
    environment = os.environ | {"XDG_STATE_HOME": f"{lake}-state"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _notes(lake: Path) -> list[bytes]:
    return [path.read_bytes() for path in lake.glob("_catalog/read/*.json")]


def _wait(process: "subprocess.Popen[bytes]", is_met: Callable[[], bool]) -> None:
    """Until something is so that the run brings about."""
    ends = time.monotonic() + SECONDS
    while not is_met():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < ends
        time.sleep(0.002)


def _wait_for_landing(lake: Path, process: "subprocess.Popen[bytes]") -> None:
    before = _notes(lake)
    _wait(process, lambda: _notes(lake) != before)


def _children(pid: int) -> list[int]:
    return [int(each) for path in Path(f"/proc/{pid}/task").glob("*/children") for each in path.read_text().split()]


def _kill_workers(pid: int) -> int:
    """Those that the server which forks them has: how many."""
    workers = [worker for server in _children(pid) for worker in _children(server)]
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    return len(workers)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("options", [[], ["--in-place"]])
def test_l02_an_ingest_that_is_killed_in_a_file_goes_on_there(tmp_path: Path, options: list[str]) -> None:
    path = tmp_path / "a.warc.gz"
    made = (pages.capture(number, days=3) for number in range(COUNT))
    path.write_bytes(
        gzipped(record(answer(each.body), uri=each.url, date=f"{each.captured_at:%Y-%m-%dT%H:%M:%SZ}") for each in made)
    )
    with _start(path, tmp_path / "whole", *options) as process:
        process.communicate(timeout=SECONDS)
        assert process.returncode == 0
    lake = tmp_path / "killed"
    kills = workers = 0
    while kills < KILLS:
        with _start(path, lake, *options) as process:
            _wait_for_landing(lake, process)
            workers += _kill_workers(process.pid)
            _wait_for_landing(lake, process)
            process.kill()
            assert process.wait(SECONDS) == -signal.SIGKILL
        kills += 2
    assert workers >= KILLS // 2
    with _start(path, lake, *options) as process:
        said, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0
    # Each killed run landed at least twice, and nothing that is noted is read again.
    assert orjson.loads(said)["captures"] <= COUNT - KILLS * LANDED
    assert Content.of(open_store(str(lake))).differences(Content.of(open_store(str(tmp_path / "whole")))) == []
    assert not orjson.loads(_notes(lake)[0])["entries"]
    archive = RawArchive(open_store(str(lake)))
    assert {entry.original is not None for entry in archive.entries("tass")} == {bool(options)}
    assert list(verify(open_store(str(lake)), archive)) == []
