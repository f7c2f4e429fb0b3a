"""Pages that a CDX index names, got from the archive behind it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Final, Protocol

from infra.archive.http_payload import MAX_HEAD_BYTES
from infra.archive.raw_index import Pointer
from infra.intake.archives.archived_pages import read_archive
from infra.intake.cdx.formats import CdxCapture, instant_of, timestamp_of
from infra.intake.files.input_types import Input, Kept, Unreadable
from infra.intake.web.addresses import own_host
from infra.intake.web.fetching import Answer, FetchError, FetchReason, page_capture
from parsers.fields.urls import address_key
from parsers.record.capture import Capture, CapturedAtBasis

PARTIAL_CONTENT: Final = 206
REPLAYED: Final = re.compile(r"/([0-9]{14})id_/(.+)")
OF_THE_PAGE: Final = "x-archive-orig-"  # Wayback's prefix for the headers that the page came with


class Client(Protocol):
    """What asks: `infra.intake.web.polite_client.PoliteClient`, or a fake of it."""

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = {},
        max_bytes: int | None = None,
        hosts: tuple[str, ...] | None = None,
    ) -> Answer:
        """Ask for an address; FetchError where it gives no whole answer."""
        ...


def get_page(capture: CdxCapture, pages_url: str, max_page_bytes: int, client: Client) -> Capture:
    """The page of a capture, as it was; FetchError, ARCHIVE_DAMAGED where the archive has it no more, or not whole."""
    if capture.place:
        page = _from_warc(capture, capture.place, pages_url, max_page_bytes, client)
    else:
        page = _replayed(capture, pages_url, max_page_bytes, client)
    if address_key(page.url) != address_key(capture.url):
        raise FetchError(FetchReason.ARCHIVE_DAMAGED, f"the record of {capture.url} is one of {page.url}")
    return page


def _replayed(capture: CdxCapture, pages_url: str, max_page_bytes: int, client: Client) -> Capture:
    """From a Wayback Machine: `id_` after the time asks for the bytes as they were archived."""
    url = f"{pages_url}{timestamp_of(capture.captured_at)}id_/{capture.original}"
    answer = client.get(url, max_bytes=max_page_bytes, hosts=own_host(pages_url))
    captured_at, original = _replayed_capture(answer.final_url)
    page = page_capture(original, answer, captured_at, CapturedAtBasis.WARC, truncated=answer.maybe_truncated)
    prefix = len(OF_THE_PAGE)
    headers = ((name, value) for name, value in answer.headers if name.lower().startswith(OF_THE_PAGE))
    own_headers = tuple((name[prefix:], value) for name, value in headers)
    return replace(page, http_headers=own_headers, request_headers=(), final_url=None)


def _from_warc(capture: CdxCapture, place: Pointer, pages_url: str, max_page_bytes: int, client: Client) -> Capture:
    """From a WARC file: one ranged GET of its record."""
    url = f"{pages_url}{place.uri}"
    try:
        answer = client.get(
            url,
            headers={"Range": f"bytes={place.offset}-{place.offset + place.length - 1}"},
            max_bytes=max_page_bytes + MAX_HEAD_BYTES,
            hosts=own_host(pages_url),
        )
    except FetchError as error:
        if error.reason is FetchReason.ENCODING:  # the record's own gzip: nobody encoded it for the way
            raise FetchError(FetchReason.ARCHIVE_DAMAGED, f"{url}: {error.detail}") from error
        raise
    if answer.status != PARTIAL_CONTENT:
        raise FetchError(FetchReason.PROTOCOL, f"{url} is given as a whole: its server knows no ranges")
    known = Input(url, place.length, capture.captured_at, CapturedAtBasis.WARC)
    page = next(read_archive(BytesIO(answer.body), known, max_page_bytes), None)
    page = page.page if isinstance(page, Kept) else page
    if not isinstance(page, Capture):
        detail = f"{page.reason}: {page.detail}" if isinstance(page, Unreadable) else "no page in it"
        raise FetchError(FetchReason.ARCHIVE_DAMAGED, f"{url} at byte {place.offset}: {detail}")
    return replace(page, captured_at=capture.captured_at, captured_at_basis=CapturedAtBasis.WARC)


def _replayed_capture(final_url: str) -> tuple[datetime, str]:
    """Time and address of the capture that a Wayback Machine gave: the nearest one to what was asked for."""
    replayed = REPLAYED.search(final_url)
    captured_at = instant_of(replayed[1]) if replayed else None
    if replayed and captured_at:
        return captured_at, replayed[2]
    raise FetchError(FetchReason.ARCHIVE_DAMAGED, f"the archive gives no capture, but {final_url}")
