"""Archives of gzip members: read part by part as they are read as a whole."""

import gzip
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.start import begin_run
from infra.archive.warc import MemberInFile
from infra.base.errors import NewslakeError
from infra.base.settings import Settings
from infra.intake import captures
from infra.intake.captures import ALL, Bounds, Part, Wanted, find_inputs, parts_of, read_captures
from infra.intake.files.input_types import Input, Page
from infra.store.open_store import open_store
from infra.work.ingest import READ_BEFORE, forget, ingest_chunk, plan, plan_left
from infra.work.ingest import ingest as run_ingest
from infra.work.land_outcomes import archive_done, land_outcomes
from infra.work.run import Run, RunReport
from tests import sample_pages as pages
from tests.disturbed_lake import objects
from tests.ingests import ingest_all
from tests.ten_orders import Content
from tests.warc_builder import answer, gzipped, record

COUNT = 12


def records(count: int = COUNT) -> list[bytes]:
    found = (pages.capture(number) for number in range(count))
    return [
        record(answer(each.body), uri=each.url, date=f"{each.captured_at:%Y-%m-%dT%H:%M:%SZ}", digest=number % 2 == 0)
        for number, each in enumerate(found)
    ]


def nested() -> bytes:
    """An archive of an archive: its members begin like records inside a member that is stored, not deflated."""
    inner = gzipped(records(4))
    around = record(inner, kind="resource", uri="https://tass.com/backup.warc.gz")
    stored = gzip.compress(around, compresslevel=0, mtime=0)
    return gzipped(records(3)) + stored + gzipped(records(2)[1:])


