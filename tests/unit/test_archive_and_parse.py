"""From captures to what the parsers made of them: archived first, in the folder of their source."""

from collections.abc import Iterable, Iterator
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
    """Parses in this process; notes how many captures the archive held when each was parsed."""

    def __init__(self, store: MemoryStore) -> None:
        self.held: dict[Capture, int] = {}
        self._store = store

    def parse(self, pairs: Iterable[tuple[Capture, Rejected | None]]) -> Iterator[tuple[Capture, Outcome]]:
        for capture, known in pairs:
            if known is None:
                self.held[capture] = sum(key.endswith(".warc.gz") for key in self._store.objects)
            yield capture, known or parse(capture)


def archived_and_parsed(pairs: list[tuple[Capture, Rejected | None]]) -> tuple[list[ParsedCapture], dict[Capture, int]]:
    store = MemoryStore()
    pool: Any = InlinePool(store)
    parsed = archive_and_parse(pairs, RawArchive(store), pool, run_id="r1", worker="w")
    return parsed, pool.held


def folders(parsed: Iterable[ParsedCapture]) -> list[str]:
    return [each.archived.pointer.uri.split("/")[1] for each in parsed]


def test_a_page_is_archived_before_it_is_parsed_and_once_parsed_where_only_its_content_names_the_source() -> None:
    named, saved = pages.capture(0), replace(pages.capture(3), url=None)
    parsed, held = archived_and_parsed([(saved, None), (named, None)])
    assert folders(parsed) == ["source=tass", "source=tass"]
    assert held == {saved: 0, named: 1}


def test_what_no_source_claims_is_archived_as_unknown() -> None:
    elsewhere = replace(pages.capture(0), url="https://elsewhere.example/story")
    nameless = replace(pages.capture(0, b"<p>A page of an unknown paper."), url=None)
    parsed, _ = archived_and_parsed([(elsewhere, None), (nameless, None)])
    assert folders(parsed) == ["source=_unknown", "source=_unknown"]


def test_a_page_whose_outcome_is_known_is_archived_and_not_parsed() -> None:
    cut = replace(pages.capture(0), truncated=True)
    refused = Rejected(RejectReason.TRUNCATED, "cut short", source="tass")
    (parsed,), held = archived_and_parsed([(cut, refused)])
    assert (parsed.outcome, folders([parsed]), held) == (refused, ["source=tass"], {})
