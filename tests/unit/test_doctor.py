"""`newslake doctor`: each check says ok, warning or fault as it should; none shows a secret or a traceback."""

import os
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from infra.base.errors import NewslakeError
from infra.store.local_store import LocalStore
from infra.store.object_store import ConflictError
from infra.upkeep import doctor
from infra.upkeep.doctor import Finding, Verdict
from tests.commands import Cli
from tests.memory_store import MemoryStore

Usage = namedtuple("Usage", "total used free")  # as shutil.disk_usage returns it
GB = 1 << 30


@pytest.fixture(autouse=True)
def large_machine(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large disk and many processors."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(1000 * GB, 500 * GB, 500 * GB))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(512), raising=False)


def test_a_sound_installation_has_no_fault_and_nothing_is_left_behind(tmp_path: Path, cli: Cli) -> None:
    said = cli.json("doctor")
    assert said["faults"] == 0
    assert {check["verdict"] for check in said["checks"]} == {"ok"}
    assert [check["check"] for check in said["checks"]] == [
        *("settings", "temporary folder", "disk of the lake", "lake", "one winner", "clock"),
    ]
    assert list(LocalStore(tmp_path / "lake").list()) == []


def test_each_setting_is_told_with_its_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("NEWSLAKE_WORKERS=3\nnewslake_page_deadline_seconds=7\nAWS_SECRET_ACCESS_KEY=x\n")
    monkeypatch.setenv("NEWSLAKE_WORKERS", "4")
    lines = doctor.settings_in_force(None).detail.splitlines()
    assert lines[:3] == [
        "NEWSLAKE_LAKE=./lake (default)",
        "NEWSLAKE_WORKERS=4 (environment)",
        "NEWSLAKE_PAGE_DEADLINE_SECONDS=7.0 (.env)",
    ]
    assert doctor.settings_in_force("elsewhere").detail.startswith("NEWSLAKE_LAKE=elsewhere (--lake)")


def test_a_wrong_setting_is_a_fault_and_what_needs_settings_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLAKE_WORKERS", "many")
    found = dict(doctor.diagnose())
    assert found["settings"].verdict is Verdict.FAULT
    assert "NEWSLAKE_WORKERS='many' is not valid" in found["settings"].detail
    assert list(found)[-1] == "settings"


@pytest.mark.parametrize(
    ("total", "free", "verdict"),
    [
        (100 * GB, 5 * GB, Verdict.OK),
        (100 * GB, 5 * GB - 1, Verdict.WARNING),
        (1000 * GB, 49 * GB, Verdict.WARNING),
        (0, 0, Verdict.WARNING),
    ],
)
def test_o09_low_space(
    total: int, free: int, verdict: Verdict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disks = {tmp_path: Usage(total, total - free, free)}  # where the folder will be
    monkeypatch.setattr("shutil.disk_usage", disks.__getitem__)
    assert doctor.disk(tmp_path / "not" / "yet").verdict is verdict


class Racy(MemoryStore):
    """Looks at conditions but is not atomic: all writers see what was there before any of them."""

    @override
    def put(self, key: str, body: bytes, *, if_match: str | None) -> str:
        if body.startswith((b"0 ", b"1 ", b"2 ")) or not body[:1].isdigit():  # these come through unlooked at
            self.objects[key] = body
            return "won"
        raise ConflictError(key)


class Stuck(MemoryStore):
    @override
    def put(self, key: str, body: bytes, *, if_match: str | None) -> str:
        raise ConflictError(key)


def test_l03_a_store_that_is_not_atomic_is_a_fault_and_one_without_winners_a_warning(tmp_path: Path) -> None:
    racy, folder = Racy(), LocalStore(tmp_path / "lake")
    found = [doctor.one_winner(store, rounds=3) for store in (racy, Stuck(), folder)]
    assert [each.verdict for each in found] == [Verdict.FAULT, Verdict.WARNING, Verdict.OK]
    assert found[0].detail.startswith("6 of 6 rounds had several winners among 8 writers")
    assert found[1].detail.startswith("3 of 3 rounds had no winner")
    assert found[2].detail == "8 writers at once, 6 rounds: exactly one won each"
    assert racy.objects == {}
    assert list(folder.list()) == []


@pytest.mark.parametrize(
    ("lake", "said"),
    [("s3://", "is no address of a lake"), ("ftp://x", "is no address of a lake"), ("file/lake", "Cannot")],
)
def test_a_lake_that_cannot_be_used_is_a_fault_and_is_not_raced(lake: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = dict(doctor.diagnose(lake))
    assert found["lake"].verdict is Verdict.FAULT
    assert said in found["lake"].detail
    assert found["lake"].remedy
    assert "one winner" not in found


@pytest.mark.parametrize(
    ("ahead", "verdict", "said"),
    [
        (timedelta(0), Verdict.OK, "agrees with the store's to the second"),
        (timedelta(seconds=31), Verdict.OK, "30 s ahead of that of the store"),
        (timedelta(minutes=2), Verdict.WARNING, "119 s ahead of that of the store"),
        (timedelta(minutes=-2), Verdict.WARNING, "119 s behind that of the store"),
        (timedelta(hours=1), Verdict.FAULT, "3,599 s ahead of that of the store"),
    ],
)
def test_l05_a_clock_that_is_wrong_is_found(ahead: timedelta, verdict: Verdict, said: str) -> None:
    store = MemoryStore()  # says 2024-05-01 of all it holds
    found = doctor.clock(store, lambda: datetime(2024, 5, 1, tzinfo=UTC) + ahead)
    assert (found.verdict, found.detail) == (verdict, said)
    assert store.objects == {}


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    monkeypatch.setenv("PREFECT_API_KEY", "test")  # short: a word like any other

    def telling() -> Finding:
        raise NewslakeError("a test of very-secret at https://bo:pw@host/x", "Not very-secret.")

    found = doctor.tried(telling)
    assert (found.detail, found.remedy) == ("a test of … at https://…@host/x", "Not ….")
