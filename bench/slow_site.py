"""A site for measurements, in a process of its own: every page after 20 ms, and the times at which it was asked.

`python -m bench.slow_site` prints its port, and ends with its standard input.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

LATENCY_SECONDS = 0.02
PAGE = (
    b"<!DOCTYPE html><html><body>" + b"<p>A paragraph of a page.</p>\n" * 8500 + b"</body></html>"
)  # 255 KB, the median
LOG = "/asked.json"


@contextmanager
def slow_site() -> Iterator[str]:
    """The site, running; its address `http://127.0.0.1:<port>`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.slow_site"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.communicate(timeout=30)  # closes its standard input


async def _serve() -> None:
    asked: dict[str, list[float]] = defaultdict(list)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                came = time.monotonic()
                path = head.split(" ", 2)[1]
                host = next(line[5:].strip() for line in head.split("\r\n") if line.lower().startswith("host:"))
                status, body = b"200 OK", PAGE
                if path == LOG:
                    body = json.dumps(asked).encode()
                else:
                    asked[host].append(came)
                    await asyncio.sleep(LATENCY_SECONDS)
                if path == "/robots.txt":
                    status, body = b"404 Not Found", b"none"
                writer.write(
                    b"HTTP/1.1 %b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
                    % (status, len(body))
                )
                writer.write(body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
