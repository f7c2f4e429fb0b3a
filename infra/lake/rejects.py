"""The quarantine's record: a capture that gave no article, why, and where its bytes are."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from infra.base.errors import NewslakeError
from parsers.record.article import Article, Provenance, column, optional
from parsers.record.outcome import RejectReason

# Our failures rather than verdicts on a page: they are recorded, but never take an article out of the lake.
FAILURES: Final = frozenset(
    {RejectReason.TIMEOUT, RejectReason.PARSER_CRASH, RejectReason.PARSER_ERROR, RejectReason.INVALID_RECORD}
)
# When the page of a rejection was got first and last on its day. These columns follow from what names the captures, and
# no capture ever leaves the quarantine alone: so they do not depend on the order in which rejections are landed.
SEEN_TIMES: Final = ("first_seen_at", "last_seen_at")


class RejectState(StrEnum):
    """Whether a rejection still stands."""

    OPEN = "open"
    CLOSED = "closed"  # a later parser made an article of the same capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A rejected capture. `url` and `detail` may hold anything: what UTF-8 cannot write is escaped."""

    source: str = column("Name of the source, `_unknown` if none was found; partition column, so not in the file.")
    reject_id: str = column("128-bit hex digest of source, url, captured_at and capture_digest.", init=False)
    url: str | None = optional("Address the capture was asked for at.")
    captured_at: datetime = column(  # noqa: RUF009 - the call makes the field, nothing is shared
        "When the bytes were got, UTC; its day is the partition."
    )
    reason: str = column("Why, from the closed list below.")
    detail: str = column("What exactly, for a person.")
    layout: str | None = optional("Layout that was tried last.")
    parser_version: int | None = optional("Version of the parser that rejected, or of the one that closed it.")
    state: str = column("`open`, or `closed` once a parser made an article of this capture.", default=RejectState.OPEN)
    capture_uri: str | None = optional("Object in the lake, relative to its root, that holds the raw bytes.")
    capture_offset: int | None = optional("Where the WARC record begins in that object, bytes.")
    capture_length: int | None = optional("Length of the compressed WARC record, bytes.")
    capture_digest: str = column("`sha256:` of the raw payload.")
    http_status: int | None = optional("Status code of the capture, null where there was no HTTP exchange.")
    mode: str = column("How the capture came in: `live`, `ingest` or `reparse`.")
    run_id: str = column("Run that first rejected it; sorts by time.")
    first_seen_at: datetime | None = column(  # noqa: RUF009 - as above
        "Earliest `captured_at` of the rejections of this day with the same `url` (without one: the same"
        " `capture_digest`), UTC. Null only in files that were last landed into before schema version 2.",
        since=2,
        default=None,
        init=False,
    )
    last_seen_at: datetime | None = column(  # noqa: RUF009 - as above
        "The latest, likewise: how long a page has been rejected on that day.", since=2, default=None, init=False
    )

    def __post_init__(self) -> None:
        """Make the record writable whatever the page held, and name it."""
        if self.captured_at.tzinfo is None:
            raise ValueError(f"captured_at of the rejected {self.url or 'capture'} has no time zone")
        object.__setattr__(self, "captured_at", self.captured_at.astimezone(UTC))
        object.__setattr__(self, "detail", writable(self.detail))
        object.__setattr__(self, "url", None if self.url is None else writable(self.url))
        identity = reject_id(self.source, self.url, self.captured_at, self.capture_digest)
        object.__setattr__(self, "reject_id", identity)


def writable(text: str) -> str:
    r"""Text that UTF-8 can write: lone surrogates become `\udc80`. The quarantine must never be what sinks a run."""
    return text.encode("utf-8", "backslashreplace").decode()


def reject_id(source: str, url: str | None, captured_at: datetime, digest: str) -> str:
    """Identity of a rejection: that of its capture. 32 hex characters."""
    identity = "\x1e".join([source, writable(url or ""), captured_at.astimezone(UTC).isoformat(), digest])
    return hashlib.sha256(identity.encode()).hexdigest()[:32]


def invalid_record(article: Article, provenance: Provenance, detail: str) -> Reject:
    """The rejection of an article that does not fit the schema (L01); nothing of it is taken on trust."""
    captured_at: object = provenance.captured_at
    if not isinstance(captured_at, datetime):
        raise NewslakeError(f"The capture of {article.url} has no time", "This is a bug: please report it.")
    return Reject(
        source=article.source,
        url=_text(article.url),
        captured_at=captured_at if captured_at.tzinfo else captured_at.replace(tzinfo=UTC),
        reason=RejectReason.INVALID_RECORD,
        detail=detail,
        layout=_text(article.layout),
        parser_version=_number(article.parser_version),
        capture_uri=_text(provenance.capture_uri),
        capture_offset=_number(provenance.capture_offset, 63),
        capture_length=_number(provenance.capture_length, 63),
        capture_digest=str(_text(provenance.capture_digest)),
        http_status=_number(provenance.http_status),
        mode=str(_text(provenance.mode)),
        run_id=str(_text(provenance.run_id)),
    )


def _text(value: object) -> str | None:
    return None if value is None else writable(str(value))


def _number(value: object, bits: int = 31) -> int | None:
    """A value that fits a signed integer column, None for others."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**bits else None


def with_seen_times(rejects: Any) -> Any:
    """The rows of a rejects partition, each with the first and last capture time of its page."""
    for name, times in zip(SEEN_TIMES, _seen_times(rejects), strict=True):
        rejects = rejects.set_column(rejects.schema.get_field_index(name), rejects.schema.field(name), times)
    return rejects


def wrong_seen_times(rejects: Any) -> Iterator[str]:
    """Columns that do not say what follows from the rows; null, from before there were these columns, is not wrong."""
    for name, times in zip(SEEN_TIMES, _seen_times(rejects), strict=True):
        if not pc.all(pc.equal(rejects[name], times), min_count=0).as_py():
            yield name


def _seen_times(rejects: Any) -> tuple[Any, Any]:
    """First and last time by row. Captures are of one page if their address is the same, without one their bytes."""
    pages = pc.coalesce(rejects["url"], rejects["capture_digest"])
    table = pa.table({"page": pages, "at": rejects["captured_at"]})
    ends = table.group_by("page").aggregate([("at", "min"), ("at", "max")])
    places = pc.index_in(pages, value_set=ends["page"].combine_chunks())
    return ends["at_min"].take(places), ends["at_max"].take(places)
