"""The work pool of `newslake deploy`, whoever makes it."""

from types import SimpleNamespace
from typing import Any

import pytest
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists

from flows.server.deploy import _ensure_pool
from infra.base.errors import UsageError


class Server:
    """A Prefect server that has a work pool of Docker's already, as far as is asked for here."""

    def create_work_pool(self, pool: WorkPoolCreate) -> None:
        raise ObjectAlreadyExists(Exception(pool.name))

    def read_work_pool(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(name=name, type="docker")


def test_a_pool_of_another_type_is_refused() -> None:
    server: Any = Server()
    with pytest.raises(UsageError, match="docker"):
        _ensure_pool(server, "newslake")
