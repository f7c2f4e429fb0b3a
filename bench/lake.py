"""How much the lake costs beyond what the disk and pyarrow alone cost: `python -m bench lake`.

Every step runs in a process of its own, so that its memory is its own; its floor runs beside it, on the same files.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

DAYS = 200
SOURCES = 50  # with DAYS, 10,000 partitions: fifty papers for more than half a year
LANDED_SOURCES = 5  # landing them all would take a minute
ROWS_A_DAY = 5
LARGE_ROWS = 100_000
NEW_ROWS = 100
BODY_CHARACTERS = 4000
NEWSLAKE = "from flows.cli import main; main()"  # the console script, whatever PATH is
TAIL = 64 * 1024  # what newslake reads of a partition for its footer


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table: wall time of a step and of its floor in seconds, and the step's peak memory in MB."""

    name: str
    floor_name: str
    floor: float
    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Took:
    """What a process took: wall time, processor time (its own), peak memory."""

    seconds: float
    processor: float
    megabytes: float


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m bench lake", description="Measure the lake against the bare disk.")
    parser.add_argument("--sources", type=int, default=SOURCES, help="with --days, partitions (default: %(default)s)")
    parser.add_argument("--days", type=int, default=DAYS, help="days a source (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=LARGE_ROWS, help="of the large partition (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="newslake-bench-", dir=Path.cwd()) as folder:  # /tmp may be memory
        steps = list(measure(Path(folder), options.sources, options.days, options.rows))
    if options.json:
        print(json.dumps([{**asdict(step), "ratio": step.seconds / step.floor} for step in steps], indent=1))
        return 0
    print(f"{'step':<52}{'s':>8}  {'floor':<34}{'s':>8}{'ratio':>8}{'MB':>7}")
    for step in steps:
        ratio = step.seconds / step.floor
        times = f"{step.seconds:>8.2f}  {step.floor_name:<34}{step.floor:>8.2f}{ratio:>8.1f}"
        print(f"{step.name:<52}{times}{step.megabytes:>7.0f}")
    return 0


def measure(folder: Path, sources: int, days: int, rows: int) -> Iterator[Step]:
    """Every step, each after its floor."""
    small, wide, large = (str(folder / name) for name in ("small", "wide", "large"))
    landed = f"{min(sources, LANDED_SOURCES) * days:,} partitions"
    seconds, memory = run("land", small, min(sources, LANDED_SOURCES), days)
    floor, _ = run("write_durably", small, folder / "copy")
    yield Step(f"land {landed} of {ROWS_A_DAY} rows", "write the files with fsync", floor, seconds, memory)
    floor, _ = run("read_files", small)
    seconds, memory = run("land", small, min(sources, LANDED_SOURCES), days)
    yield Step("land them again: nothing to write", "read the files", floor, seconds, memory)
    run("spread", small, wide, sources)
    floor, _ = run("read_tails", wide)
    seconds, memory = status(wide)
    yield Step(f"status, {sources * days:,} partitions, no cache", "list, read the last 64 KB", floor, seconds, memory)
    floor, _ = run("list_files", wide)
    seconds, memory = status(wide)
    yield Step(f"status, {sources * days:,} partitions, cached", "list", floor, seconds, memory)
    run("make_large", large, rows)
    floor, _ = run("rewrite", large)
    seconds, memory = run("merge", large, rows)
    yield Step(f"merge {NEW_ROWS} rows into {rows:,} of 4 KB", "pyarrow: read, write the file", floor, seconds, memory)
    seconds, memory = run("merge", large, rows)
    floor, _ = run("read_files", large)
    yield Step("merge them again: nothing to write", "read the file", floor, seconds, memory)


def run(step: str, *arguments: object) -> tuple[float, float]:
    """Seconds that a step says it took, and peak memory of its process in MB."""
    command = [sys.executable, "-m", "bench.lake", step, *map(str, arguments)]
    output, took = in_child(command)
    return float(output), took.megabytes


def status(lake: str) -> tuple[float, float]:
    """Seconds of `newslake status`, the start of the program included, and its peak memory in MB."""
    _, took = in_child([sys.executable, "-c", NEWSLAKE, "status", "--lake", lake])
    return took.seconds, took.megabytes


def in_child(command: Sequence[str]) -> tuple[str, Took]:
    """What a command printed, and what it took."""
    # A process's peak begins with the memory of whoever starts it, so a small one has to.
    launcher = [sys.executable, "-m", "bench.lake", "launch", *command]
    answer = subprocess.run(launcher, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    output, *took = json.loads(answer.stdout)
    return output, Took(*took)


def launch(*command: str) -> str:
    """Run a command; as JSON, what `in_child` returns."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        output = child.stdout.read()
        _, code, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(code)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    seconds, processor = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
    return json.dumps([output, seconds, processor, usage.ru_maxrss * unit / 1e6])


def land(lake: str, sources: str, days: str) -> float:
    """Land a source at a time, as runs do."""
    from infra.lake.lake import Lake
    from infra.store.open_store import open_store
    from tests.lake_samples import NOON, landed

    seconds = 0.0
    times = [NOON + timedelta(days=day) for day in range(int(days))]
    for number in range(int(sources)):
        name = f"paper_{number:02}"
        rows = [
            landed(
                day * ROWS_A_DAY + row,
                source=name,
                published_at=noon + timedelta(minutes=row),
                capture_uri=f"raw/source={name}/date={noon.date()}/r1-w0-0.warc.gz",
            )
            for day, noon in enumerate(times)
            for row in range(ROWS_A_DAY)
        ]
        store = Lake(open_store(lake))
        seconds += _seconds(lambda: store.land(rows))  # noqa: B023 - called at once
    return seconds


def write_durably(source: str, target: str) -> float:
    """The least that a landing must do: a folder, a file, fsync of both, one after the other."""
    bodies = [path.read_bytes() for path in _parquet(source)]

    def write() -> None:
        for number, body in enumerate(bodies):
            folder = Path(target) / str(number)
            folder.mkdir(parents=True)
            with (folder / uuid.uuid4().hex).open("xb") as file:
                file.write(body)
                os.fsync(file.fileno())
            descriptor = os.open(folder, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)

    return _seconds(write)


def read_files(lake: str) -> float:
    """Read every partition."""
    return _seconds(lambda: [path.read_bytes() for path in _parquet(lake)])


def list_files(lake: str) -> float:
    """Look at every partition's size and times."""
    return _seconds(lambda: [path.stat() for path in _parquet(lake)])


def read_tails(lake: str) -> float:
    """Read the last bytes of every partition."""

    def read() -> None:
        for path in _parquet(lake):
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - TAIL))
                file.read()

    return _seconds(read)


