"""Articles, provenance and rejections of an invented newspaper, for tests of the lake."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from infra.lake.accounts import ListsRead, write_account
from infra.lake.changes import Changes
from infra.lake.fetches import Fetch
from infra.lake.rejects import Reject
from infra.store.object_store import ObjectStore
from parsers.record.article import Article, Block, BlockType, Fidelity, Image, Provenance, article_id, content_digest
from parsers.record.capture import CaptureIdentity
from parsers.record.outcome import RejectReason

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
SOURCE = "gazette"
Landed = tuple[Article, Provenance]


def article(number: int = 0, **changes: Any) -> Article:
    """Article `number` of the paper, published at minute `number` after noon unless told otherwise."""
    source = changes.pop("source", SOURCE)
    title = changes.pop("title", f"Ferry {number} leaves late")
    blocks = (Block(BlockType.LEAD, f"The boat {number} waited."), Block(BlockType.PARAGRAPH, "Fog."))
    body = changes.pop("body", blocks)
    url = changes.pop("url", f"https://gazette.example/news/{number}")
    values: dict[str, Any] = {
        "source": source,
        "article_id": article_id(source, url, title, body),
        "url": url,
        "canonical_url": url,
        "title": title,
        "body": body,
        "authors": ("Ann Ode", "Bo Lund"),
        "published_at": NOON + timedelta(minutes=number),
        "images": (Image("https://gazette.example/boat.jpg", "The boat", None),),
        "word_count": 5,
        "content_digest": content_digest(title, body),
        "fidelity": Fidelity.HTML,
        "parser": f"parsers.sources.{source}",
        "parser_version": 1,
        "layout": "2024-01",
    }
    return Article(**(values | changes))


def provenance(number: int = 0, **changes: Any) -> Provenance:
    """Where article `number` comes from: the record at its own offset of one WARC, captured two hours after noon."""
    captured_at = changes.pop("captured_at", NOON + timedelta(hours=2))
    values: dict[str, Any] = {
        "captured_at": captured_at,
        "captured_at_basis": "live",
        "first_captured_at": captured_at,
        "capture_uri": f"raw/source={SOURCE}/date=2024-05-01/r1-w0-0.warc.gz",
        "capture_offset": number * 1000,
        "capture_length": 900,
        "capture_digest": f"sha256:{number:064x}",
        "http_status": 200,
        "mode": "live",
        "run_id": "20240501T140000-a",
    }
    return Provenance(**(values | changes))


def broken(number: int = 0, **changes: Any) -> Landed:
    """Article and provenance `number` with values that no parser should give; digests stay as they were."""
    good, record = landed(number)
    of_article = {name: value for name, value in changes.items() if name in Article.__dataclass_fields__}
    of_provenance = {name: value for name, value in changes.items() if name not in of_article}
    return replace(good, **of_article), replace(record, **of_provenance)


def landed(number: int = 0, **changes: Any) -> Landed:
    """Article and provenance `number`; each change goes to the one that has the field."""
    of_article = {name: value for name, value in changes.items() if name in Article.__dataclass_fields__}
    of_provenance = {name: value for name, value in changes.items() if name not in of_article}
    return article(number, **of_article), provenance(number, **of_provenance)


def rejected(number: int = 0, **changes: Any) -> Reject:
    """The rejection of the very capture of `landed(number)`."""
    capture = provenance(number)
    values: dict[str, Any] = {
        "source": SOURCE,
        "url": f"https://gazette.example/news/{number}",
        "captured_at": capture.captured_at,
        "reason": RejectReason.LAYOUT,
        "detail": "no layout matches",
        "parser_version": 1,
        "capture_uri": capture.capture_uri,
        "capture_offset": capture.capture_offset,
        "capture_length": capture.capture_length,
        "capture_digest": capture.capture_digest,
        "http_status": 200,
        "mode": "live",
        "run_id": "20240501T140000-a",
    }
    return Reject(**(values | changes))


def capture_of(number: int = 0) -> CaptureIdentity:
    """The capture of `landed(number)`, wherever it lies."""
    record = provenance(number)
    return CaptureIdentity(article(number).url, record.captured_at, record.capture_digest)


def asked(store: ObjectStore, source: str, day: date, *, landed: int = 1, pending: int = 0, whole: bool = True) -> None:
    """The account that a live run leaves after the end of a day."""
    at = datetime.combine(day, time(), UTC) + timedelta(days=1)
    rows = [
        Fetch(
            source=source,
            url=f"https://{source}.example/{number}",
            listed_at=at,
            outcome="landed" if number < landed else "pending",
            article_id=str(number) if number < landed else None,
        )
        for number in range(landed + pending)
    ]
    with Changes(store) as changes:
        write_account(changes, source, day.isoformat(), rows, lists=ListsRead(at, at if whole else None))
