"""Batches that are bounded in number and in bytes."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Thing = TypeVar("Thing")


def in_batches(
    things: Iterable[Thing], size_of: Callable[[Thing], int], *, most: int, max_bytes: int
) -> Iterator[list[Thing]]:
    """Gather things, in order, into lists of at most `most` and `max_bytes`; what is larger stands alone."""
    batch: list[Thing] = []
    size = 0
    for thing in things:
        if batch and (len(batch) == most or size + size_of(thing) > max_bytes):
            yield batch
            batch, size = [], 0
        batch.append(thing)
        size += size_of(thing)
    if batch:
        yield batch
