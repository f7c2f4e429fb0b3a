"""A large file at a web server, read by ranges: each one whole, and of the version of the file that was seen first."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import BinaryIO, Final, cast

from infra.base.errors import NewslakeError
from infra.base.settings import load_settings
from infra.intake.files.input_types import RemotePart
from infra.intake.files.ranges import Ranges
from infra.intake.web.addresses import own_host
from infra.intake.web.fetching import FetchError, FetchReason, Headers
from infra.intake.web.polite_client import MAY_PASS, PoliteClient

# At a request a second, as the settings say, 16 MB a second; the deadline of 30 s asks for 0.5 MB a second.
RANGE_BYTES: Final = 16 << 20
# Failures in a row that gave no byte, with a longer pause after each: a minute in all, or what Retry-After asks for.
# One more, and the client takes the host to be down (`infra.intake.web.politeness.DOWN_AFTER`).
TRIES: Final = 8
CONTENT_RANGE: Final = re.compile(r"bytes (\d{1,13})-(\d{1,13})/(\d{1,13})")  # 10 TB: a server states what it likes
REMEDIES: Final[Mapping[int, str]] = {
    HTTPStatus.OK: "The server knows no ranges: name another by NEWSLAKE_COMMON_CRAWL_URL.",
    HTTPStatus.FORBIDDEN: "The server turns you away: wait a day, or set NEWSLAKE_HOST_INTERVAL_SECONDS higher.",
    HTTPStatus.NOT_FOUND: "Check the days and NEWSLAKE_COMMON_CRAWL_URL.",
    HTTPStatus.PRECONDITION_FAILED: "The file was replaced while it was read: run this again.",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "The file was replaced while it was read: run this again.",
}
AGAIN: Final = "Run this again later: it goes on where it stopped."


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file at a server that knows ranges."""

    url: str
    size: int
    etag: str  # empty where the server gives none that tells versions apart


@contextmanager
def open_part(url: str, part: RemotePart) -> Iterator[BinaryIO]:
    """A file as a seekable stream, of which little beyond the part will be read."""
    file = RemoteFile(url, part.file_bytes, part.etag)
    with PoliteClient.open(load_settings()) as client:
        stream = Ranges(partial(read_range, file, client), file.size, RANGE_BYTES, end=part.end)
        yield cast("BinaryIO", stream)


def look_up(url: str, client: PoliteClient) -> RemoteFile:
    """Size and version of a file, by asking for its first byte; FetchError if there is none."""
    answer = client.get(url, headers=_headers(0, 0), max_bytes=1, hosts=own_host(url))
    found = _content_range(answer.headers)
    if answer.status != HTTPStatus.PARTIAL_CONTENT or found is None:
        raise FetchError(FetchReason.PROTOCOL, "an answer without Content-Range", status=HTTPStatus.OK)
    etag = answer.header("etag") or ""
    return RemoteFile(url, found[2], "" if etag.startswith("W/") else etag)


def read_range(file: RemoteFile, client: PoliteClient, start: int, length: int) -> bytes:
    """Bytes of a file, all of them: after a dropped connection, the next request begins where it broke."""
    content = bytearray()
    failures = 0
    while len(content) < length:
        first, last = start + len(content), start + length - 1
        headers = _headers(first, last) | ({"If-Match": file.etag} if file.etag else {})
        try:
            answer = client.get(
                file.url, headers=headers, max_bytes=last - first + 1, hosts=own_host(file.url), tries=1
            )
            given, came = answer.headers, answer.body
        except FetchError as error:
            given, came = error.headers, error.body if error.status == HTTPStatus.PARTIAL_CONTENT else b""
            failures = 0 if came else failures + 1
            if error.reason not in MAY_PASS or failures == TRIES:
                raise explained(error, file.url) from error
        if came and _content_range(given) != (first, last, file.size):
            raise NewslakeError(f"{file.url} gives other bytes than those that were asked for", AGAIN)
        content += came
    return bytes(content)


def explained(error: FetchError, url: str) -> NewslakeError:
    """What a failure means for the whole command."""
    return NewslakeError(f"{url} cannot be read ({error})", REMEDIES.get(error.status or 0, AGAIN))


def _headers(first: int, last: int) -> dict[str, str]:
    return {"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}


def _content_range(headers: Headers) -> tuple[int, int, int] | None:
    """First byte, last byte and size of the file that an answer states."""
    stated = next((value for name, value in headers if name.lower() == "content-range"), "")
    found = CONTENT_RANGE.fullmatch(stated.strip())
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
