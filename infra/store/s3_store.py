"""The lake in a bucket: S3, or a server that speaks its protocol and honours conditional PUT.

boto3 finds credentials, region and endpoint in `AWS_*` variables, profiles and instance roles. Objects are written with
`put_object`, since boto3's managed uploads take no condition. AWS documents "conditional writes": 412 when a condition
does not hold, 409 when it raced another request, 404 when the object is gone.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import boto3
from botocore import exceptions as aws
from botocore.config import Config

from infra.base.errors import NewslakeError
from infra.store import s3_errors
from infra.store.object_store import (
    ConflictError,
    ObjectInfo,
    Stored,
    ignored_condition,
    is_valid_key,
    range_missing,
    require_valid_key,
)

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import GetObjectRequestTypeDef, ListObjectsV2RequestPaginateTypeDef

DEFAULT_REGION: Final = "us-east-1"  # where none is configured: other servers take any region, AWS redirects from it
CONNECT_SECONDS: Final = 5.0  # a server in reach accepts in milliseconds; botocore's 60 s look like a hang
READ_SECONDS: Final = 60.0  # silence, not duration: a busy server may think for long about one large object
CONNECTIONS: Final = 32  # threads beyond that gained nothing (measured: boto3 is bound by the processor from 8 on)
READ_ATTEMPTS: Final = 3  # botocore repeats requests, but not bodies that break off: as often as it does
ABSENT: Final = 404
BEYOND_END: Final = 416
CONFLICTS: Final = frozenset({409, 412})


@lru_cache(maxsize=1)
def client() -> "S3Client":
    """The one S3 client of a process, shared by its threads: making one takes 100 ms, and it pools connections."""
    session = boto3.session.Session()
    return session.client(
        "s3",
        region_name=session.region_name or DEFAULT_REGION,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            max_pool_connections=CONNECTIONS,
            retries={"mode": "standard"},  # the number stays boto3's: AWS_MAX_ATTEMPTS, or 3
            user_agent_extra="newslake",
        ),
    )


os.register_at_fork(after_in_child=client.cache_clear)  # a child must not share connections with its parent


@contextmanager
def explaining(uri: str) -> Iterator[None]:
    """Turn an error of boto3 into one that names the bucket and the remedy."""
    try:
        yield
    except (aws.BotoCoreError, aws.ClientError, ValueError) as error:  # ValueError: an endpoint or region that is none
        raise s3_errors.explained(error, uri) from error


def read_object(bucket: str, key: str, *, part: str | None = None, requester_pays: bool = False) -> Stored:
    """GET an object or the `part` of it that a Range header names, again where the body breaks off; boto3's errors."""
    request: GetObjectRequestTypeDef = {"Bucket": bucket, "Key": key}
    if part:
        request["Range"] = part
    if requester_pays:
        request["RequestPayer"] = "requester"
    attempt = 1
    while True:
        answer = client().get_object(**request)
        try:
            return Stored(answer["Body"].read(), answer["ETag"])
        except (aws.HTTPClientError, aws.IncompleteReadError, aws.FlexibleChecksumError):
            if attempt == READ_ATTEMPTS:
                raise
        attempt += 1


def listed_objects(bucket: str, prefix: str, *, requester_pays: bool = False) -> Iterator[ObjectInfo]:
    """All objects whose key begins with `prefix`, as the server orders them; boto3's errors."""
    request: ListObjectsV2RequestPaginateTypeDef = {"Bucket": bucket, "Prefix": prefix}
    if requester_pays:
        request["RequestPayer"] = "requester"
    for page in client().get_paginator("list_objects_v2").paginate(**request):
        for line in page.get("Contents", []):
            if line["Key"].startswith(prefix):  # SeaweedFS reads "x//" as "x/"
                yield ObjectInfo(line["Key"], line["Size"], line["ETag"], line["LastModified"].astimezone(UTC))


