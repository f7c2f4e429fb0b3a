"""The saved pages of every source, `tests/fixtures/sources/<source>/<case>/`, and what the parsers make of them."""

import dataclasses
import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from parsers.parse import parse
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import Parsed

FIXTURES = Path(__file__).parent / "fixtures" / "sources"
CASES = sorted(path for path in FIXTURES.glob("*/*") if path.is_dir())


def capture_of(case: Path) -> Capture:
    """The page of a case as a capture; what `capture.json` leaves out has a default."""
    page = next(case.glob("page.*"))
    about = json.loads((case / "capture.json").read_text("utf-8"))
    return Capture(
        page.read_bytes(),
        MediaType.HTML if page.suffix == ".html" else MediaType.TEXT,
        datetime.fromisoformat(about.get("captured_at", "2024-01-01T00:00:00+00:00")),
        CapturedAtBasis.MANIFEST if "captured_at" in about else CapturedAtBasis.MTIME,
        url=about.get("url"),
        source=about.get("source"),
    )


@cache
def outcome_of(case: Path) -> dict[str, Any]:
    """What the parsers make of a case, as plain JSON values."""
    outcome = parse(capture_of(case))
    if isinstance(outcome, Parsed):
        found = {"outcome": "parsed", **dataclasses.asdict(outcome.article)}
        del found["text"]  # of the body, which is here, and no parser's doing
    else:
        found = {"outcome": "rejected", **dataclasses.asdict(outcome)}
    plain: dict[str, Any] = json.loads(json.dumps(found, default=lambda at: at.isoformat()))
    return plain
