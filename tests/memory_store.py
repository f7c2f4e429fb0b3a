"""An object store in memory: what is neither a folder nor S3, and a place to let a rival writer in."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from infra.store.object_store import ConflictError, ObjectInfo, Stored, range_missing

MODIFIED_AT = datetime(2024, 5, 1, tzinfo=UTC)


class MemoryStore:
    """Objects in a dict. `before_put` is called before each put, with its key: a rival may write there."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.gets: list[str] = []
        self.before_put: Callable[[str], None] = lambda key: None

    @property
    def tables(self) -> dict[str, bytes]:
        """The objects without the cache."""
        return {key: body for key, body in self.objects.items() if not key.startswith("_catalog/")}

    @property
    def uri(self) -> str:
        return "memory"

    def get(self, key: str) -> Stored | None:
        self.gets.append(key)
        body = self.objects.get(key)
        return None if body is None else Stored(body, _etag(body))

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        piece = self.objects.get(key, b"")[offset : offset + length]
        if len(piece) != length:
            raise range_missing(self.uri, key, offset, length)
        return piece

    def put(self, key: str, body: bytes, *, if_match: str | None) -> str:
        self.before_put(key)
        present = self.objects.get(key)
        if (None if present is None else _etag(present)) != if_match:
            raise ConflictError(key)
        self.objects[key] = body
        self.puts.append(key)
        return _etag(body)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        for key, body in sorted(self.objects.items()):
            if key.startswith(prefix):
                yield ObjectInfo(key, len(body), _etag(body), MODIFIED_AT)

    def folders(self, prefix: str) -> Sequence[str]:
        below = (key.removeprefix(prefix) for key in self.objects if key.startswith(prefix))
        return sorted({rest.partition("/")[0] for rest in below if "/" in rest})

    def delete(self, key: str) -> None:
        self.objects.pop(key, None)

    def check(self) -> None:
        return


def _etag(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
