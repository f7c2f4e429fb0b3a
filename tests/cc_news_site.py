"""A small CC-NEWS: lists of months and files that are given by range, with the faults that a test asks for."""

import gzip
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests import sample_pages as pages
from tests.servers import Answer
from tests.warc_builder import answer, gzipped, record

FOLDER = "/crawl-data/CC-NEWS/"
Fault = Callable[[Answer], Answer]  # what becomes of an answer


def refused(status: int, **headers: str) -> Fault:
    """The status in place of the answer."""
    return lambda _: Answer(status, b"", headers)


def dropped(kept: int) -> Fault:
    """The connection ends after so many bytes."""
    return lambda said: Answer(
        said.status, said.body[:kept], {**(said.headers or {}), "Content-Length": str(len(said.body))}
    )


def replaced(said: Answer) -> Answer:
    """Another file lies there now."""
    return Answer(412) if said.status == 206 else said


@dataclass
class CcNewsSite:
    """What the server holds, what becomes of its answers, and what was asked."""

    files: dict[str, bytes] = field(default_factory=dict)  # by path
    listed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # by month: 2024/05
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))  # by path, one a request
    asked: list[tuple[str, int, int]] = field(default_factory=list)  # path, first and last byte
    etag: str = '"one"'
    fails_from: int | None = None  # ranges that begin there or later are refused

    def add(self, begun: str, records: Iterable[bytes] | bytes, number: int = 1) -> str:
        """A file that is listed; its path."""
        path = f"{FOLDER}{begun[:4]}/{begun[4:6]}/CC-NEWS-{begun}-{number:05}.warc.gz"
        self.files[path] = records if isinstance(records, bytes) else gzipped(records)
        self.listed[f"{begun[:4]}/{begun[4:6]}"].append(path.removeprefix("/"))
        return path

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Say what the server says."""
        month = re.fullmatch(rf"{FOLDER}(\d{{4}}/\d\d)/warc\.paths\.gz", path)
        if path in self.files and (bounds := re.fullmatch(r"bytes=(\d+)-(\d+)", headers.get("Range", ""))):
            said = self._range(path, int(bounds[1]), int(bounds[2]), headers)
        elif month and month[1] in self.listed:
            said = Answer(200, gzip.compress("\n".join([*self.listed[month[1]], ""]).encode()))
        else:
            said = Answer(404)
        return self.faults[path].pop(0)(said) if self.faults[path] else said

    def _range(self, path: str, first: int, last: int, headers: Mapping[str, str]) -> Answer:
        self.asked.append((path, first, last))
        if headers.get("If-Match", self.etag) != self.etag:
            return Answer(412)
        if self.fails_from is not None and first >= self.fails_from:
            return Answer(503)
        content = self.files[path]
        part = content[first : last + 1]
        stated = f"bytes {first}-{first + len(part) - 1}/{len(content)}"
        return Answer(206, part, {"Content-Range": stated, "ETag": self.etag})


def story(number: int, at: str, url: str | None = None, padding: int = 0) -> bytes:
    """The record of a page of TASS, or of the same page at another address, got at a time."""
    moment = datetime.fromisoformat(at)
    comment = b"<!-- %s -->" % random.Random(number).randbytes(padding).hex().encode()  # gzip halves it
    page = answer(pages.page(number, days=1) + comment)
    return record(page, uri=url or pages.url(number), date=f"{moment:%Y-%m-%dT%H:%M:%SZ}", digest=True)
