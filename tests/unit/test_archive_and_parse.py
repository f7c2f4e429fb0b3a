"""From captures to what the parsers made of them, and into the archive, in the folder of their source."""

from collections.abc import Iterable
from dataclasses import replace

from infra.archive.raw_archive import RawArchive
from infra.work.archive_and_parse import archive_done
from infra.work.pages import Page
from infra.work.parse_pool import Done, parse_group
from infra.work.run import ParsedCapture
from parsers.parse import parse
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Rejected, RejectReason
from tests import sample_pages as pages
from tests.memory_store import MemoryStore


def archived_and_parsed(pairs: list[tuple[Capture, Rejected | None]]) -> tuple[list[ParsedCapture], list[Capture]]:
    """What came of them, and what was parsed; each lies in the archive as it was."""
    store, parsed = MemoryStore(), list[Capture]()

    def note(capture: Capture) -> Outcome:
        parsed.append(capture)
        return parse(capture)

    found = parse_group(note, [Page(*pair) for pair in pairs], packs=True, max_page_bytes=None)
    done = [each for each in found if isinstance(each, Done)]
    archived = archive_done(done, RawArchive(store), run_id="r1", worker="w")
    assert [RawArchive(store).read(each.archived.pointer) for each in archived] == [capture for capture, _ in pairs]
    return archived, parsed


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
