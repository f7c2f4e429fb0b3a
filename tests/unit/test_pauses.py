"""What people have paused stays paused when the deployments are registered again."""

from types import SimpleNamespace
from typing import Any

import pytest
from prefect.exceptions import ObjectNotFound

from flows.server import pauses
from flows.server.deployments import deployments


class Server:
    """A Prefect server that knows one deployment, as far as is asked for here."""

    def __init__(self, name: str, paused: bool, active: dict[str, bool]) -> None:
        self._name = name
        self._found = SimpleNamespace(
            paused=paused, schedules=[SimpleNamespace(slug=slug, active=on) for slug, on in active.items()]
        )

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None: ...

    def read_deployment_by_name(self, name: str) -> Any:
        if name != self._name:
            raise ObjectNotFound(Exception(name))
        return self._found


@pytest.mark.parametrize("paused", [True, False])
def test_a_paused_source_and_a_paused_schedule_stay_paused_and_all_others_run(
    monkeypatch: pytest.MonkeyPatch, paused: bool
) -> None:
    server = Server("run/tass", paused, {"tass-1-lag-0": False, "tass-2-lag-1": True, "gone": False})
    monkeypatch.setattr(pauses, "get_client", lambda **_: server)
    served = deployments()
    pauses.keep_pauses(served)
    assert [each.name for each in served if each.paused] == (["tass"] if paused else [])
    schedules = [schedule for each in served for schedule in each.schedules or []]
    assert [each.slug for each in schedules if not each.active] == ["tass-1-lag-0"]
