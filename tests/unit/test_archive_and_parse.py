"""From captures to what the parsers made of them, and into the archive, in the folder of their source."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from infra.archive.raw_archive import RawArchive
from infra.work.archive_and_parse import archive_and_parse
from infra.work.run import ParsedCapture
from parsers.parse import parse
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Rejected, RejectReason
from tests import sample_pages as pages
from tests.memory_store import MemoryStore


class InlinePool:
    """Parses in this process; notes what. The first capture is not packed, as where a worker process died."""

    def __init__(self) -> None:
        self.parsed: list[Capture] = []

    def parse_and_pack(
        self, pairs: Iterable[tuple[Capture, Rejected | None]], pack: Callable[[Capture], bytes]
    ) -> Iterator[tuple[Capture, Outcome, bytes | None]]:
        for number, (capture, known) in enumerate(pairs):
            if known is None:
                self.parsed.append(capture)
            yield capture, known or parse(capture), pack(capture) if number else None


def archived_and_parsed(pairs: list[tuple[Capture, Rejected | None]]) -> tuple[list[ParsedCapture], list[Capture]]:
    """What came of them, and what was parsed; each lies in the archive as it was."""
    store = MemoryStore()
    pool: Any = InlinePool()
    parsed = archive_and_parse(pairs, RawArchive(store), pool, run_id="r1", worker="w")
    assert [RawArchive(store).read(each.archived.pointer) for each in parsed] == [capture for capture, _ in pairs]
    return parsed, pool.parsed


def folders(parsed: Iterable[ParsedCapture]) -> list[str]:
    return [each.archived.pointer.uri.split("/")[1] for each in parsed]


def test_a_page_is_archived_by_its_address_or_by_what_its_content_says() -> None:
    named, saved = pages.capture(0), replace(pages.capture(3), url=None)
    parsed, read = archived_and_parsed([(saved, None), (named, None)])
    assert folders(parsed) == ["source=tass", "source=tass"]
    assert read == [saved, named]
    assert {each.archived.capture.body for each in parsed} == {b""}  # nobody needs it any more
    assert [each.archived.capture.identity for each in parsed] == [saved.identity, named.identity]


def test_what_no_source_claims_is_archived_as_unknown() -> None:
    elsewhere = replace(pages.capture(0), url="https://elsewhere.example/story")
    nameless = replace(pages.capture(0, b"<p>A page of an unknown paper."), url=None)
    parsed, _ = archived_and_parsed([(elsewhere, None), (nameless, None)])
    assert folders(parsed) == ["source=_unknown", "source=_unknown"]


def test_a_page_whose_outcome_is_known_is_archived_and_not_parsed() -> None:
    cut = replace(pages.capture(0), truncated=True)
    refused = Rejected(RejectReason.TRUNCATED, "cut short", source="tass")
    (parsed,), read = archived_and_parsed([(cut, refused)])
    assert (parsed.outcome, folders([parsed]), read) == (refused, ["source=tass"], [])
