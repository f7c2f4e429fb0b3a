"""Bodies that are too large: bombs (F16), announced lengths (F23), pages above the cap (F34), many at a time."""

import gzip
import subprocess
import sys
import time
import zlib
from contextlib import ExitStack
from pathlib import Path

import pytest

from infra.intake.web.fetching import FetchReason
from infra.intake.web.http_body import LARGE_AT_ONCE, MAX_GZIP_MEMBERS, LargeBodies
from tests.bodies import chunked, coded, fetch, reason_of
from tests.http_clients import MAX_BYTES, client_for
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
from infra.intake.web.http import HttpClient
allowed, *urls = sys.argv[1:]
policy = AddressPolicy.from_settings(Settings(allowed_private_hosts=allowed))
def fetch(url):
    try:
        return len(client.get(url).body)
    except FetchError as error:
        return error.reason.value, len(error.body)
with HttpClient(policy, user_agent="newslake/test", deadline_seconds=60, max_bytes=10 << 20) as client:
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


def test_f16_bombs_of_300_mb_take_less_than_150_mb_of_memory() -> None:
    large, deflated = bomb(300 << 20), bomb(300 << 20, 15)
    replies: dict[str, Reply] = {
        "/gzip": coded(large, "gzip"),
        "/file": answer(large),
        "/deflate": coded(deflated, "deflate"),
        "/redirect": answer(large, "Content-Encoding: gzip", "Location: /gzip", status="302 Found"),
        "/error": answer(large, "Content-Encoding: gzip", status="404 Not Found"),
    }
    with raw_server(replies) as server:
        for path in replies:
            got, megabytes = fetched_with(server, path)
            assert got == {"('status', 0)" if path == "/error" else "('too_large', 0)"}
            assert megabytes < 150, path


def test_f16_thirty_bombs_at_once_take_less_than_150_mb_of_memory() -> None:
    """One after the other has opened 10 MB by the time that it is known for one; all at once would be 300 MB."""
    paths = [f"/{number}" for number in range(30)]
    with raw_server(coded(bomb(100 << 20), "gzip")) as server:
        got, megabytes = fetched_with(server, *paths)
        assert got == {"('too_large', 0)"}
        assert megabytes < 150
        assert sorted(server.paths()) == sorted(paths)


def test_large_bodies_wait_for_each_other_until_their_deadline() -> None:
    large = LargeBodies()
    with ExitStack() as reading:
        for _ in range(LARGE_AT_ONCE):
            take_turn = reading.enter_context(large.turn(time.monotonic()))
            take_turn()
            take_turn()  # which it has already
        with large.turn(time.monotonic() + 0.01) as take_turn, pytest.raises(TimeoutError, match="other large answers"):
            take_turn()
    with ExitStack() as reading:  # those that waited in vain have none to give back
        for _ in range(LARGE_AT_ONCE):
            reading.enter_context(large.turn(time.monotonic()))()
        with large.turn(time.monotonic()) as take_turn, pytest.raises(TimeoutError):
            take_turn()


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_f16_bombs_in_codings_that_were_not_asked_for_are_not_opened(coding: str) -> None:
    assert reason_of(coded(b"\x28\xb5\x2f\xfd" + bytes(100), coding)).reason is FetchReason.ENCODING


def test_f16_a_million_empty_gzip_members_do_not_keep_the_processor_busy() -> None:
    error = reason_of(coded(gzip.compress(b"", mtime=0) * (MAX_BYTES // 20 - 1), "gzip"))
    assert error.reason is FetchReason.ENCODING
    assert f"{MAX_GZIP_MEMBERS:,} gzip members" in error.detail


def test_f23_a_length_of_5_gb_is_refused_before_reading() -> None:
    error = reason_of(answer(b"x", "Content-Length: 5368709120", length=False))
    assert (error.reason, error.body) == (FetchReason.TOO_LARGE, b"")
    assert "5,368,709,120" in error.detail


@pytest.mark.parametrize("body", [b"x" * (MAX_BYTES + 1), b"x" * (3 * MAX_BYTES)])
def test_f34_pages_above_the_cap_are_refused_and_at_it_are_not(body: bytes) -> None:
    for reply in (answer(body), answer(body, length=False), chunked(body), coded(gzip.compress(body, mtime=0), "gzip")):
        error = reason_of(reply)
        assert (error.reason, error.body) == (FetchReason.TOO_LARGE, b"")
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
