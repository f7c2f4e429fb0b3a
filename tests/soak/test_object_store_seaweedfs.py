"""The contract on a real S3 server, with many processes at once."""

import pytest

from infra.base.errors import NewslakeError
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from tests.object_store_contract import AtomicContract, ObjectStoreContract


class TestOnSeaweedFS(ObjectStoreContract, AtomicContract):
    processes = 8
    merges = 25

    @pytest.fixture
    def store(self, seaweedfs_lake: str) -> ObjectStore:
        return open_store(seaweedfs_lake)


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("AWS_SECRET_ACCESS_KEY", "the secret key is wrong .* Correct AWS_SECRET_ACCESS_KEY"),
        ("AWS_ACCESS_KEY_ID", "does not know the access key .* Correct AWS_ACCESS_KEY_ID"),
    ],
)
def test_l05_wrong_keys_are_told(
    seaweedfs_lake: str, aws_environment: pytest.MonkeyPatch, variable: str, expected: str
) -> None:
    aws_environment.setenv(variable, "WRONGWRONGWRONG")

    with pytest.raises(NewslakeError, match=expected) as caught:
        open_store(seaweedfs_lake).check()
    assert "WRONG" not in str(caught.value)
