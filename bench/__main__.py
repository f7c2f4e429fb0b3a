"""Command line of the measurements: a table a source, or JSON."""

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from bench import ingest, ingest_scale, lake, large_lake, month, orchestration, politeness, quality
from bench.parse import Row, case_pages, fixture_pages, measure, table

OTHERS = {
    "ingest": ingest.main,
    "ingest-scale": ingest_scale.main,
    "lake": lake.main,
    "large": large_lake.main,
    "month": month.main,
    "orchestration": orchestration.main,
    "politeness": politeness.main,
    "quality": quality.main,
}
PASSES = 15  # the best of that many is the same to two digits in the next run


def main() -> int:
    """Measure and print.

    Returns:
        Exit code: 0; 1 if there is no page of a known source to measure.
    """
    if other := OTHERS.get("".join(sys.argv[1:2])):
        return other(sys.argv[2:])
    options = _options()
    pages = list(case_pages(options.cases) if options.cases else fixture_pages(bare=options.bare))
    if not pages:
        print("No page of a known source to measure: give --cases a file that has some", file=sys.stderr)
        return 1
    rows = table(measure(pages, options.passes))
    if options.json:
        print(json.dumps({"machine": _machine(), "rows": [_shown(row) for row in rows]}, indent=1))
        return 0
    print(f"CPU time a page, best of {options.passes}; {_machine()}\n")
    print(
        f"{'source':<20}{'pages':>6}{'KB':>8}{'HTML parser ms':>16}{'parse ms':>10}{'ratio':>8}{'pages/s':>9}"
        f"{'generic ms':>12}{'ratio':>8}"
    )
    for row in rows:
        print(_line(row))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure parsing against the bare HTML parser."
    )
    parser.add_argument(
        "--cases",
        type=Path,
        help="JSON lines with `file` and `url` of saved pages (default: the fixtures, brought to real size)",
    )
    parser.add_argument("--bare", action="store_true", help="the fixtures without furniture around their articles")
    parser.add_argument(
        "--passes", type=int, default=PASSES, help="how often each page is timed (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


def _shown(row: Row) -> dict[str, object]:
    return {**asdict(row), "ratio": row.ratio, "generic_ratio": row.generic_ratio}


def _line(row: Row) -> str:
    return (
        f"{row.source:<20}{row.pages:>6}{row.kilobytes:>8.0f}{row.floor_ms:>16.3f}{row.parse_ms:>10.3f}"
        f"{row.ratio:>8.2f}{1000 / row.parse_ms:>9.0f}"
        f"{row.generic_ms:>12.3f}{row.generic_ratio:>8.2f}"
    )


def _machine() -> str:
    return f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"


if __name__ == "__main__":
    sys.exit(main())
