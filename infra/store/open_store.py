"""The store behind an address."""

import re

from infra.base.errors import UsageError
from infra.store.object_store import ObjectStore, is_valid_key


def open_store(uri: str) -> ObjectStore:
    """The store behind `s3://bucket[/prefix]` or a folder path, untouched as yet; UsageError if it is neither."""
    if uri.startswith("s3://"):
        from infra.store.s3_store import S3Store  # boto3 takes 0.1 s to import: only where it is needed

        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        prefix = prefix.strip("/")
        if not bucket or not (prefix == "" or is_valid_key(prefix)):
            raise UsageError(f"{uri!r} is no address of a lake", "Write s3://bucket or s3://bucket/prefix.")
        return S3Store(bucket, prefix)
    from infra.store.local_store import LocalStore

    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", uri)
    if not uri.strip() or "\0" in uri or scheme:
        raise UsageError(f"{uri!r} is no address of a lake", "Give a folder path or s3://bucket/prefix.")
    return LocalStore.at(uri)
