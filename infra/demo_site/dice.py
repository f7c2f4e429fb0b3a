"""Choices that depend on nothing but a name, so that a demo site says the same wherever and whenever it runs."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


class Dice:
    """Draws that follow from a name. Not `random`: what its seeds give may change with a version of Python.

    Args:
        name: what the choices are for.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._drawn = 0

    def number(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        self._drawn += 1
        digest = hashlib.blake2b(f"{self._name}/{self._drawn}".encode(), digest_size=8).digest()
        return low + int.from_bytes(digest, "big") % (high - low + 1)

    def pick(self, options: Sequence[_T]) -> _T:
        """One of the options."""
        return options[self.number(0, len(options) - 1)]

    def sample(self, options: Sequence[_T], count: int) -> list[_T]:
        """Several different ones of the options, in an order of its own; all of them where there are no more."""
        left = list(options)
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(min(count, len(left)))]
