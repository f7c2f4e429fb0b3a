"""Object stores that pass requests on to another one: to count them, or to let a test in before each."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from typing_extensions import override

from infra.store.object_store import ObjectInfo, ObjectStore, Stored

PAGE = 1000  # keys that S3 lists in one answer


@dataclass
class PassingStore:
    base: ObjectStore

    def before(self, request: str) -> None:
        """Called before each request, with its kind."""

    @property
    def uri(self) -> str:
        return self.base.uri

    def get(self, key: str) -> Stored | None:
        self.before("get")
        return self.base.get(key)

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        self.before("get")
        return self.base.get_range(key, offset, length)

    def put(self, key: str, body: bytes, *, if_match: str | None) -> str:
        self.before("put")
        return self.base.put(key, body, if_match=if_match)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        self.before("list")
        found = [*self.base.list(prefix)]
        self._next_pages(found)
        return iter(found)

    def folders(self, prefix: str) -> Sequence[str]:
        self.before("list")
        found = self.base.folders(prefix)
        self._next_pages(found)
        return found

    def _next_pages(self, found: Sequence[object]) -> None:
        for _ in range(PAGE, len(found), PAGE):
            self.before("list")

    def delete(self, key: str) -> None:
        self.before("delete")
        self.base.delete(key)

    def check(self) -> None:
        self.base.check()


@dataclass
class CountingStore(PassingStore):
    """Counts requests as S3 would charge them; each takes `latency` seconds more."""

    latency: float = 0.0
    requests: Counter[str] = field(default_factory=Counter)

    @override
    def before(self, request: str) -> None:
        self.requests[request] += 1
        if self.latency:
            time.sleep(self.latency)


class Killed(BaseException):
    """What no handler of the product catches, as nothing of it runs after SIGKILL."""


def kill() -> None:
    raise Killed


@dataclass
class SteppedStore(PassingStore):
    """At request `at` (from 1) `act` is called; once it kills, no request comes through."""

    at: int = 0
    act: Callable[[], object] = lambda: None
    taken: int = 0
    dead: bool = False
    _lock: Lock = field(default_factory=Lock)

    @override
    def before(self, request: str) -> None:
        with self._lock:
            if self.dead:
                raise Killed
            self.taken += 1
            if self.taken == self.at:
                try:
                    self.act()
                except Killed:
                    self.dead = True
                    raise
