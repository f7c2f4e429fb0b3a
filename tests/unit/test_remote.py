"""`--remote`: what is said of a server that is none, and of a run's log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import Log
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.types import DateTime

from flows.server.remote import _say_new, submit
from infra.base.errors import NewslakeError
from tests.servers import Answer, scripted_server


@contextmanager
def at(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As for a command that begins with this address."""
    monkeypatch.setenv("PREFECT_API_URL", address)
    with temporary_settings({PREFECT_API_URL: address}):
        yield


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:port/api", "http://127.0.0.1:1/api"])
def test_an_address_that_is_none_is_one_line(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = r"no Prefect server answers .* correct PREFECT_API_URL: it ends in /api"
    with at(address, monkeypatch), pytest.raises(NewslakeError, match=expected):
        submit("backfill", {})


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_that_is_not_prefects_api_is_told_with_the_address(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = "or correct PREFECT_API_URL: it ends in /api"
    with (
        scripted_server(lambda *_: Answer(status)) as server,
        at(server.endpoint, monkeypatch),
        pytest.raises(NewslakeError, match=expected),
    ):
        submit("backfill", {})


def test_a_traceback_in_the_log_of_a_run_stays_on_its_page() -> None:
    """Prefect logs one where a run loses its slot while the server is away."""
    run = uuid4()
    message = "Crash detected!\nTraceback (most recent call last):\n  File"
    line = Log(name="x", level=40, message=message, timestamp=DateTime.now("UTC"), flow_run_id=run)

    class Client:
        def read_logs(self, *_: Any, **__: Any) -> list[Log]:
            return [line]

    said: list[str] = []
    _say_new(Client(), run, {}, said.append)  # type: ignore[arg-type]
    assert [each.partition(" ")[2] for each in said] == ["error: Crash detected!"]
