"""Which parts of CC-NEWS were read to their end, for a run that was killed to go on: a cache, deleted at any time."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from infra.intake.files.input_types import Input
from infra.lake.cache import Cache
from infra.store.object_store import ObjectStore

FOLDER: Final = "_catalog/cc-news"  # an object for each choice of pages: a part that gave some of them has others


def left_to_read(store: ObjectStore, parts: Sequence[Input], choice: str) -> list[Input]:
    """The parts that no run with this choice of pages has read."""
    known = Cache(store, _key(choice)).load()
    return [each for each in parts if (name := _name(each)) not in known or known[name] != _value(each)]


def remember(store: ObjectStore, inputs: Iterable[Input], choice: str) -> None:
    """Note parts whose pages have landed; other inputs are not noted."""
    if read := {_name(each): _value(each) for each in inputs if each.part}:
        cache = Cache(store, _key(choice))
        cache.save(cache.load() | read)


def _key(choice: str) -> str:
    return f"{FOLDER}/{hashlib.sha256(choice.encode()).hexdigest()[:16]}.json"


def _name(each: Input) -> str:
    return f"{each.location}@{each.part.start if each.part else 0}"


def _value(each: Input) -> tuple[str, int]:
    return (each.part.etag, each.part.end) if each.part else ("", 0)
