"""The way of a capture that ingest, live runs and `fetch` share: through the parsers, and into the raw archive."""

from collections.abc import Iterable
from dataclasses import replace

from infra.archive.raw_archive import RawArchive
from infra.archive.warc import encode
from infra.work.parse_pool import Pair, ParsePool, source_name_of
from infra.work.run import ParsedCapture, folder_of


def archive_and_parse(
    captures: Iterable[Pair], archive: RawArchive, pool: ParsePool, *, run_id: str, worker: str
) -> list[ParsedCapture]:
    """Parse captures and archive them; `infra.work.land_outcomes` lands what comes of it.

    The worker processes make the records of the archive too, since packing a page takes as long as reading it.
    """
    pairs = list(captures)
    worked = list(pool.parse_and_pack(pairs, encode))
    placed = [
        # Without an address only the content tells the source, and so the folder.
        (folder_of(capture, known if known or source_name_of(capture) else outcome), capture)
        for (capture, known), (_, outcome, _) in zip(pairs, worked, strict=True)
    ]
    records = {capture.identity: record for capture, _, record in worked if record}
    archived = archive.add(placed, run_id=run_id, worker=worker, records=records)
    return [
        ParsedCapture(replace(each, capture=each.capture.without_body()), outcome)
        for each, (_, outcome, _) in zip(archived, worked, strict=True)
    ]
