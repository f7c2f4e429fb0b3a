"""`kill -9` in the middle of a run: the same run again ends as if nothing had happened."""

import shutil
from pathlib import Path

from infra.store.local_store import LocalStore
from tests.disturbed_lake import SECOND_RUN, ingest, undisturbed_states, write_pages
from tests.killed_writer import WriterTask, killer

STEPS = range(5, 80, 15)  # of some 90 operations on files: before, between and after the objects of a run


def test_l02_an_ingest_that_is_killed_ends_right_when_it_is_run_again(tmp_path: Path) -> None:
    pages = write_pages(tmp_path / "pages")
    states = undisturbed_states(pages, tmp_path / "undisturbed")
    before = tmp_path / "before"
    states.restore_before(LocalStore(before))
    with killer() as writers:
        for step in STEPS:
            lake = tmp_path / str(step)
            shutil.copytree(before, lake)
            assert writers.run(WriterTask("ingest", str(lake), step, str(pages.second), SECOND_RUN))
            states.require_between(LocalStore(lake))
            ingest(pages.second, str(lake), SECOND_RUN)
            states.require_after(LocalStore(lake))
