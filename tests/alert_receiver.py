"""A server that takes alerts as Slack does, and keeps what it was told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import override

from tests.servers import wait_for


class AlertReceiver(ThreadingHTTPServer):
    """Takes JSON at any path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[dict[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/alerts"

    def wait_for(self, subject: str, text: str = "", seconds: float = 60) -> dict[str, str]:
        """The first alert with these words, once it has come."""

        def found() -> list[dict[str, str]]:
            return [each for each in self.told if subject in each["subject"] and text in each["body"]]

        wait_for(f"an alert on {subject}", seconds, found, lambda: str(self.told))
        return found()[0]


class _Handler(BaseHTTPRequestHandler):
    server: AlertReceiver

    def do_POST(self) -> None:
        self.server.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def alert_receiver() -> Iterator[AlertReceiver]:
    """A receiver that runs."""
    with AlertReceiver() as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        yield receiver
        receiver.shutdown()