def spread(source: str, target: str, sources: str) -> float:
    """Copy the days of one source to many."""
    days = list(_parquet(source, "articles/source=paper_00"))

    def copy() -> None:
        for number in range(int(sources)):
            for path in days:
                folder = Path(target) / "articles" / f"source=paper_{number:02}" / path.parent.name
                folder.mkdir(parents=True)
                (folder / path.name).write_bytes(path.read_bytes())

    return _seconds(copy)


def make_large(lake: str, rows: str) -> float:
    """One partition of many rows; its bodies are incompressible by and large, as no two words follow alike."""
    import pyarrow as pa

    from infra.lake.partition import ARTICLES, ROW_GROUP_ROWS, encode
    from infra.lake.schema import to_table
    from infra.store.open_store import open_store

    def groups() -> Iterator[Any]:
        for first in range(0, int(rows), ROW_GROUP_ROWS):
            numbers = range(first, min(int(rows), first + ROW_GROUP_ROWS))
            table, _ = to_table([_long_article(number) for number in numbers], ARTICLES.columns)
            yield table

    def make() -> None:
        body = encode(ARTICLES, pa.concat_tables(groups()))
        open_store(lake).put(_large_key(), body, if_match=None)

    return _seconds(make)


def merge(lake: str, rows: str) -> float:
    """Land new articles at the middle of the large partition's day."""
    from infra.lake.lake import Lake
    from infra.store.open_store import open_store

    store = Lake(open_store(lake))
    new = [_long_article(int(rows) + number, second=number * 400) for number in range(NEW_ROWS)]
    return _seconds(lambda: store.land(new))


def verify(lake: str, rows: str) -> float:
    """Verify the large partition; its captures are not read, as there are none."""
    from infra.store.open_store import open_store
    from infra.upkeep.verify import verify as faults_of
    from tests.lake_samples import provenance

    class Unread:
        digest = ""

        def read(self, pointer: Any) -> Any:
            self.digest = provenance(pointer.offset // 1000).capture_digest
            return self

    found: list[Any] = []
    archive: Any = Unread()
    seconds = _seconds(lambda: found.extend(faults_of(open_store(lake), archive)))
    if found:
        raise AssertionError(f"{len(found)} faults in {rows} sound rows, first {found[0]}")
    return seconds


def rewrite(lake: str) -> float:
    """Read and write the large partition with pyarrow alone, all at once."""
    import io

    import pyarrow.parquet as pq

    from infra.lake.partition import ROW_GROUP_ROWS, ZSTD_LEVEL

    (path,) = _parquet(lake)

    def copy() -> None:
        table = pq.read_table(io.BytesIO(path.read_bytes()))
        options = {"compression": "zstd", "compression_level": ZSTD_LEVEL, "use_dictionary": False}
        pq.write_table(table, io.BytesIO(), row_group_size=ROW_GROUP_ROWS, **options)

    return _seconds(copy)


def _long_article(number: int, second: int | None = None) -> Any:
    import random

    from parsers.record.article import Block, BlockType
    from tests.lake_samples import NOON, landed

    generator = random.Random(number)
    text = generator.randbytes(BODY_CHARACTERS // 2).hex()
    published_at = NOON + timedelta(milliseconds=400 * number if second is None else 1000 * second)
    return landed(number, published_at=published_at, body=(Block(BlockType.PARAGRAPH, text),))


def _large_key() -> str:
    from infra.lake.partition import ARTICLES

    return ARTICLES.key("gazette", "2024-05-01")


def _parquet(lake: str, below: str = "articles") -> Iterator[Path]:
    for folder, _, names in os.walk(Path(lake) / below):
        yield from (Path(folder) / name for name in names if name.endswith(".parquet"))


def _seconds(work: Callable[[], object]) -> float:
    import pyarrow as pa

    pa.array([""])  # where pandas is installed, pyarrow imports it now: once a process, and in no one's measurement
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


STEPS: dict[str, Callable[..., float | str]] = {
    step.__name__: step
    for step in (
        launch,
        land,
        write_durably,
        read_files,
        list_files,
        read_tails,
        spread,
        make_large,
        merge,
        verify,
        rewrite,
    )
}

if __name__ == "__main__":
    print(STEPS[sys.argv[1]](*sys.argv[2:]))
