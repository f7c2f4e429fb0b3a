"""A small web archive with a CDX index, for tests: its answers, be it behind a server or a fake client."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from typing_extensions import override

from infra.intake.web.fetching import Answer as Fetched
from infra.intake.web.fetching import FetchError, FetchReason
from infra.intake.web.polite_client import PoliteClient
from tests.servers import Answer
from tests.warc_builder import HTML

FETCHED_AT = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = ["timestamp", "original", "mimetype", "statuscode"]


@dataclass(frozen=True)
class Line:
    url: str
    timestamp: str
    body: bytes = HTML
    status: str = "200"
    mime: str = "text/html"


@dataclass
class CdxArchive:
    """Answers for paths. `requests`: what was asked; `page_lines`: how many lines a page of the index has."""

    lines: list[Line] = field(default_factory=list)
    page_lines: int = 100
    requests: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.requests.append(path)
        parts = urlsplit(path)
        asked = dict(parse_qsl(parts.query))
        if parts.path == "/robots.txt":
            return Answer(404)
        if parts.path == "/cdx/search/cdx":
            return self._wayback(asked)
        if replayed := re.fullmatch(r"/web/(\d{14})id_/(.+)", path):
            return self._replayed(*replayed.groups())
        return Answer(404)

    def _wayback(self, asked: Mapping[str, str]) -> Answer:
        assert (asked["matchType"], asked["output"]) == ("domain", "json")
        assert (asked["filter"], asked["collapse"], asked["showResumeKey"]) == ("statuscode:200", "urlkey", "true")
        of_host = re.compile(rf"https?://([^/]*\.)?{re.escape(asked['url'])}[:/]")
        matching = [
            line
            for line in sorted(self.lines, key=lambda line: (line.url, line.timestamp))
            if of_host.match(line.url) and asked["from"] <= line.timestamp <= asked["to"] and line.status == "200"
        ]
        rows = list({line.url: line for line in reversed(matching)}.values())[::-1]
        start = int(asked.get("resumeKey", "0"))
        end = start + min(int(asked["limit"]), self.page_lines)
        shown: list[list[str]] = [[line.timestamp, line.url, line.mime, line.status] for line in rows[start:end]]
        tail: list[list[str]] = [[], [str(end)]] if end < len(rows) else []
        return Answer(200, json.dumps([COLUMNS, *shown, *tail] if shown else []).encode())

    def _replayed(self, timestamp: str, url: str) -> Answer:
        """The very capture, else a redirect to the nearest one."""
        of_url = [line for line in self.lines if line.url == url]
        if not of_url:
            return Answer(404)
        nearest = min(of_url, key=lambda line: abs(int(line.timestamp) - int(timestamp)))
        if nearest.timestamp != timestamp:
            return Answer(302, b"", {"Location": f"/web/{nearest.timestamp}id_/{url}"})
        headers = {"Content-Type": "text/html; charset=koi8-r", "X-Archive-Orig-Server": "nginx"}
        return Answer(200, nearest.body, headers)


@dataclass
class DirectClient(PoliteClient):
    """Asks an archive without a network, as `PoliteClient` would."""

    archive: CdxArchive
    limits: list[int | None] = field(default_factory=list)
    hosts: list[tuple[str, ...] | None] = field(default_factory=list)

    @override
    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = {},
        max_bytes: int | None = None,
        hosts: tuple[str, ...] | None = None,
        **_: Any,
    ) -> Fetched:
        self.limits.append(max_bytes)
        self.hosts.append(hosts)
        path = "/" + url.split("/", 3)[3]
        said = self.archive.answer("GET", path, headers, b"")
        if said.status == 302:
            target = url.split("/web/", maxsplit=1)[0] + (said.headers or {})["Location"]
            answer = self.get(target, headers=headers, max_bytes=max_bytes, hosts=hosts)
            return Fetched(url, answer.final_url, answer.status, answer.headers, answer.body, FETCHED_AT)
        if said.status >= 400:
            raise FetchError(FetchReason.STATUS, f"status {said.status}", status=said.status)
        return Fetched(url, url, said.status, tuple((said.headers or {}).items()), said.body, FETCHED_AT)
