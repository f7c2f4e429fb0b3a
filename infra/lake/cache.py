"""What was read of partitions, remembered by the version of each object, in `_catalog/`: delete it at any time."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import orjson

from infra.base.errors import NewslakeError
from infra.store.object_store import ObjectStore, read_merge_write

ATTEMPTS: Final = 12  # 8 writers took 9 at most; a question does not wait for more than seconds to leave its answer
Entries = Mapping[str, tuple[str, Any]]  # by name: version, and what JSON can hold


def load_cache(store: ObjectStore, key: str) -> dict[str, tuple[str, Any]]:
    """What was left there; nothing if a bit has flipped, since it decides which raw objects nobody needs."""
    stored = store.get(key)
    return _decoded(stored.body) if stored else {}


def update_cache(store: ObjectStore, key: str, change: Callable[[dict[str, tuple[str, Any]]], Entries]) -> bool:
    """Change what is there now, and lose no concurrent change; False if this user may only read or gets no turn."""
    with suppress(NewslakeError):
        read_merge_write(store, key, lambda old: _encoded(change(_decoded(old) if old else {})), ATTEMPTS)
        return True
    return False


def _encoded(entries: Entries) -> bytes:
    return orjson.dumps({"sha256": _digest(entries), "entries": entries})


def _decoded(body: bytes) -> dict[str, tuple[str, Any]]:
    try:
        cache = orjson.loads(body)
        entries = {name: (version, value) for name, (version, value) in cache["entries"].items()}
        return entries if cache["sha256"] == _digest(entries) else {}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _digest(entries: Entries) -> str:
    return hashlib.sha256(orjson.dumps(entries)).hexdigest()
