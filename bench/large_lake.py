"""What commands cost on a lake of 110,000 days beside a lake without any: `python -m bench large`.

The lake is made by linking the files of one source, so that it takes a minute and little disk. Every command runs in a
process of its own, on a store that counts requests and, with --latency, takes its time for each as S3 does; with
--seaweedfs the lake is copied into a server of that kind, which takes some minutes.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

from typing_extensions import override

from bench.lake import Took, in_child
from tests.servers import BUCKET, seaweedfs, weed_binary

SOURCES, DAYS = 150, 730  # what 150 papers publish in two years; fewer, if fewer sources come with newslake
WINDOW = 30  # days that `status` is asked for
YEAR = 365
BACKFILLED = 20  # sources of the dry run of a backfill
TABLES = ("articles", "fetches")


@dataclass(frozen=True, slots=True)
class Cost:
    """One line: a command and its requests in the large lake, and in one without any day."""

    name: str
    large: Took
    empty: Took
    requests: dict[str, int]


class WithoutPandas(MetaPathFinder):
    """newslake does not bring pandas; where tests installed it, pyarrow loads it, which takes half a second."""

    @override
    def find_spec(self, fullname: str, *_: object) -> None:
        """Find nothing; there is no pandas."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m bench large", description="Measure commands on a large lake.")
    parser.add_argument("--sources", type=int, default=SOURCES, help="at most (default: %(default)s)")
    parser.add_argument("--days", type=int, default=DAYS, help="days a source (default: %(default)s)")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds a request takes (default: a folder, bare)")
    parser.add_argument("--lake", type=Path, help="keep the lake in this folder, or measure the one that is there")
    parser.add_argument("--seaweedfs", action="store_true", help="in SeaweedFS instead of a folder")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="newslake-bench-", dir=Path.cwd()) as folder, ExitStack() as stack:
        lake = options.lake or Path(folder, "large")  # /tmp may be memory
        if not lake.exists():
            build(lake, options.sources, options.days)
        names = sorted(path.name.removeprefix("source=") for path in (lake / "articles").iterdir())
        places = (str(lake), str(Path(folder, "empty")))
        if options.seaweedfs:
            places = stack.enter_context(in_seaweedfs(lake))
        costs = measure(names, *places, options.latency)
        if options.json:
            print(json.dumps([asdict(cost) for cost in costs], indent=1))
            return 0
        print(f"{'command':<44}{'s':>7}{'empty':>7}{'cpu s':>7}{'empty':>7}{'MB':>6}  requests")
        for cost in costs:
            requests = ", ".join(f"{number:,} {name}" for name, number in sorted(cost.requests.items()))
            times = (cost.large.seconds, cost.empty.seconds, cost.large.processor, cost.empty.processor)
            told = "".join(f"{each:>7.2f}" for each in times)
            print(f"{cost.name:<44}{told}{cost.large.megabytes:>6.0f}  {requests}", flush=True)
    return 0


@contextmanager
def in_seaweedfs(lake: Path) -> Iterator[tuple[str, str]]:
    """Addresses of the lake in a server of its own, copied past its S3 interface, and of one without any day.

    What the folder's index knows goes with it: to read each footer again through the latency would take an hour.
    """
    with seaweedfs() as server:
        os.environ |= server.environment
        folders = [str(folder) for folder in lake.iterdir()]
        target = f"{server.filer}/buckets/{BUCKET}/large/"
        subprocess.run([weed_binary(), "filer.copy", *folders, target], check=True, stdout=subprocess.DEVNULL)
        yield f"s3://{BUCKET}/large", f"s3://{BUCKET}/empty"


