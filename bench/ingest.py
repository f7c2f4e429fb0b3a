"""How fast an archive comes in, beside a hand-written loop over the same file: `python -m bench ingest`.

The loop reads records with FastWARC, parses them, takes eight fields of each, and writes one Parquet file. It archives,
merges and checks nothing, so it is the floor, not a rival.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from fastwarc.warc import ArchiveIterator, WarcRecordType
from selectolax.lexbor import LexborHTMLParser
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from bench.parse import BenchPage, case_pages, fixture_pages

PAGES: Final = 2_000
FIRST: Final = datetime(2024, 5, 1, tzinfo=UTC)
NEWSLAKE: Final = "from flows.cli import main; main()"  # the console script, whatever PATH is
FLOOR: Final = "import sys; from bench.ingest import floor; floor(*sys.argv[1:])"
META: Final = {
    "title": 'meta[property="og:title"]',
    "summary": 'meta[name="description"]',
    "published": 'meta[property="article:published_time"]',
    "author": 'meta[name="author"]',
    "section": 'meta[property="article:section"]',
    "picture": 'meta[property="og:image"]',
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    name: str
    seconds: float
    share: float  # of the pages a second of the floor, 0 to 1
    megabytes: float  # peak of the largest process


def main(arguments: Sequence[str]) -> int:
    """Make the archive, and bring it in."""
    parser = argparse.ArgumentParser(prog="python -m bench ingest", description="Measure ingest against a bare loop.")
    parser.add_argument("--cases", type=Path, help="JSON lines: `file` and `url` of saved pages (default: fixtures)")
    parser.add_argument("--pages", type=int, default=PAGES, help="records of the archive (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    pages = list(case_pages(options.cases) if options.cases else fixture_pages())
    with tempfile.TemporaryDirectory() as folder:
        warc = Path(folder, "pages.warc.gz")
        _write(warc, pages, options.pages)
        # No source has the made-up hosts of the fixtures: these are read as pages of unknown sites.
        rows = _rows(warc, folder, [] if options.cases else ["--generic"])
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
        return 0
    print(f"{options.pages:,} pages of {len({page.source for page in pages})} sources in one WARC\n")
    print(f"{'':<28}{'seconds':>9}{'pages/s':>9}{'of the floor':>14}{'MB':>7}")
    for row in rows:
        rate = options.pages / row.seconds
        print(f"{row.name:<28}{row.seconds:>9.1f}{rate:>9.0f}{row.share:>14.0%}{row.megabytes:>7.0f}")
    return 0


def _write(warc: Path, pages: Sequence[BenchPage], count: int) -> None:
    """Each page over and over, under addresses of its site, a minute after the other.

    A page that states its own address states the new one, else its article would be taken for another page's.
    """
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
    with warc.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for number in range(count):
            page = pages[number % len(pages)].capture
            url = page.url or ""
            at = f"{FIRST + timedelta(minutes=number):%Y-%m-%dT%H:%M:%SZ}"
            record = writer.create_warc_record(
                f"{url}?n={number}",
                "response",
                payload=BytesIO(page.body.replace(url.encode(), f"{url}?n={number}".encode())),
                http_headers=head,
                warc_headers_dict={"WARC-Date": at},
            )
            writer.write_record(record)


def _rows(warc: Path, folder: str, more: Sequence[str]) -> list[Row]:
    base = _timed([sys.executable, "-c", FLOOR, str(warc), f"{folder}/floor.parquet"], {})
    rows = [Row("floor, one process", base[0], 1.0, base[1])]
    for workers in ("1", "2"):
        environment = {"NEWSLAKE_LAKE": f"{folder}/lake{workers}", "NEWSLAKE_WORKERS": workers}
        seconds, megabytes = _timed([sys.executable, "-c", NEWSLAKE, "ingest", str(warc), *more], environment)
        rows.append(Row(f"newslake ingest, {workers} worker(s)", seconds, base[0] / seconds, megabytes))
    return rows


def _timed(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds of a command, and megabytes of its own process at most."""
    begun = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[-2:]} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def floor(warc: str, target: str) -> None:
    """The hand-written loop."""
    rows = []
    with Path(warc).open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            tree = LexborHTMLParser(record.reader.read())
            text = "\n".join(each.text() for each in tree.css("p"))
            row = {"url": record.headers.get("WARC-Target-URI"), "text": text}
            for name, css in META.items():
                node = tree.css_first(css)
                row[name] = node.attributes.get("content") if node is not None else None
            rows.append(row)
    pq.write_table(pa.Table.from_pylist(rows), target, compression="zstd")
