"""The work pool of `newslake deploy`, whoever makes it."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists

from flows.server.deploy import _ensure_pool
from infra.base.errors import UsageError

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient


class Server:
    """A Prefect server with one work pool at most, as far as is asked for here."""

    def __init__(self, kind: str | None) -> None:
        self.kind = kind

    def create_work_pool(self, pool: WorkPoolCreate) -> None:
        if self.kind:
            raise ObjectAlreadyExists(Exception(pool.name))
        self.kind = pool.type

    def read_work_pool(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(name=name, type=self.kind)


def test_a_pool_of_another_type_is_refused() -> None:
    with pytest.raises(UsageError, match="docker"):
        _ensure_pool(cast("SyncPrefectClient", Server("docker")), "newslake")
