"""Parsing without worker processes, for tests of something else: a pool takes half a second to begin and end."""

from collections.abc import Callable
from concurrent.futures import Future
from types import MappingProxyType
from typing import Any, Self

import pytest

from infra.work import parse_pool
from infra.work.live import discovery


class InThisProcess:
    """In the place of pebble's ProcessPool: work is done as it is scheduled, whatever time it takes."""

    active = True

    def __init__(self, **_: object) -> None: ...
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...
    def schedule(self, work: Callable[..., Any], args: Any, kwargs: Any = MappingProxyType({}), **_: float) -> Any:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except Exception as error:  # as a pool does: whoever asks for the result gets it
            done.set_exception(error)
        return done

    def close(self) -> None: ...
    def stop(self) -> None: ...
    def join(self) -> None: ...


def parse_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages and listings be parsed here until the test ends."""
    monkeypatch.setattr(parse_pool, "ProcessPool", InThisProcess)
    monkeypatch.setattr(discovery, "ProcessPool", InThisProcess)
    # That which the worker processes run sets an alarm, which here is pytest's.
    monkeypatch.setattr(
        parse_pool,
        "_parse_in_worker",
        lambda page, group, most, _: parse_pool.parse_group(page, group, max_page_bytes=most),
    )