def measure(names: Sequence[str], lake: str, empty: str, latency: float) -> Iterator[Cost]:
    """Each command, first in the lake without any day."""
    today = datetime.now(UTC).date()
    window = ("--start", str(today - timedelta(days=WINDOW)), "--end", str(today))
    year = ("--start", str(today - timedelta(days=YEAR)), "--end", str(today), "--dry-run")
    commands = {
        "status of 30 days, first time": ("status", *window),
        "status of 30 days, again": ("status", *window),
        "status of one source, 30 days": ("status", "--source", names[0], *window),
        "land one article": ("land", names[0]),
        "land one article, again": ("land", names[0]),
        "show one article": ("show", names[0]),
        f"backfill --dry-run, a year of {BACKFILLED} sources": ("backfill", *names[:BACKFILLED], *year),
        "maintain --dry-run": ("maintain", "--dry-run"),
        "maintain --dry-run, again": ("maintain", "--dry-run"),
    }
    for name, command in commands.items():
        bare, _ = run(empty, latency, *command)
        took, requests = run(lake, latency, *command)
        yield Cost(name, took, bare, requests)


def run(lake: str, latency: float, *command: str) -> tuple[Took, dict[str, int]]:
    """What a command took, the start of the program included, and its requests."""
    output, took = in_child([sys.executable, "-m", "bench.large_lake", "command", lake, str(latency), *command])
    return took, json.loads(output.splitlines()[-1])


def command(lake: str, latency: str, *words: str) -> None:
    """Run a command in this process, and print its requests in the last line."""
    sys.meta_path.insert(0, WithoutPandas())
    from infra.store import open_store as opening
    from tests.passing_stores import CountingStore

    store = CountingStore(opening.open_store(lake), float(latency))
    opening.open_store = lambda _: store  # type: ignore[assignment]
    match words:
        case ("land", source):
            _land(store, source)
        case ("show", source):
            _show(store, source)
        case _:
            _newslake(*words, "--lake", lake)
    print(json.dumps(store.requests))


def _newslake(*words: str) -> None:
    from flows.cli import main as newslake

    sys.argv = ["newslake", *words]
    try:
        newslake()
    except SystemExit as end:
        if end.code not in (0, 1, 2):  # partial days; an empty lake knows no record
            raise


def _land(store: Any, source: str) -> None:
    """Land an article of yesterday that nobody has seen before."""
    from infra.lake.lake import Lake

    Lake(store).land([_article(source, datetime.now(UTC).microsecond, 1)])


def _show(store: Any, source: str) -> None:
    from infra.base.errors import UsageError
    from infra.upkeep.find_record import find_record
    from parsers.registry import sources

    try:
        find_record(store, f"https://{sources()[source].hosts[0]}/7-0")
    except UsageError:  # the lake is the empty one
        return


def _article(source: str, number: int, days_ago: int) -> Any:
    from parsers.record.article import article_id
    from parsers.registry import sources
    from tests.lake_samples import landed

    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)
    url = f"https://{sources()[source].hosts[0]}/{days_ago}-{number}"
    version = sources()[source].parser_version
    return landed(
        number, source=source, published_at=noon, url=url, canonical_url=url, parser_version=version,
        article_id=article_id(source, url, None, ()), captured_at=noon + timedelta(hours=2),
        first_captured_at=noon + timedelta(hours=2),
        capture_uri=f"raw/source={source}/date={noon.date()}/r1-w0-0.warc.gz",
    )  # fmt: skip


def build(lake: Path, sources: int, days: int) -> None:
    """Articles and accounts of every day up to yesterday: those of the first source are written, the others linked."""
    from infra.lake.lake import Lake
    from infra.store.local_store import LocalStore
    from parsers.registry import sources as all_sources
    from tests.lake_samples import asked
    from tests.memory_store import MemoryStore

    names = sorted(name for name, source in all_sources().items() if source.hosts and source.discovery)[:sources]
    made = MemoryStore()
    today = datetime.now(UTC).date()
    Lake(made).land([_article(names[0], 0, ago) for ago in range(1, days + 1)])
    for ago in range(1, days + 1):
        asked(made, names[0], today - timedelta(days=ago))
    LocalStore(lake).check()
    files = {key: body for key, body in made.objects.items() if key.startswith(TABLES)}
    for key, body in files.items():
        first = lake / key
        first.parent.mkdir(parents=True)
        first.write_bytes(body)
        for name in names[1:]:
            path = lake / key.replace(f"source={names[0]}", f"source={name}")
            path.parent.mkdir(parents=True)
            os.link(first, path)


if __name__ == "__main__":
    command(*sys.argv[2:])