def damaged(member: int) -> bytes:
    """An archive with a member whose middle is overwritten."""
    members = [gzip.compress(each, mtime=0) for each in records()]
    hurt = bytearray(members[member])
    hurt[len(hurt) // 2 : len(hurt) // 2 + 9] = b"\0" * 9
    members[member] = bytes(hurt)
    return b"".join(members)


def several_in_one() -> bytes:
    made = records()
    return gzipped(first + second for first, second in zip(made[::2], made[1::2], strict=True))


ARCHIVES = {
    "sound": gzipped(records()),
    "nested": nested(),
    "damaged": damaged(5),
    "damaged at its end": damaged(COUNT - 1),
    "cut": gzipped(records())[:-40],
    "several in one": several_in_one(),
    "rubbish inside": gzipped(records()[:6]) + b"not a member" * 40 + gzipped(records()[6:]),
}


def at_hand(found: object) -> object:
    """With its gzip member, where it was left in the file."""
    if not isinstance(found, Page) or found.member is None:
        return found
    assert isinstance(found.member, MemberInFile)  # a part's members stay there, or memory would bound a landing
    return found._replace(member=found.member.read())


def in_parts(source: Input, size: int) -> list[object]:
    """What the parts give, read as an ingest reads them: one that does not fit is read again from where it has to."""
    found: list[object] = []
    reached = 0
    for start in range(0, source.size, size):
        part = Part(start, min(start + size, source.size))
        if reached >= part.end:
            continue
        read = list(read_captures(source, part=part))
        bounds = read[-1]
        assert isinstance(bounds, Bounds)
        if bounds.begun != reached:
            read = list(read_captures(source, part=Part(reached, part.end, is_exact=True)))
            bounds = read[-1]
            assert isinstance(bounds, Bounds)
        found += map(at_hand, read[:-1])
        reached = bounds.ended
    return found


@pytest.mark.parametrize("name", ARCHIVES)
@pytest.mark.parametrize("size", [1, 500, 1_500])
def test_parts_of_any_size_give_what_the_file_gives(name: str, size: int, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(ARCHIVES[name])
    (source,) = find_inputs([str(path)])
    assert in_parts(source, size) == list(read_captures(source))


def run_on(lake: Path, run_id: str = "20240201T000000Z-0000001") -> Run:
    return Run(Settings(lake=str(lake), workers=1), run_id)


def ingest(path: Path, lake: Path) -> RunReport:
    return ingest_all(find_inputs([str(path)]), run_on(lake))


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_divided_archive_lands_as_a_whole_one(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(ARCHIVES[name])
    whole = ingest(path, tmp_path / "whole")
    monkeypatch.setattr(captures, "PART_BYTES", 1_200)
    (source,) = find_inputs([str(path)])
    assert list(parts_of(source))
    told: list[int] = []
    parted = ingest_all([source], run_on(tmp_path / "parted"), on_input=lambda each: told.append(each.size))
    assert (parted.captures, parted.parsed, parted.skipped) == (whole.captures, whole.parsed, whole.skipped)
    assert sum(told) == source.size
    assert objects(open_store(str(tmp_path / "parted"))) == objects(open_store(str(tmp_path / "whole")))


@pytest.mark.usefixtures("worker_processes")
def test_the_lake_does_not_depend_on_the_number_of_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    for name in ("sound", "nested", "damaged"):
        (tmp_path / "in" / f"{name}.warc.gz").write_bytes(ARCHIVES[name])
    (tmp_path / "in" / "page.html").write_bytes(pages.page(3))
    monkeypatch.setattr(captures, "PART_BYTES", 1_200)
    monkeypatch.setattr("infra.work.ingest.STAGED_AT_ONCE", 5)  # and staged while others are parsed
    made = []
    for processes in (1, 2, 5):
        lake = str(tmp_path / str(processes))
        run = begin_run(lake, processes=processes)
        assert run.settings.workers == processes  # whatever NEWSLAKE_WORKERS says
        ingest_all(find_inputs([str(tmp_path / "in")]), replace(run, run_id="20240201T000000Z-0000001"))
        made.append(objects(open_store(lake)))
    assert made[0] == made[1] == made[2]


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (
            lambda path: path.write_bytes(ARCHIVES["sound"].replace(b"\x1f\x8b", b"\0\0")),
            "was changed while it was read",
        ),
        (lambda path: path.write_bytes(b""), "was changed while it was read"),
        (Path.unlink, "cannot be read any more: No such file"),
    ],
)
def test_a_file_that_is_changed_before_its_pages_are_archived_is_named(
    happens: Callable[[Path], object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(ARCHIVES["sound"])
    monkeypatch.setattr(captures, "PART_BYTES", 1_200)
    inputs = find_inputs([str(path)])

    def changed(*arguments: Any, **more: Any) -> Any:
        happens(path)
        return archive_done(*arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr("infra.work.ingest.archive_done", changed)
        with pytest.raises(NewslakeError, match=f"{path} {said}"):
            ingest_chunk(plan(inputs)[0], run_on(tmp_path / "lake"))
    path.write_bytes(ARCHIVES["sound"])
    ingest(path, tmp_path / "lake")
    ingest(path, tmp_path / "whole")
    assert objects(open_store(str(tmp_path / "lake"))) == objects(open_store(str(tmp_path / "whole")))


class UnpluggedError(Exception):
    """What ends a run in these tests."""


@pytest.mark.parametrize(
    ("name", "landings"), [*((name, 1) for name in ("nested", "damaged at its end", "several in one")), ("sound", 2)]
)
def test_a_run_that_ended_in_the_middle_goes_on_where_it_was(
    name: str, landings: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(ARCHIVES[name])
    monkeypatch.setattr(captures, "PART_BYTES", 1_200)
    monkeypatch.setattr("infra.work.ingest.PART_BYTES", 1_200)
    monkeypatch.setattr("infra.work.ingest.STAGED_AT_ONCE", 2)
    whole = ingest(path, tmp_path / "whole")
    run = run_on(tmp_path / "resumed")
    inputs = find_inputs([str(path)])
    landed = iter(range(landings))

    def unplugged(*arguments: Any, **more: Any) -> RunReport:
        if next(landed, None) is None:
            raise UnpluggedError
        return land_outcomes(*arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr("infra.work.ingest.land_outcomes", unplugged)
        with pytest.raises(UnpluggedError):
            ingest_chunk(plan(inputs)[0], run)
    (chunk,), told = plan_left(inputs, ALL, run)
    assert chunk.inputs[0].begin > 0
    assert told.skipped == {READ_BEFORE: 1}
    other = Wanted(("tass.com",))  # another choice: nothing of it was read
    assert plan_left(inputs, other, run)[0] == plan(inputs, other)
    rest = run_ingest([chunk], (), ALL, run, lambda chunk: ingest_chunk(chunk, run))
    assert 0 < rest.captures < whole.captures
    assert rest.captures + 2 * landings <= whole.captures
    found = Content.of(open_store(str(tmp_path / "resumed")))
    assert found.differences(Content.of(open_store(str(tmp_path / "whole")))) == []
    assert plan_left(inputs, ALL, run)[0] == []
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert plan_left(find_inputs([str(path)]), ALL, run)[1].skipped == {}  # it may be another file
    forget(run.open_store(), inputs, run.choice(ALL))
    assert plan_left(inputs, ALL, run)[0] == plan(inputs)
