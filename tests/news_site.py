"""A site of two hosts on loopback whose pages a test writes down, with validators, reached by the real HTTP client."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from infra.base.settings import Settings
from infra.intake.web.polite_client import PoliteClient
from tests.servers import Answer, scripted_server

HOSTS = ("news.example", "feeds.example")


@dataclass
class NewsSite:
    """Pages by host and path (`news.example/feed`), and what was asked for."""

    pages: dict[str, bytes | Answer | Callable[[], bytes]] = field(default_factory=dict)
    asked: list[tuple[int, str]] = field(default_factory=list)  # status and place, robots files left out
    validators: bool = True  # whether answers carry an ETag and conditional requests are understood

    def answer(self, _method: str, path: str, headers: Mapping[str, str], _body: bytes) -> Answer:
        place = headers["Host"] + path
        said = self._said(place, headers)
        if path != "/robots.txt":
            self.asked.append((said.status, place))
        return said

    def _said(self, place: str, headers: Mapping[str, str]) -> Answer:
        page = self.pages.get(place)
        if page is None:
            return Answer(404, b"no such page")
        if isinstance(page, Answer):
            return page
        body = page if isinstance(page, bytes) else page()
        if not self.validators:
            return Answer(200, body)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if headers.get("If-None-Match") == etag:
            return Answer(304, headers={"ETag": etag})
        return Answer(200, body, {"ETag": etag, "Last-Modified": "Fri, 03 May 2024 12:00:00 GMT"})

    def forget(self) -> None:
        self.asked.clear()


@contextmanager
def news_site() -> Iterator[tuple[NewsSite, PoliteClient]]:
    """The site and a client that reaches it by the names of its hosts, without pauses."""
    site = NewsSite()
    with scripted_server(site.answer) as server:
        origins = ",".join(f"{host}={server.endpoint}" for host in HOSTS)
        settings = Settings(origins=origins, host_interval_seconds=0, request_deadline_seconds=10)
        with PoliteClient.open(settings) as client:
            yield site, client
