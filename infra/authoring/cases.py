"""Saved pages with the records that are expected of them, `<source>/<case>/`, by which sources are tested."""

import dataclasses
import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from parsers.parse import parse_as
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import Outcome, Parsed
from parsers.source.definition import Source

VERSIONS: Final = "versions.json"  # beside the cases: version -> case -> digest of what that version gave
# Its own number; and `completeness`, which says how much was kept: what was kept is in the digest itself.
_NO_OUTPUT: Final = frozenset({"parser_version", "completeness"})
_SUFFIXES: Final = {MediaType.HTML: ".html", MediaType.TEXT: ".txt"}
Digests = dict[str, dict[str, str]]


def cases_in(folder: Path) -> list[Path]:
    """The cases of all sources in a folder."""
    return sorted(path for path in folder.glob("*/*") if path.is_dir())


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


def expected_of(case: Path) -> dict[str, Any]:
    """What was written down, and looked at by a person."""
    expected: dict[str, Any] = json.loads((case / "expected.json").read_text("utf-8"))
    return expected


def plain(outcome: Outcome) -> dict[str, Any]:
    """What a parser gave, as plain JSON values."""
    if isinstance(outcome, Parsed):
        found = {"outcome": "parsed", **dataclasses.asdict(outcome.article)}
        del found["text"]  # of the body, which is here, and no parser's doing
    else:
        found = {"outcome": "rejected", **dataclasses.asdict(outcome)}
    values: dict[str, Any] = json.loads(json.dumps(found, default=lambda at: at.isoformat()))
    return values


def digest_of(outcome: dict[str, Any]) -> str:
    """Digest of a plain outcome, without empty fields, so that a new column that isn't filled changes none."""
    filled = {name: value for name, value in outcome.items() if name not in _NO_OUTPUT and value}
    return hashlib.sha256(json.dumps(filled, sort_keys=True).encode()).hexdigest()[:16]


def write_case(case: Path, capture: Capture, source: Source) -> None:
    """Write a page, what is known of it, and what the source makes of it now, also into `versions.json`."""
    case.mkdir(parents=True)
    (case / f"page{_SUFFIXES[capture.media_type]}").write_bytes(capture.body)
    about = {"url": capture.url, "source": source.name}
    if capture.captured_at_basis.trusted:
        about["captured_at"] = capture.captured_at.isoformat(timespec="seconds")
    (case / "capture.json").write_text(json.dumps(about) + "\n", "utf-8")
    write_expected(case, found := plain(parse_as(capture_of(case), source)))
    versions = case.parent / VERSIONS
    digests: Digests = json.loads(versions.read_text("utf-8")) if versions.exists() else {}
    digests.setdefault(str(source.parser_version), {})[case.name] = digest_of(found)
    write_digests(versions, digests)


def write_expected(case: Path, outcome: dict[str, Any]) -> None:
    """Write what is expected of a case, for a person to look at."""
    (case / "expected.json").write_text(json.dumps(outcome, indent=1, ensure_ascii=False) + "\n", "utf-8")


def write_digests(path: Path, digests: Digests) -> None:
    """Write what the versions of a source gave."""
    path.write_text(json.dumps(digests, indent=1) + "\n", "utf-8")
