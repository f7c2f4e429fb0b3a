"""Inputs in S3: any key that S3 allows, listed and read in ranges.

Keys of a lake are paths that a folder can hold, too; those of inputs are whatever others chose, as with two slashes or
a backslash. Credentials, region and endpoint are boto3's own settings.
"""

from dataclasses import replace
from functools import partial
from typing import BinaryIO, Final, cast

from infra.base.errors import NewslakeError, UsageError
from infra.base.settings import load_settings
from infra.intake.files.ranges import Ranges
from infra.store.object_store import ObjectInfo

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
