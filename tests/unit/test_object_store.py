"""The contract on a folder and on Moto; addresses of stores; the loop of read, merge, write."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from infra.base.errors import NewslakeError, UsageError
from infra.store import object_store
from infra.store.local_store import LocalStore
from infra.store.object_store import ConflictError, ObjectStore, is_valid_key
from infra.store.open_store import open_store
from infra.store.s3_store import S3Store
from tests.memory_store import MemoryStore
from tests.object_store_contract import AtomicContract, ObjectStoreContract


class TestOnAFolder(ObjectStoreContract, AtomicContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> ObjectStore:
        return open_store(str(tmp_path / "lake"))


class TestOnMoto(ObjectStoreContract):
    @pytest.fixture
    def store(self, moto_lake: str) -> ObjectStore:
        return open_store(moto_lake)


class AlwaysChanged(MemoryStore):
    """A store in which somebody else is always faster."""

    @override
    def put(self, key: str, body: bytes, *, if_match: str | None) -> str:
        raise ConflictError(key)


def test_l03_endless_conflicts_end_in_an_error_that_names_the_object(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("infra.store.object_store.pause", waits.append)

    with pytest.raises(NewslakeError, match=r"a/b in memory .* fewer writers"):
        object_store.read_merge_write(AlwaysChanged(), "a/b", lambda _: b"mine")
    assert len(waits) == object_store.MERGE_ATTEMPTS
    assert max(waits[:3]) <= 4 * object_store.FIRST_WAIT_SECONDS
    assert max(waits) <= object_store.LONGEST_WAIT_SECONDS
    assert len(set(waits[-20:])) == 20, "writers must not come back in step"


class LosesAnswers(MemoryStore):
    """Every put that comes through is repeated by the client, and then refused, as boto3 does after a timeout."""

    @override
    def put(self, key: str, body: bytes, *, if_match: str | None) -> str:
        super().put(key, body, if_match=if_match)
        raise ConflictError(key)


def test_l05_store_whose_answers_get_lost_is_not_taken_for_one_that_ignores_conditions() -> None:
    store = LosesAnswers()
    assert object_store.ignored_condition(store) is None
    assert store.objects == {}


def test_l02_probes_of_runs_that_were_killed_are_swept_by_age() -> None:
    store = MemoryStore()  # says of all it holds that it is years old
    store.objects = {f"{object_store.PROBE_PREFIX}1": b"1", "articles/x": b"2"}
    assert object_store.ignored_condition(store) is None
    assert store.objects == {"articles/x": b"2"}


def test_l03_probe_of_a_run_that_is_at_it_stays(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put(f"{object_store.PROBE_PREFIX}1", b"1", if_match=None)
    store.check()
    assert [info.key for info in store.list()] == [f"{object_store.PROBE_PREFIX}1"]


@pytest.mark.parametrize(
    ("uri", "store"),
    [
        ("s3://news", S3Store("news")),
        ("s3://news/", S3Store("news")),
        ("s3://news/lakes/main/", S3Store("news", "lakes/main")),
        ("/var/lake", LocalStore(Path("/var/lake"))),
        ("~/lake", LocalStore(Path("~/lake").expanduser())),
    ],
)
def test_address_tells_the_store(uri: str, store: ObjectStore) -> None:
    assert open_store(uri) == store


@pytest.mark.parametrize("uri", ["", "  ", "s3://", "s3:///x", "s3://news/../x", "s3://news/a//b", "gs://news", "a\0b"])
def test_address_of_no_lake_is_refused(uri: str) -> None:
    with pytest.raises(UsageError, match="no address of a lake") as caught:
        open_store(uri)
    assert caught.value.exit_code == 2


@given(st.text(st.characters() | st.sampled_from("/.\\")))
def test_l06_valid_key_never_leaves_its_folder(key: str) -> None:
    if is_valid_key(key):
        assert os.path.normpath(f"/lake/{key}") == f"/lake/{key}"
        assert not any(name.startswith(".") for name in key.split("/"))