@dataclass(frozen=True, slots=True)
class S3Store:
    """An `ObjectStore` in a bucket."""

    bucket: str
    prefix: str = ""  # keys are below it; no slash at either end

    @property
    def uri(self) -> str:
        """See `ObjectStore`."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def get(self, key: str) -> Stored | None:
        """See `ObjectStore`."""
        with explaining(self.uri):
            try:
                return read_object(self.bucket, self._key(key))
            except aws.ClientError as error:
                if _is_absent(error):
                    return None
                raise

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """One ranged GET; see `ObjectStore`."""
        if offset < 0 or length < 1:
            raise range_missing(self.uri, key, offset, length)
        wanted = f"bytes={offset}-{offset + length - 1}"
        with explaining(self.uri):
            try:
                piece = read_object(self.bucket, self._key(key), part=wanted).body
            except aws.ClientError as error:
                if _is_absent(error) or s3_errors.status(error) == BEYOND_END:
                    raise range_missing(self.uri, key, offset, length) from error
                raise
        if len(piece) != length:
            raise range_missing(self.uri, key, offset, length)
        return piece

    def put(self, key: str, body: bytes, *, if_match: str | None) -> str:
        """See `ObjectStore`."""
        full = self._key(key)
        with explaining(self.uri):
            try:
                if if_match is None:
                    answer = client().put_object(Bucket=self.bucket, Key=full, Body=body, IfNoneMatch="*")
                else:
                    answer = client().put_object(Bucket=self.bucket, Key=full, Body=body, IfMatch=if_match)
            except aws.ClientError as error:
                if _is_absent(error) or s3_errors.status(error) in CONFLICTS:
                    raise ConflictError(f"{self.uri}/{key}: {s3_errors.code(error)}") from error
                raise
        return answer["ETag"]

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """All lines are held at once, half a kilobyte each: SeaweedFS and S3's directory buckets do not sort by key."""
        with explaining(self.uri):
            yield from sorted(self._listed(prefix), key=lambda info: info.key)

    def _listed(self, prefix: str) -> Iterator[ObjectInfo]:
        for info in listed_objects(self.bucket, self._root + prefix):
            key = info.key.removeprefix(self._root)
            if is_valid_key(key):  # not the folder markers of consoles, nor hidden names
                yield replace(info, key=key)

    def folders(self, prefix: str) -> Sequence[str]:
        """See `ObjectStore`."""
        full = self._key(prefix.rstrip("/")) + "/"
        with explaining(self.uri):
            pages = client().get_paginator("list_objects_v2")
            answers = pages.paginate(Bucket=self.bucket, Prefix=full, Delimiter="/")
            found = [each["Prefix"] for page in answers for each in page.get("CommonPrefixes", [])]
        names = (each.removeprefix(full).rstrip("/") for each in found if each.startswith(full))
        return sorted(name for name in names if is_valid_key(name))

    def delete(self, key: str) -> None:
        """See `ObjectStore`."""
        full = self._key(key)
        with explaining(self.uri):
            client().delete_object(Bucket=self.bucket, Key=full)

    def check(self) -> None:
        """Reach the bucket, list it, and try out conditional writes."""
        with explaining(self.uri):
            answer = client().list_objects_v2(Bucket=self.bucket, Prefix=self._root, MaxKeys=1)
        if ignored := ignored_condition(self):
            server = answer["ResponseMetadata"]["HTTPHeaders"].get("server", "of unknown make").strip()
            raise NewslakeError(
                f"The S3 server behind {self.uri} ({server}) ignored {ignored} on a PUT: two runs at once would "
                "overwrite each other's articles",
                "Use a server that honours conditional PUT, such as AWS S3 or SeaweedFS 4.48 or newer, or a folder.",
            )

    def _key(self, key: str) -> str:
        require_valid_key(key)
        return self._root + key

    @property
    def _root(self) -> str:
        """What all keys begin with; a policy may allow to list nothing that is shorter."""
        return f"{self.prefix}/" if self.prefix else ""


def _is_absent(error: aws.ClientError) -> bool:
    """Whether the object is missing, rather than its bucket."""
    return s3_errors.status(error) == ABSENT and s3_errors.code(error) != "NoSuchBucket"
