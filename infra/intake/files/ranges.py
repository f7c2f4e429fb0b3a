"""A stream above something that is read by ranges, be it in S3 or at a web server."""

import io
from collections import deque
from collections.abc import Callable
from typing import Final

from typing_extensions import override

HELD: Final = 2  # ranges: readers go back to the start of what they are reading, which may lie in the one before
BEYOND_BYTES: Final = 1 << 20  # at once beyond `end`, where only the last record reaches


class Ranges(io.BufferedIOBase):
    """Seekable, and fetches only what is read. A BufferedReader would forget its buffer at each look for the end."""

    def __init__(
        self, fetch: Callable[[int, int], bytes], size: int, range_bytes: int, *, end: int | None = None
    ) -> None:
        """Begin at 0. `fetch` gets the bytes from a start on, of just that length; few are needed beyond `end`."""
        self._fetch = fetch
        self._size = size
        self._range_bytes = range_bytes
        self._end = size if end is None else end
        self._next = 0
        self._held: deque[tuple[int, bytes]] = deque(maxlen=HELD)

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def tell(self) -> int:
        return self._next

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._next = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._next, io.SEEK_END: self._size}[whence]
        return self._next

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        left = max(self._size - self._next, 0)
        wanted = left if size is None or size < 0 else min(size, left)
        pieces: list[bytes] = []
        while wanted:
            start, held = self._range_at(self._next)
            piece = held[self._next - start : self._next - start + wanted]
            pieces.append(piece)
            self._next += len(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    @override
    def read1(self, size: int = -1, /) -> bytes:
        return self.read(size)

    def _range_at(self, position: int) -> tuple[int, bytes]:
        for start, held in self._held:
            if start <= position < start + len(held):
                return start, held
        inside = self._end - position
        most = min(self._range_bytes, inside if inside > 0 else BEYOND_BYTES)
        found = position, self._fetch(position, min(most, self._size - position))
        self._held.append(found)
        return found
