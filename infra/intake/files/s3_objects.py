"""Inputs in S3, whatever their keys, listed and read in ranges; and ranges of anything else as a stream."""

import io
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import BinaryIO, Final, cast

from typing_extensions import override

from infra.base.errors import NewslakeError, UsageError
from infra.base.settings import load_settings
from infra.store.object_store import ObjectInfo

HELD: Final = 2  # ranges: readers go back to the start of what they are reading, which may lie in the one before
BEYOND_BYTES: Final = 1 << 20  # at once beyond `end`, where only the last record reaches


class Ranges(io.BufferedIOBase):
    """Seekable, and fetches only what is read. A BufferedReader would forget its buffer at each look for the end."""

    def __init__(
        self, fetch: Callable[[int, int], bytes], size: int, range_bytes: int, *, end: int | None = None
    ) -> None:
        """`fetch` gets the bytes from a start on, of just that length; few are needed beyond `end`."""
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


S3: Final = "s3://"
RANGE_BYTES: Final = 8 << 20  # of an object at once; larger is not faster
COLD: Final = "InvalidObjectState"  # S3's code for an object of Glacier or Deep Archive that is not restored


class ColdObjectError(NewslakeError):
    """An object lies in Glacier and cannot be read until somebody restores it."""


def bucket_and_key(location: str) -> tuple[str, str]:
    """Bucket and key of `s3://bucket/key`; the key may begin with a slash. UsageError if there is no bucket."""
    bucket, _, key = location.removeprefix(S3).partition("/")
    if not bucket:
        raise UsageError(f"{location!r} names no bucket", "Write s3://bucket or s3://bucket/prefix.")
    return bucket, key


def objects_below(prefix: str) -> list[ObjectInfo]:
    """All objects whose location begins with `prefix`, sorted; their keys are locations."""
    from infra.store.s3_store import explaining, listed_objects  # boto3 takes 0.1 s to import: only where it is needed

    bucket, start = bucket_and_key(prefix)
    with explaining(f"{S3}{bucket}"):
        found = listed_objects(bucket, start, requester_pays=load_settings().requester_pays)
        return sorted((replace(one, key=f"{S3}{bucket}/{one.key}") for one in found), key=lambda one: one.key)


def open_object(location: str, size: int, end: int | None = None) -> BinaryIO:
    """An object as a seekable stream that reads ranges as they are needed; little is needed beyond `end`."""
    return cast("BinaryIO", Ranges(partial(_read, location), size, RANGE_BYTES, end=end))


def _read(location: str, start: int, length: int) -> bytes:
    from botocore import exceptions as aws

    from infra.store import s3_errors
    from infra.store.s3_store import explaining, read_object

    bucket, key = bucket_and_key(location)
    with explaining(location):
        try:
            wanted = f"bytes={start}-{start + length - 1}"
            pays = load_settings().requester_pays
            found = read_object(bucket, key, part=wanted, requester_pays=pays).body
        except aws.ClientError as error:
            if s3_errors.code(error) == COLD:
                remedy = "Restore it (aws s3api restore-object), then run this again."
                raise ColdObjectError(f"{location} lies in cold storage (S3 Glacier)", remedy) from error
            raise
    if len(found) != length:
        raise NewslakeError(f"{location} has become shorter", "Run this again.")
    return found
