"""The way of a capture that ingest, live runs and `fetch` share: through the parsers, and into the raw archive."""

from collections.abc import Iterable, Sequence

from infra.archive.raw_archive import RawArchive
from infra.work.pages import Page, source_name_of
from infra.work.parse_pool import Done, ParsePool, grouped
from infra.work.run import ParsedCapture, folder_of
from parsers.record.capture import Capture


def archive_and_parse(
    captures: Iterable[Capture], archive: RawArchive, pool: ParsePool, *, run_id: str, worker: str
) -> list[ParsedCapture]:
    """Parse captures and archive them; `infra.work.land_outcomes` lands what comes of it."""
    groups = pool.parse_and_pack(grouped(map(Page, captures)))
    done = [each for _, found in groups for each in found if isinstance(each, Done)]
    return archive_done(done, archive, run_id=run_id, worker=worker)


def archive_done(done: Sequence[Done], archive: RawArchive, *, run_id: str, worker: str) -> list[ParsedCapture]:
    """Archive pages that are parsed and packed."""
    placed = [
        # Without an address only the content tells the source, and so the folder.
        (folder_of(each.capture, None if source_name_of(each.capture) else each.outcome), each.capture)
        for each in done
    ]
    records = {each.capture.identity: each.record for each in done if each.record}
    archived = archive.add(placed, run_id=run_id, worker=worker, records=records)
    return [ParsedCapture(kept, each.outcome) for kept, each in zip(archived, done, strict=True)]
