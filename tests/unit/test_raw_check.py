"""`verify` finds damage of the raw layer, also where no row points to."""

import pytest

from infra.archive.raw_archive import RESTORE, Pointer, RawArchive
from infra.lake.lake import Lake
from infra.upkeep.verify import Fault
from tests.lake_samples import landed
from tests.memory_store import MemoryStore
from tests.old_lakes import archive_revisit
from tests.raw_lake import DAY, NOON, archive, capture, faults

FOLDER = "raw/source=gazette/date=2024-05-01/"
WARC = f"{FOLDER}r1-w-00000.warc.gz"
INDEX = f"{FOLDER}r1-w-00000.cdxj"
LATER = "raw/source=gazette/date=2024-05-02/r2-w-00000.warc.gz"


@pytest.fixture
def store() -> MemoryStore:
    """Two captures, and the second again on the next day: a revisit. No row points to any."""
    store = MemoryStore()
    archive(store, [capture(0), capture(2)], "r1")
    archive_revisit(store, capture(2, NOON + DAY), "r2", "gazette")
    return store


def test_a01_any_flipped_bit_of_a_warc_is_found(store: MemoryStore) -> None:
    """But for times and names in the heads of its gzip members, of which nobody takes notice."""
    good = store.objects[WARC]
    places = [0, *(entry.pointer.offset for entry in RawArchive(store).entries("gazette") if entry.pointer.uri == WARC)]
    heads = {place + byte for place in places for byte in range(3, 11)}
    for position in set(range(0, len(good), 61)) - heads:
        flipped = bytearray(good)
        flipped[position] ^= 1 << position % 8
        store.objects[WARC] = bytes(flipped)
        assert any(fault.object == WARC for fault in faults(store)), f"byte {position}"


def test_a_flipped_digit_of_an_index(store: MemoryStore) -> None:
    store.objects[INDEX] = store.objects[INDEX].replace(b'"status": 200', b'"status": 201', 1)
    assert [fault.object for fault in faults(store)] == [WARC]


def test_a01_a_warc_that_is_cut_short_or_gone_leaves_its_revisits_without_a_body(store: MemoryStore) -> None:
    place = next(each.pointer for each in RawArchive(store).entries("gazette") if (each.url or "").endswith("/2"))
    store.objects[WARC] = store.objects[WARC][:-30]
    cut, bodiless = faults(store)
    assert (cut.object, bodiless.object) == (WARC, LATER)
    assert cut.fault.startswith("is damaged: ")
    assert cut.fault.endswith(RESTORE)
    assert bodiless.fault.endswith(f" is not in {WARC} at byte {place.offset}")
    del store.objects[WARC]
    assert [fault.object for fault in faults(store)] == [INDEX, LATER]
    del store.objects[INDEX]
    assert [fault.object for fault in faults(store)] == [LATER]


def test_a_capture_in_the_folder_of_another_day(store: MemoryStore) -> None:
    for key in (WARC, INDEX):
        store.objects[key.replace("05-01", "04-30")] = store.objects.pop(key)
    said = {fault.fault for fault in faults(store) if "04-30" in fault.object}
    assert len(said) == 2
    assert all(fault.endswith("a capture of 2024-05-01") for fault in said)


def test_what_is_no_raw_object_is_named_and_what_stands_beside_one_is_not(store: MemoryStore) -> None:
    store.objects[WARC.replace(".warc.gz", ".expiring")] = b""  # as earlier versions marked what was to be deleted
    assert faults(store) == []
    store.objects |= {f"{FOLDER}notes.txt": b"", "raw/source=gazette/copy.warc.gz": b""}
    assert {fault.object for fault in faults(store)} == {f"{FOLDER}notes.txt", "raw/source=gazette/copy.warc.gz"}


def test_a_row_may_point_to_a_capture_of_another_source(store: MemoryStore) -> None:
    entry = RawArchive(store).entries("gazette")[0]
    place = entry.pointer
    row = {
        "source": "herald",
        "captured_at": entry.captured_at,
        "capture_digest": entry.digest,
        "capture_uri": place.uri,
        "capture_length": place.length,
    }
    Lake(store).land([landed(0, capture_offset=place.offset, **row)])
    assert faults(store) == []
    nowhere = Pointer(place.uri, place.offset + 1, place.length)
    Lake(store).land([landed(1, capture_offset=nowhere.offset, **row)])
    (fault,) = faults(store)
    assert "points to a capture that cannot be read" in fault.fault


def test_a_warc_that_has_lost_a_whole_record_has_less_than_its_index(store: MemoryStore) -> None:
    last = max(entry.pointer for entry in RawArchive(store).entries("gazette") if entry.pointer.uri == WARC)
    store.objects[WARC] = store.objects[WARC][: last.offset]
    assert Fault(WARC, f"has 1 captures, and 2 by its index. {RESTORE}") in faults(store)
