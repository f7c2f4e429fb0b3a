"""Partitions as an older newslake left them: with other columns, or undated articles in Hive's null partition.

Landing mends what it touches; `infra/upkeep/upgrade.py` does so to a whole lake.
"""

from typing import Any

from infra.lake.landing import Change, land_articles, land_rejects, merge_into
from infra.lake.partition import ARTICLES, TableKind, decode
from infra.store.object_store import ObjectStore
from parsers.record.article import NULL_PARTITION


def move_undated(store: ObjectStore, source: str) -> Any | None:
    """Land the undated articles of a source where they lie today, and give the rows of the partition that held them.

    Killed in between, the next move does it again, and until then readers of the store are shown the new one only. The
    caller must take the articles out of other partitions: another worker may have given them a date meanwhile.
    """
    key = ARTICLES.old_null_key(source)
    stored = store.get(key)
    if stored is None:
        return None
    rows, manifest = decode(ARTICLES, stored.body, key)
    home = ARTICLES.key(source, NULL_PARTITION)
    merge_into(store, home, lambda old, name: land_articles(old, rows, {}, name, looked_at=manifest.looked_at))
    store.delete(key)
    return rows


def rewrite(store: ObjectStore, kind: TableKind, key: str) -> None:
    """Land nothing into a partition: what an older newslake wrote is written anew, and all else left alone."""

    def land(old: bytes | None, name: str) -> tuple[bytes | None, Change]:
        nothing = kind.schema.empty_table()
        return land_articles(old, nothing, {}, name) if kind is ARTICLES else land_rejects(old, nothing, {}, name)

    merge_into(store, key, land)
