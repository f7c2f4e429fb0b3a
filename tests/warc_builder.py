"""Archives for tests, written by hand: the libraries refuse to write what tests of bad input need."""

import base64
import gzip
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

HTML = b"<!doctype html><html><body><p>Rain in Bergen</p></body></html>"
HTML_TYPE = ("Content-Type", "text/html; charset=utf-8")


def answer(
    body: bytes = HTML,
    *,
    status: str = "200 OK",
    headers: Iterable[tuple[str, str]] = (HTML_TYPE,),
    protocol: str = "HTTP/1.1",
    newline: str = "\r\n",
) -> bytes:
    head = [f"{protocol} {status}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return newline.join(head).encode("latin-1") + body


def record(
    block: bytes,
    *,
    kind: str = "response",
    uri: str | None = "https://news.example/story/1",
    date: str | None = "2017-05-10T11:50:00Z",
    fields: Iterable[tuple[str, str]] = (),
    length: int | None = None,
    digest: bool = False,
) -> bytes:
    """A WARC record, not gzipped; None leaves a field out, `length` is a Content-Length that is to be wrong."""
    lines = ["WARC/1.0", f"WARC-Type: {kind}", "WARC-Record-ID: <urn:uuid:6a0e0fb2-0000-4000-8000-000000000000>"]
    if uri is not None:
        lines.append(f"WARC-Target-URI: {uri}")
    if date is not None:
        lines.append(f"WARC-Date: {date}")
    if digest:
        lines.append(f"WARC-Block-Digest: {sha1(block)}")
    lines += [f"{name}: {value}" for name, value in fields]
    lines.append(f"Content-Length: {len(block) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


def gzipped(records: Iterable[bytes]) -> bytes:
    return b"".join(gzip.compress(one, mtime=0) for one in records)


def sha1(content: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def arc(pages: Iterable[tuple[str, bytes]], moment: datetime = datetime(2007, 5, 10, tzinfo=UTC)) -> list[bytes]:
    """The records of an ARC 1.0 file: its head and pages, not gzipped."""
    head = b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n"
    stamp = f"{moment:%Y%m%d%H%M%S}"
    records = [f"filedesc://test.arc 0.0.0.0 {stamp} text/plain {len(head)}\n".encode() + head + b"\n"]
    for url, block in pages:
        records.append(f"{url} 192.0.2.1 {stamp} text/html {len(block)}\n".encode() + block + b"\n")
    return records
