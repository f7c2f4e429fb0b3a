"""Answers of every coding and framing, and what the client makes of them."""

import gzip
import sys
import zlib
from collections.abc import Callable, Mapping
from typing import Final

import brotli
import pytest

from infra.intake.web.fetching import Answer, FetchError
from tests.http_clients import client_for
from tests.raw_server import Reply, answer, raw_server

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACK: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "gzip": lambda content: gzip.compress(content, mtime=0),
    "deflate": zlib.compress,
    "br": lambda content: brotli.compress(content, quality=5),  # 11 takes seconds
    "zstd": zstd.compress,
}
PAGE = b"<html><body>" + b"<p>News of the day.</p>" * 2000 + b"</body></html>"
RAW_DEFLATE = zlib.compressobj(wbits=-15)
RAW = RAW_DEFLATE.compress(PAGE) + RAW_DEFLATE.flush()


def fetch(reply: Reply) -> Answer:
    with raw_server(reply) as server, client_for(server) as client:
        return client.get(server.url)


def reason_of(reply: Reply) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(reply)
    return caught.value


def coded(body: bytes, coding: str, *headers: str) -> bytes:
    return answer(body, f"Content-Encoding: {coding}", *headers)


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", headers: tuple[str, ...] = ()) -> bytes:
    head = answer(b"", "Transfer-Encoding: chunked", *headers, length=False)
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end
