"""Any sequence of operations does to a folder what it does to a dictionary."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from typing_extensions import override

from infra.base.errors import NewslakeError
from infra.store.local_store import LocalStore
from infra.store.object_store import ConflictError, ObjectStore, Stored


class AgainstModel(RuleBasedStateMachine):
    """Any sequence of operations does to the folder what it does to a dictionary."""

    keys = st.sampled_from(["a", "b/c", "b/d", "b-c", "b/e/f"])
    bodies = st.binary(max_size=3)

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store: ObjectStore = LocalStore(Path(self.folder.name, "lake"))
        self.model: dict[str, bytes] = {}
        self.etags: dict[str, str] = {}

    @rule(key=keys, body=bodies)
    def create(self, key: str, body: bytes) -> None:
        if key in self.model:
            with pytest.raises(ConflictError):
                self.store.put(key, body, if_match=None)
        else:
            self.etags[key] = self.store.put(key, body, if_match=None)
            self.model[key] = body

    @rule(key=keys, body=bodies, of=keys)
    @precondition(lambda self: self.model)
    def replace(self, key: str, body: bytes, of: str) -> None:
        etag = self.etags.get(of, "none")
        if key in self.model and etag == self.etags[key]:
            self.etags[key] = self.store.put(key, body, if_match=etag)
            self.model[key] = body
        else:
            with pytest.raises(ConflictError):
                self.store.put(key, body, if_match=etag)

    @rule(key=keys)
    def delete(self, key: str) -> None:
        self.store.delete(key)
        self.model.pop(key, None)

    @rule(key=keys, offset=st.integers(0, 3), length=st.integers(1, 3))
    def get_range(self, key: str, offset: int, length: int) -> None:
        expected = self.model.get(key, b"")[offset : offset + length]
        if len(expected) == length:
            assert self.store.get_range(key, offset, length) == expected
        else:
            with pytest.raises(NewslakeError):
                self.store.get_range(key, offset, length)

    @invariant()
    def same(self) -> None:
        assert [(info.key, info.size) for info in self.store.list()] == [
            (key, len(body)) for key, body in sorted(self.model.items())
        ]
        for key, body in self.model.items():
            assert self.store.get(key) == Stored(body, self.etags[key])

    @override
    def teardown(self) -> None:
        self.folder.cleanup()


TestAgainstModel = AgainstModel.TestCase
TestAgainstModel.settings = settings(stateful_step_count=20)  # the profile says how often
