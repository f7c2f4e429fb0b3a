"""The way of a capture that ingest, live runs and `fetch` share: into the raw archive, then through the parsers."""

from collections.abc import Iterable
from itertools import chain

from infra.archive.raw_archive import RawArchive
from infra.work.parse_pool import Pair, ParsePool, source_name_of
from infra.work.run import ParsedCapture, folder_of


def archive_and_parse(
    captures: Iterable[Pair], archive: RawArchive, pool: ParsePool, *, run_id: str, worker: str
) -> list[ParsedCapture]:
    """Archive captures, then parse them; `infra.work.land_outcomes` lands what comes of it."""
    named: list[Pair] = []
    unnamed: list[Pair] = []
    for pair in captures:
        (named if pair[1] or source_name_of(pair[0]) else unnamed).append(pair)
    # Without an address only the content tells the source, and so the folder: such a capture is parsed first.
    read = list(pool.parse(unnamed))
    placed = [(folder_of(capture, outcome), capture) for capture, outcome in chain(named, read)]
    archived = archive.add(placed, run_id=run_id, worker=worker)
    parsed = chain(pool.parse(named), read)
    return [ParsedCapture(each, outcome) for each, (_, outcome) in zip(archived, parsed, strict=True)]
