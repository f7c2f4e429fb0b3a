"""How partitions are written, so that the index (`infra/lake/months.py`) is never wrong without its readers knowing.

A note names what is about to be written; `docs/architecture.md` says why that is enough ("The index of days").
"""

import io
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from threading import Lock
from typing import Any, Final, NamedTuple, TypeVar

import orjson
import pyarrow.parquet as pq

from infra.base.errors import NewslakeError
from infra.base.stop import Threads
from infra.lake.cache import Entries, update_cache
from infra.lake.months import Entry, changed, month_of, object_key, source_of, unpacked
from infra.lake.partition import stated_footer
from infra.store.object_store import ConflictError, ObjectStore, read_merge_write

FOLDER: Final = "_catalog/changing"
# A landing takes seconds. One that sleeps for longer with its machine still sets the index right when it wakes up.
DEAD_AFTER: Final = timedelta(hours=1)
_Fact = tuple[int, Any] | None  # size, what the footer says; None: no such partition
Told = TypeVar("Told")


class _Move(NamedTuple):
    key: str
    before: _Fact = None
    after: _Fact = None
    is_known: bool = True  # False: it was deleted, or the answer to a put got lost


class Changes:
    """What one landing does to partitions; threads may share it. Where it raises, its notes stay."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self._id = uuid.uuid4().hex
        self._expected: set[str] = set()
        self._noted: set[str] = set()
        self._notes: list[str] = []
        self._moves: list[_Move] = []
        self._lock = Lock()

    def __enter__(self) -> "Changes":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None and self._settle():
            for note in self._notes:
                with suppress(NewslakeError):  # what was to be written is
                    self.store.delete(note)

    def expect(self, keys: Iterable[str]) -> None:
        """Say what may be written, so that one note names it all."""
        self._expected.update(keys)

    def merge(self, key: str, merge: Callable[[bytes | None], tuple[bytes | None, Told]]) -> tuple[bool, Told]:
        """`read_merge_write` into a partition; whether it was written, and what the merge that counted told."""
        tried: list[bytes | None] = []
        told: list[Told] = []

        def noting(old: bytes | None) -> bytes | None:
            new, said = merge(old)
            told[:] = [said]
            if new is not None and new != old:
                self._note(key)
                tried[:] = old, new
            return new

        written = read_merge_write(self.store, key, noting)
        if tried:
            self._moves.append(_Move(key, _fact(tried[0]), _fact(tried[1]), written))
        return written, told[0]

    def delete(self, key: str) -> None:
        """Delete a partition."""
        self._note(key)
        self.store.delete(key)
        self._moves.append(_Move(key, is_known=False))

    def take_over(self, note: str, keys: Iterable[str]) -> None:
        """End what another writer began."""
        self._notes.append(note)
        self._moves += (_Move(key, is_known=False) for key in keys)

    def _note(self, key: str) -> None:
        with self._lock:
            if key not in self._noted:
                named = {key, *self._expected} - self._noted
                note = f"{FOLDER}/{self._id}-{len(self._notes)}.json"
                with suppress(ConflictError):  # ours is there: the answer to it got lost, and it was put again
                    self.store.put(note, orjson.dumps(sorted(named)), if_match=None)
                self._notes.append(note)
                self._noted |= named

    def _settle(self) -> bool:
        """Bring the index up to date; False if not all of it is."""
        by_month = groupby(sorted(self._moves, key=lambda move: month_of(move.key)), lambda move: month_of(move.key))
        # Sorting is stable: moves of one key stay in order.
        months = [(object_key(month), partial(self._moved, list(moves))) for month, moves in by_month]
        with Threads() as pool:
            return all(pool.map(lambda each: update_cache(self.store, *each), months))

    def _moved(self, moves: Iterable[_Move], present: Entries) -> Entries:
        found: dict[str, Entry | None] = {}
        token = f"~{self._id[:16]}"  # no ETag begins so
        for key, before, after, is_known in moves:
            entry = found[key] if key in found else unpacked(present.get(source_of(key))).get(key)
            if is_known and before == (entry and entry[1:]):
                found[key] = (token, *after) if after else None
            else:
                found[key] = token, 0, None
        return changed(present, found)


def _fact(body: bytes | None) -> _Fact:
    return None if body is None else (len(body), orjson.loads(stated_footer(pq.read_metadata(io.BytesIO(body)), "it")))


def read_notes(store: ObjectStore) -> set[str]:
    """Keys of partitions that are being written: read this before the index, which says the rest.

    Of those whose writer is dead nobody knows what they are: then the index says so, and the notes go.
    """
    limit = datetime.now(UTC) - DEAD_AFTER
    listed = list(store.list(f"{FOLDER}/"))
    with Threads() as pool:
        bodies = list(pool.map(lambda info: store.get(info.key), listed))
    changing: set[str] = set()
    dead = Changes(store)
    for info, stored in zip(listed, bodies, strict=True):
        try:
            named = orjson.loads(stored.body) if stored else []
            changing.update(named)
        except (ValueError, TypeError) as error:
            raise NewslakeError(f"{info.key} is damaged", "Delete the folder _catalog: it is made anew.") from error
        if info.modified_at < limit:
            dead.take_over(info.key, named)
    with dead:
        return changing
