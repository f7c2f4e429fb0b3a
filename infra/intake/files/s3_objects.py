"""Inputs in S3: any key that S3 allows, listed and read in ranges.

Keys of a lake are paths that a folder can hold, too; those of inputs are whatever others chose, as with two slashes or
a backslash. Credentials, region and endpoint are boto3's own settings.
"""

import io
from dataclasses import replace
from typing import Final

from botocore import exceptions as aws
from typing_extensions import Buffer, override

from infra.base.errors import NewslakeError, UsageError
from infra.base.settings import load_settings
from infra.store import s3_errors
from infra.store.object_store import ObjectInfo
from infra.store.s3_store import explaining, listed_objects, read_object

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
    bucket, start = bucket_and_key(prefix)
    with explaining(f"{S3}{bucket}"):
        found = listed_objects(bucket, start, prefix, requester_pays=load_settings().requester_pays)
        return sorted((replace(one, key=f"{S3}{bucket}/{one.key}") for one in found), key=lambda one: one.key)


def open_object(location: str, size: int) -> io.BufferedReader:
    """An object as a seekable stream that reads ranges as they are needed."""
    return io.BufferedReader(_Ranges(location, size), min(RANGE_BYTES, size) or 1)


class _Ranges(io.RawIOBase):
    def __init__(self, location: str, size: int) -> None:
        self._location = location
        self._size = size
        self._next = 0

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
    def readinto(self, buffer: Buffer, /) -> int:
        room = memoryview(buffer).cast("B")
        length = min(len(room), self._size - self._next)
        if length <= 0:
            return 0
        room[:length] = self._read(length)
        self._next += length
        return length

    def _read(self, length: int) -> bytes:
        bucket, key = bucket_and_key(self._location)
        wanted = f"bytes={self._next}-{self._next + length - 1}"
        with explaining(self._location):
            try:
                pays = load_settings().requester_pays
                found = read_object(bucket, key, self._location, part=wanted, requester_pays=pays).body
            except aws.ClientError as error:
                if s3_errors.code(error) == COLD:
                    remedy = "Restore it (aws s3api restore-object), then run this again."
                    raise ColdObjectError(f"{self._location} lies in cold storage (S3 Glacier)", remedy) from error
                raise
        if len(found) != length:
            raise NewslakeError(f"{self._location} has become shorter", "Run this again.")
        return found
