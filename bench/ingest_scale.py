"""What an ingest takes as stocks grow, in time and memory: `python -m bench ingest-scale [STEP…]`.

The pages are made here: prose of invented words, all of one unknown site, published on 20 days; those of `web-day` are
of 700 sites, and published on one. Milliseconds a page are of processor time. Memory is the peak that Linux knows of
the command itself and of the largest of its workers, asked for each tenth of a second.
"""

import argparse
import base64
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from bench.ingest import NEWSLAKE

FIRST: Final = datetime(2024, 5, 1, tzinfo=UTC)
DAYS: Final = 20  # of publication
SITES: Final = 700  # of a day of many sites
WORDS: Final = ("anchor", "bridge", "copper", "council", "engine", "ferry", "garden", "harbour", "island", "kettle")
LARGE_PAGE_BYTES: Final = 100_000  # of a script that does not pack, so that 20,000 pages make a file of 2 GB
INTERVAL: Final = 0.1  # seconds between two looks at memory


class Run(NamedTuple):
    """What one ingest took."""

    seconds: float
    processor: float  # seconds of all its processes: what other work on the machine does not change much
    parent_mb: float
    worker_mb: float


def main(arguments: Sequence[str]) -> int:
    """Make each stock, bring it in, and print a line."""
    parser = argparse.ArgumentParser(prog="python -m bench ingest-scale", description="Measure ingest as stocks grow.")
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"some of {', '.join(STEPS)} (default: all)")
    chosen = parser.parse_args(arguments).steps or list(STEPS)
    print(f"{'':<16}{'seconds':>9}{'processor s':>13}{'ms a page':>11}{'parent MB':>11}{'worker MB':>11}")
    for name in chosen:
        make, pages = STEPS[name]
        with tempfile.TemporaryDirectory() as folder:
            stock = Path(folder, "stock")
            stock.mkdir()
            make(stock, pages)
            run = _ingested(stock, Path(folder, "lake"))
        each = 1000 * run.processor / pages
        print(
            f"{name:<16}{run.seconds:>9.1f}{run.processor:>13.1f}{each:>11.2f}{run.parent_mb:>11.0f}{run.worker_mb:>11.0f}",
            flush=True,
        )
    return 0


def _page(number: int, more: str = "", *, web: bool = False) -> bytes:
    chance = random.Random(number)  # the same pages each time
    title = f"Story {number} of the {' '.join(chance.choices(WORDS, k=4))}"
    prose = "".join(f"<p>{' '.join(chance.choices(WORDS, k=60)).capitalize()}.</p>" for _ in range(8))
    at = (FIRST + timedelta(days=0 if web else number % DAYS)).isoformat()
    head = f'<title>{title}</title><meta property="article:published_time" content="{at}">'
    head += f'<link rel="canonical" href="{_url(number, web=web)}"><meta property="og:type" content="article">{more}'
    body = f"<article><h1>{title}</h1>{prose}</article>"
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'.encode()


def _url(number: int, *, web: bool = False) -> str:
    return f"https://{f'paper{number % SITES}' if web else 'paper'}.example/2024/story-{number}"


def _files(stock: Path, pages: int) -> None:
    for number in range(pages):
        folder = stock / f"{number // 1000}"
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.html").write_bytes(_page(number))


def _warcs(files: int, *, large: bool = False, web: bool = False) -> Callable[[Path, int], None]:
    def make(stock: Path, pages: int) -> None:
        each = pages // files
        for file in range(files):
            _write(stock / f"{file:03}.warc.gz", range(file * each, (file + 1) * each), large=large, web=web)

    return make


def _write(warc: Path, numbers: range, *, large: bool, web: bool) -> None:
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
    with warc.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for number in numbers:
            noise = base64.b85encode(random.Random(number).randbytes(LARGE_PAGE_BYTES)) if large else b""
            script = f"<script>/*{noise.decode().replace('<', '_')}*/</script>" if large else ""
            at = f"{FIRST + timedelta(days=DAYS, seconds=number):%Y-%m-%dT%H:%M:%SZ}"
            record = writer.create_warc_record(
                _url(number, web=web),
                "response",
                payload=BytesIO(_page(number, script, web=web)),
                http_headers=head,
                warc_headers_dict={"WARC-Date": at},
            )
            writer.write_record(record)


STEPS: Final[dict[str, tuple[Callable[[Path, int], None], int]]] = {
    "files": (_files, 20_000),
    "2000-records": (_warcs(1), 2_000),
    "20000-records": (_warcs(1), 20_000),
    "2-gb": (_warcs(1, large=True), 20_000),
    "4-files": (_warcs(4), 8_000),
    "40-files": (_warcs(40), 8_000),
    "web-day": (_warcs(1, web=True), 40_000),
}


def _ingested(stock: Path, lake: Path) -> Run:
    command = [sys.executable, "-c", NEWSLAKE, "ingest", str(stock), "--generic", "--lake", str(lake)]
    begun, before = time.monotonic(), _processor()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peaks: dict[int, float] = {}
    while process.poll() is None:
        for pid in _tree(process.pid):
            with suppress(OSError, StopIteration, ProcessLookupError):
                status = Path(f"/proc/{pid}/status").read_text()
                line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
                peaks[pid] = int(line.split()[1]) / 1024
        time.sleep(INTERVAL)
    seconds = time.monotonic() - begun
    if process.returncode:
        raise SystemExit(f"ingest of {stock} ended with {process.returncode}")
    parent = peaks.pop(process.pid)
    return Run(seconds, _processor() - before, parent, max(peaks.values(), default=0.0))


def _processor() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _tree(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    with suppress(OSError):
        for task in list(Path(f"/proc/{pid}/task").iterdir()):
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))
