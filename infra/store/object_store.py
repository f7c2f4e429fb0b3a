"""Objects by key, with conditional writes: all that the lake needs of a folder or of S3.

Writers never lock: they read an object with its ETag, merge, and put it back on condition that nobody was faster
(RFC 9110, 13.1: If-Match, If-None-Match). `read_merge_write` is that loop.
"""

import random
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from infra.base.errors import NewslakeError
from infra.base.stop import pause

MERGE_ATTEMPTS: Final = 50  # 8 writers x 50 merges of one key took at most 9 each on SeaweedFS, 7 in a folder
FIRST_WAIT_SECONDS: Final = 0.01  # one conditional PUT of a small object takes about as long
LONGEST_WAIT_SECONDS: Final = 3.0  # 8 writers that each rewrite a large partition (0.7 s for 10,000 rows) fit into it

MAX_KEY_BYTES: Final = 1024  # S3's limit
MAX_NAME_BYTES: Final = 255  # NAME_MAX of the usual file systems
PROBE_PREFIX: Final = "_probe-"  # in no folder of its own, which a folder store would keep for ever
PROBE_AGE: Final = timedelta(days=1)  # a probe lives for a second; killed runs left the older ones


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as it was read: the whole body, and the ETag to give back as `if_match`."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One line of a listing."""

    key: str  # relative to the root of the lake
    size: int  # bytes
    # Changes whenever the object is replaced: a key for caches. Compare it only with other listings of the same store:
    # in a folder it is not the ETag of `get` and `put`, which would take reading every file.
    etag: str
    modified_at: datetime  # aware, UTC


class ConflictError(Exception):
    """A conditional put lost: somebody else wrote or deleted the object. Read again, merge again."""


class ObjectStore(Protocol):
    """A folder or a bucket. Implementations are picklable and safe to use from several threads and processes."""

    @property
    def uri(self) -> str:
        """`s3://bucket/prefix` or the absolute path of the folder; for messages."""
        ...

    def get(self, key: str) -> Stored | None:
        """Read a whole object; None if there is none. All methods raise NewslakeError if the store fails."""
        ...

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """Read exactly `length` bytes from `offset`; NewslakeError if the object does not have them."""
        ...

    def put(self, key: str, body: bytes, *, if_match: str | None) -> str:
        """Write a whole object, atomically, and return its new ETag; ConflictError if somebody else was faster.

        `if_match` is the ETag that the object must still have; None: there must be no such object.
        """
        ...

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Objects whose key begins with `prefix`, in the order of their keys' code points, without hidden names."""
        ...

    def folders(self, prefix: str) -> Sequence[str]:
        """Names of what lies between `prefix`, which ends with a slash, and the next slash of some key; sorted."""
        ...

    def delete(self, key: str) -> None:
        """Delete an object, whatever it holds. It may be absent."""
        ...

    def check(self) -> None:
        """Make sure that the store is reachable and writable and honours conditional writes, else NewslakeError."""
        ...


def is_valid_key(key: str) -> bool:
    """Whether a key is a plain relative path that both a folder and S3 can hold.

    No empty names (so no leading, trailing or double slash), none that begin with a dot (so no `..`), no backslashes or
    control characters.
    """
    try:
        names = key.encode().split(b"/")
    except UnicodeEncodeError:  # lone surrogates
        return False
    return (
        sum(map(len, names)) + len(names) - 1 <= MAX_KEY_BYTES
        and all(name and not name.startswith(b".") and len(name) <= MAX_NAME_BYTES for name in names)
        and re.search(r"[\x00-\x1f\x7f\\]", key) is None
    )


def require_valid_key(key: str) -> None:
    """Refuse a key that could leave the lake or that one of the stores cannot hold."""
    if not is_valid_key(key):
        raise NewslakeError(
            f"{key[:200]!r} is no valid object key",
            "Keys are relative paths without '..', backslashes or names that begin with a dot.",
        )


class RangeMissingError(NewslakeError):
    """An object does not have the bytes that were asked for."""


def range_missing(uri: str, key: str, offset: int, length: int) -> RangeMissingError:
    """The error for bytes that an object does not have."""
    return RangeMissingError(
        f"{key} in {uri} has no {length} bytes at {offset}: it is absent or cut short",
        "Restore the object from a copy; `newslake verify` lists all that is damaged.",
    )


def read_merge_write(
    store: ObjectStore, key: str, merge: Callable[[bytes | None], bytes | None], attempts: int = MERGE_ATTEMPTS
) -> bool:
    """Merge into one object so that no concurrent merge is lost; whether this call is known to have written.

    `merge` makes the new content (None = leave it as it is) of the present one (None = absent). It may be called many
    times, and must depend on nothing else that changes.
    """
    for attempt in range(attempts):
        stored = store.get(key)
        merged = merge(stored.body if stored else None)
        if merged is None or (stored and merged == stored.body):
            return False
        try:
            store.put(key, merged, if_match=stored.etag if stored else None)
        except ConflictError:
            # Full jitter: writers that collided must not collide again in step.
            longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**attempt)
            pause(random.uniform(0, longest))  # noqa: S311 - spreads writers, guards no secret
        else:
            return True
    raise NewslakeError(
        f"{key} in {store.uri} was changed by other writers in each of {attempts} tries",
        "Run fewer writers on the same source and day at once, then run this again; nothing was lost.",
    )


def ignored_condition(store: ObjectStore) -> str | None:
    """The conditional write that a store ignores, for a message; None if it honours all.

    Shows that conditions are looked at, not that they are atomic. Sweeps its own traces and those of killed runs.
    """
    for info in store.list(PROBE_PREFIX):
        if info.modified_at < datetime.now(UTC) - PROBE_AGE:
            store.delete(info.key)
    key = f"{PROBE_PREFIX}{uuid.uuid4().hex}"
    try:
        stale = _put_ours(store, key, b"1", None)
        if not _is_refused(store, key, b"2", None):
            return "If-None-Match: *"
        _put_ours(store, key, b"3", stale)
        if not _is_refused(store, key, b"4", stale):
            return "If-Match"
    except ConflictError as error:
        return f"a condition that holds ({error})"
    finally:
        store.delete(key)
    if _is_refused(store, key, b"5", stale):
        return None
    store.delete(key)
    return "If-Match on a deleted object"


def _put_ours(store: ObjectStore, key: str, body: bytes, if_match: str | None) -> str:
    """Put on a condition that holds, to a key of our own.

    boto3 repeats a put whose answer got lost, and the repetition is refused: then the content tells.
    """
    try:
        return store.put(key, body, if_match=if_match)
    except ConflictError:
        present = store.get(key)
        if present is None or present.body != body:
            raise
        return present.etag


def _is_refused(store: ObjectStore, key: str, body: bytes, if_match: str | None) -> bool:
    try:
        store.put(key, body, if_match=if_match)
    except ConflictError:
        return True
    return False
