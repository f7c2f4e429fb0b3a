"""Rejections of pages that were got at last: a block or a challenge is no matter once the article is here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from infra.lake.accounts import row_key
from infra.lake.landing import CAPTURE, Change, captures_of, land_rejects, merge_into
from infra.lake.partition import REJECTS, read_rows
from infra.lake.rejects import RejectState
from infra.store.object_store import ObjectStore
from parsers.record.capture import CaptureIdentity


@dataclass(frozen=True, slots=True)
class GotAtLast:
    """An article of an address that was asked for in vain `since` some time; `version` is that of its parser."""

    since: datetime
    captured_at: datetime
    version: int


def close_rejects(store: ObjectStore, source: str, got: Mapping[str, GotAtLast]) -> None:
    """Close the open rejections of earlier captures of some addresses, which are given by their row keys."""
    if not got:
        return
    first = min(each.since for each in got.values()).date().isoformat()
    last = max(each.captured_at for each in got.values()).date().isoformat()
    prefix = REJECTS.key(source, first).partition("date=")[0]
    for info in list(store.list(prefix)):
        place = REJECTS.parse_key(info.key)
        if place and first <= place[1] <= last:
            closed = _closed_by(read_rows(store, REJECTS, *place), got)
            merge_into(store, info.key, partial(_close, closed))


def _close(closed: Mapping[CaptureIdentity, int], old: bytes | None, name: str) -> tuple[bytes | None, Change]:
    return land_rejects(old, REJECTS.schema.empty_table(), closed, name)


def _closed_by(table: Any, got: Mapping[str, GotAtLast]) -> dict[CaptureIdentity, int]:
    """Captures of open rejections that later captures of their addresses make up for."""
    closed: dict[CaptureIdentity, int] = {}
    captures = captures_of(table.select(list(CAPTURE)))
    for capture, state in zip(captures, table["state"].to_pylist(), strict=True):
        page = got.get(row_key(capture.url)) if capture.url else None
        if page and state == RejectState.OPEN and capture.captured_at < page.captured_at:
            closed[capture] = page.version
    return closed
