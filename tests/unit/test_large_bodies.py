"""Bodies that are too large: bombs (F16), announced lengths (F23), pages above the cap (F34), many at a time."""

import gzip
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from infra.intake.web.fetching import FetchReason
from tests.bodies import chunked, coded, fetch, reason_of
from tests.http_clients import MAX_BYTES, came, client_for
from tests.raw_server import RawServer, Reply, answer, raw_server

ROOT = Path(__file__).parents[2]


# Asks at once for all addresses that it is given, and prints what it got, then the most memory that it had, in MB.
FETCH_ALL = f"""
import resource, sys
from concurrent.futures import ThreadPoolExecutor
sys.path.insert(0, {str(ROOT)!r})
from infra.base.settings import Settings
from infra.intake.web.addresses import AddressPolicy
from infra.intake.web.fetching import FetchError
from tests.http_clients import DirectClient
allowed, *urls = sys.argv[1:]
settings = Settings(allowed_private_hosts=allowed, request_deadline_seconds=60, max_page_bytes=1 << 20)
def fetch(url):
    try:
        return len(client.get(url).body)
    except FetchError as error:
        return error.reason.value, len(error.answer.body)
with DirectClient(settings, AddressPolicy(settings)) as client:
    print(*ThreadPoolExecutor(len(urls)).map(fetch, urls), sep="\\n")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def fetched_with(server: RawServer, *paths: str) -> tuple[set[str], int]:
    """What a client in a process of its own gets for these paths, all at once; and its memory in MB."""
    # By a shell in between: Linux counts the memory of whoever forked as the child's own.
    command = ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", FETCH_ALL, server.allowed]
    command += [f"{server.url}{path}" for path in paths]
    *got, megabytes = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return set(got), int(megabytes)


def bomb(size: int, window: int = 31) -> bytes:
    deflate = zlib.compressobj(1, wbits=window)
    return b"".join(deflate.compress(bytes(1 << 20)) for _ in range(size >> 20)) + deflate.flush()


def test_f16_thirty_bombs_of_100_mb_at_once_take_less_than_150_mb_of_memory() -> None:
    large, deflated = bomb(100 << 20), bomb(100 << 20, 15)
    kinds: list[Reply] = [
        coded(large, "gzip"),
        answer(large),
        coded(deflated, "deflate"),
        answer(large, "Content-Encoding: gzip", "Location: /0", status="302 Found"),
        answer(large, "Content-Encoding: gzip", status="404 Not Found"),
    ]
    replies = {f"/{number}": kinds[number % len(kinds)] for number in range(30)}
    with raw_server(replies) as server:
        got, megabytes = fetched_with(server, *replies)
    assert got == {"('status', 0)", "('too_large', 0)"}
    assert megabytes < 150


def test_f23_a_length_of_5_gb_is_refused_before_reading() -> None:
    error = reason_of(answer(b"x", "Content-Length: 5368709120", length=False))
    assert (error.reason, came(error).body) == (FetchReason.TOO_LARGE, b"")
    assert "5,368,709,120" in error.detail


@pytest.mark.parametrize("body", [b"x" * (MAX_BYTES + 1), b"x" * (3 * MAX_BYTES)])
def test_f34_pages_above_the_cap_are_refused_and_at_it_are_not(body: bytes) -> None:
    for reply in (answer(body), answer(body, length=False), chunked(body), coded(gzip.compress(body, mtime=0), "gzip")):
        error = reason_of(reply)
        assert (error.reason, came(error).body) == (FetchReason.TOO_LARGE, b"")
    exact = body[:MAX_BYTES]
    assert fetch(answer(exact)).body == fetch(coded(gzip.compress(exact, mtime=0), "gzip")).body == exact


def test_r03_the_beginning_of_a_larger_body_is_taken_where_that_is_asked_for() -> None:
    body = b"x" * 1000
    replies = [
        answer(body),
        answer(body, length=False),
        chunked(body),
        coded(gzip.compress(body, mtime=0), "gzip"),
        answer(body[:9]),
    ]
    for reply in replies:
        with raw_server(reply) as server, client_for(server) as client:
            assert client.get(server.url, max_bytes=9, cut=True).body == body[:9]
