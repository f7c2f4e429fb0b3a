"""Captures of invented pages, and how tests of the raw layer archive them."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from infra.archive.raw_archive import ArchivedCapture, Pointer, RawArchive
from infra.store.object_store import ObjectStore
from parsers.record.capture import Capture, CapturedAtBasis, MediaType

MOMENT = datetime(2017, 5, 10, 11, 50, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)
LONG = b"<html><p>" + b"Berlin. " * 4000  # enough to be kept once
any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)  # lone surrogates too
any_capture = st.builds(
    Capture,
    body=st.binary(max_size=2000),
    media_type=st.sampled_from(MediaType),
    captured_at=st.datetimes(timezones=st.just(UTC)),
    captured_at_basis=st.sampled_from(CapturedAtBasis),
    url=st.none() | st.just("https://news.example/a b") | any_text,
    source=st.none() | st.just("tass"),
    http_status=st.none() | st.integers(100, 599),
    http_charset=st.none() | any_text,
    http_headers=st.lists(st.tuples(any_text, any_text), max_size=4).map(tuple),
    request_headers=st.lists(st.tuples(any_text, any_text), max_size=4).map(tuple),
    final_url=st.none() | st.just("https://news.example/moved"),
    truncated=st.booleans(),
)


def page(number: int = 0, *, at: datetime = MOMENT, body: bytes = b"<html><p>Berlin") -> Capture:
    """Capture of page `number`, live, with headers that say more than is true of the body."""
    return Capture(
        body=body,
        media_type=MediaType.HTML,
        captured_at=at,
        captured_at_basis=CapturedAtBasis.LIVE,
        url=f"https://news.example/story/{number}",
        http_status=200,
        http_charset="utf-8",
        http_headers=(
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Encoding", "gzip"),
            ("X", "1"),
            ("X", "2"),
        ),
    )


def add(raw: RawArchive, *captures: Capture, run: str = "run1", source: str = "tass") -> list[ArchivedCapture]:
    return raw.add([(source, capture) for capture in captures], run_id=run, worker="w0")


def index_of(store: ObjectStore, pointer: Pointer) -> bytes:
    """The index that stands beside the WARC of a capture."""
    stored = store.get(pointer.uri.replace(".warc.gz", ".cdxj"))
    assert stored
    return stored.body
