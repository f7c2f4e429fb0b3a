"""A small web archive with both kinds of CDX index, for tests: its answers, be it behind a server or a fake client."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from infra.intake.web.fetching import Answer as Fetched
from infra.intake.web.fetching import FetchError, FetchReason
from tests.servers import Answer
from tests.warc_builder import HTML, gzipped, record
from tests.warc_builder import answer as http_answer

WARC = "/crawl-data/CC-MAIN-2024-18/segments/1/warc/crawl-00000.warc.gz"
FETCHED_AT = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = ["timestamp", "original", "mimetype", "statuscode"]


@dataclass(frozen=True)
class Line:
    """A capture of the archive."""

    url: str
    timestamp: str
    body: bytes = HTML
    status: str = "200"
    mime: str = "text/html"

    @property
    def member(self) -> bytes:
        """Its WARC record, gzipped."""
        moment = datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return gzipped([record(http_answer(self.body), uri=self.url, date=f"{moment:%Y-%m-%dT%H:%M:%SZ}")])


@dataclass
class CdxArchive:
    """Answers for paths. `requests`: what was asked; `page_lines`: how many lines a page of the index has."""

    lines: list[Line] = field(default_factory=list)
    page_lines: int = 100
    requests: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Say what a server of this archive would."""
        self.requests.append(path)
        parts = urlsplit(path)
        asked = dict(parse_qsl(parts.query))
        if parts.path == "/robots.txt":
            return Answer(404)
        if parts.path == "/cdx/search/cdx":
            return self._wayback(asked)
        if parts.path.endswith("-index"):
            return self._common_crawl(asked)
        if parts.path == WARC:
            return self._range(headers["Range"])
        if replayed := re.fullmatch(r"/web/(\d{14})id_/(.+)", path):
            return self._replayed(*replayed.groups())
        return Answer(404)

    def place(self, number: int) -> tuple[int, int]:
        """Offset and length of a record in the WARC file."""
        return sum(len(line.member) for line in self.lines[:number]), len(self.lines[number].member)

    def _matching(self, asked: Mapping[str, str]) -> list[tuple[int, Line]]:
        host = asked["url"]
        assert (asked["matchType"], asked["output"]) == ("domain", "json")
        listed = sorted(enumerate(self.lines), key=lambda each: (each[1].url, each[1].timestamp))
        return [
            (number, line)
            for number, line in listed
            if re.match(rf"https?://([^/]*\.)?{re.escape(host)}[:/]", line.url)
            and asked["from"] <= line.timestamp <= asked["to"]
        ]

    def _wayback(self, asked: Mapping[str, str]) -> Answer:
        assert (asked["filter"], asked["collapse"], asked["showResumeKey"]) == ("statuscode:200", "urlkey", "true")
        matching = [line for _, line in self._matching(asked) if line.status == "200"]
        first = {line.url: line for line in reversed(matching)}
        rows = sorted(first.values(), key=lambda line: line.url)
        start = int(asked.get("resumeKey", "0"))
        end = start + min(int(asked["limit"]), self.page_lines)
        shown: list[list[str]] = [[line.timestamp, line.url, line.mime, line.status] for line in rows[start:end]]
        tail: list[list[str]] = [[], [str(end)]] if end < len(rows) else []
        return Answer(200, json.dumps([COLUMNS, *shown, *tail] if shown else []).encode())

    def _common_crawl(self, asked: Mapping[str, str]) -> Answer:
        assert asked["filter"] == "=status:200"
        matching = [(number, line) for number, line in self._matching(asked) if line.status == "200"]
        if not matching:
            return Answer(404, b'{"message": "No Captures found"}')
        if "showNumPages" in asked:
            count = -(-len(matching) // self.page_lines)
            return Answer(200, json.dumps({"pages": count, "pageSize": 5, "blocks": count}).encode())
        start = int(asked["page"]) * self.page_lines
        return Answer(200, b"".join(self._json_line(*each) for each in matching[start : start + self.page_lines]))

    def _json_line(self, number: int, line: Line) -> bytes:
        offset, length = self.place(number)
        fields = {"url": line.url, "timestamp": line.timestamp, "status": line.status, "mime": line.mime}
        place = {"filename": WARC.removeprefix("/"), "offset": str(offset), "length": str(length)}
        return json.dumps(fields | place).encode() + b"\n"

    def _range(self, asked: str) -> Answer:
        whole = b"".join(line.member for line in self.lines)
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", asked)
        assert found
        first, last = int(found[1]), int(found[2])
        return Answer(206, whole[first : last + 1], {"Content-Range": f"bytes {first}-{last}/{len(whole)}"})

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
class DirectClient:
    """Asks an archive without a network, as `PoliteClient` would."""

    archive: CdxArchive
    failures: dict[str, FetchError] = field(default_factory=dict)  # by beginning of the path
    maybe_truncated: bool = False
    limits: list[int | None] = field(default_factory=list)
    hosts: list[tuple[str, ...] | None] = field(default_factory=list)

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = {},
        max_bytes: int | None = None,
        hosts: tuple[str, ...] | None = None,
    ) -> Fetched:
        self.limits.append(max_bytes)
        self.hosts.append(hosts)
        path = "/" + url.split("/", 3)[3]
        for beginning, error in self.failures.items():
            if path.startswith(beginning):
                raise error
        said = self.archive.answer("GET", path, headers, b"")
        if said.status == 302:
            target = url.split("/web/", maxsplit=1)[0] + (said.headers or {})["Location"]
            answer = self.get(target, headers=headers, max_bytes=max_bytes, hosts=hosts)
            return Fetched(url, answer.final_url, answer.status, answer.headers, answer.body, FETCHED_AT)
        if said.status >= 400:
            raise FetchError(FetchReason.STATUS, f"status {said.status}", status=said.status)
        return Fetched(
            url, url, said.status, tuple((said.headers or {}).items()), said.body, FETCHED_AT, self.maybe_truncated
        )
