"""Pages on their way into the raw archive: safe once they have arrived, and seen by the runs of their source alone.

    staging/source=tass/<digest>.warc.gz     a batch of pages; deleted once its pages are in `raw/`

A killed run asks for nothing twice, and a day is one raw object and not a hundred (docs/maintenance.md). Nobody else
knows a staged object, so deleting it needs no lock. A kill between archiving and deleting leaves pages in both places:
the next run of the source archives what it finds here, and the archive keeps each capture once.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress

from infra.archive.raw_archive import WARC_SUFFIX, require_source
from infra.archive.warc import Revisit, encode, encode_info, scan
from infra.base.errors import NewslakeError
from infra.store.object_store import ConflictError, ObjectStore
from parsers.record.capture import Capture


class Staging:
    """The staged pages of one source. Only one run of a source works at a time; see `site_locks`."""

    def __init__(self, store: ObjectStore, source: str) -> None:
        self._store = store
        self._prefix = f"staging/source={require_source(source)}/"
        self._keys: set[str] = set()

    def put(self, captures: Sequence[Capture]) -> None:
        """Keep a batch of pages."""
        if not captures:
            return
        info = encode_info("staged pages", max(capture.captured_at for capture in captures))
        body = info + b"".join(map(encode, captures))
        key = f"{self._prefix}{hashlib.sha256(body).hexdigest()[:32]}{WARC_SUFFIX}"
        with suppress(ConflictError):  # a PUT that is repeated after its answer got lost: the name says the content
            self._store.put(key, body, if_match=None)
        self._keys.add(key)

    def left_over(self) -> list[Capture]:
        """All staged pages. Called before the first `put`: those that a killed run left behind."""
        captures: list[Capture] = []
        for key in [info.key for info in self._store.list(self._prefix)]:
            if stored := self._store.get(key):
                try:
                    records = scan(stored.body)
                except ValueError as error:
                    what = f"{key} in {self._store.uri} is damaged: {error}"
                    remedy = "Move it out of the lake and run this again: its pages are fetched anew."
                    raise NewslakeError(what, remedy) from error
                captures += [record for *_, record in records if not isinstance(record, Revisit)]
                self._keys.add(key)
        return captures

    def clear(self) -> None:
        """Delete what was put or read here. Call it once the archive has these pages."""
        for key in sorted(self._keys):
            self._store.delete(key)
        self._keys.clear()
