"""A raw archive and a lake that an older parser landed, for tests of reparsing."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from infra.archive.raw_archive import ArchivedCapture, Pointer, RawArchive
from infra.lake.lake import Lake
from infra.work.land_outcomes import land_outcomes
from infra.work.run import ParsedCapture, Run
from parsers.parse import parse
from parsers.record.capture import Capture
from parsers.record.outcome import Parsed


def archive(run: Run, captures: Iterable[Capture], source: str = "tass") -> None:
    RawArchive(run.open_store()).add([(source, capture) for capture in captures], run_id=run.run_id, worker="w")


def land(
    run: Run,
    capture: Capture,
    like: Capture | None = None,
    source: str = "tass",
    at: Pointer | None = None,
    **changes: Any,
) -> None:
    """Land what came of an archived capture, or would have come of one like another, with some fields changed."""
    store = run.open_store()
    known = {entry.identity: entry.pointer for entry in RawArchive(store).entries(source)}
    archived = ArchivedCapture(capture, at or known[capture.identity], new=False)
    outcome = parse(like or capture)
    if isinstance(outcome, Parsed):
        outcome = Parsed(replace(outcome.article, **changes))
    land_outcomes([ParsedCapture(archived, outcome)], Lake(store), run, mode="ingest")
