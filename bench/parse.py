"""How much parsing a page into a record costs beyond what the HTML parser alone costs on the same bytes."""

import gzip
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from parsers.fields.urls import host_of
from parsers.generic.reader import WEB
from parsers.parse import parse
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import Parsed
from parsers.registry import by_host, by_name

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures" / "sources"
# What real pages have around their article, and hand-written ones lack. Medians of saved news pages: 255 KB, 980
# elements, a third of the bytes in scripts. A teaser below has 4 elements.
TEASERS = 240
TEASER = (
    b'<div class="%s"><a href="https://news.example/2024/01/01/section/another-story-%d?from=teasers" class="%s">'
    b'<img alt="" src="https://news.example/img/%d.jpg?w=320&amp;h=180&amp;q=70"><span>Another story</span></a></div>\n'
)
CLASSES = b" ".join(b"teaser__part--%d" % number for number in range(13))
STATE = b'<script>window.state = {"stories": [%s]}</script>' % b",".join(
    b'{"id": %d, "title": "Another story", "tags": ["one", "two"], "promoted": false}' % number
    for number in range(1000)
)
# Parsing depends on the capture's time only for years that pages leave out.
CAPTURED_AT = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BenchPage:
    """A page that its source's parser reads."""

    source: str
    capture: Capture


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of CPU time that a page took, each the best of all passes."""

    source: str
    octets: int
    floor: float
    parsed: float
    generic: float  # read as a page of an unknown site


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: means over the pages of a source, or of all."""

    source: str
    pages: int
    kilobytes: float
    floor_ms: float
    parse_ms: float
    generic_ms: float

    @property
    def ratio(self) -> float:
        """Parsing by the source in units of the floor."""
        return self.parse_ms / self.floor_ms

    @property
    def generic_ratio(self) -> float:
        """Reading generically in units of the floor."""
        return self.generic_ms / self.floor_ms


def fixture_pages(*, bare: bool = False) -> Iterator[BenchPage]:
    """The HTML pages of the tests, brought to the size of real ones by scripts and teasers after the article.

    Args:
        bare: as they are, 2 to 6 KB: then the fixed costs of a page are nearly all that is measured.
    """
    for path in sorted(FIXTURES.glob("*/*/page.html")):
        about = json.loads((path.parent / "capture.json").read_text("utf-8"))
        body = path.read_bytes() if bare else furnished(path.read_bytes())
        yield from _page(body, about.get("url"), about.get("source") or path.parents[1].name)


def furnished(page: bytes) -> bytes:
    """The page with as much around its article as real ones have."""
    teasers = b"".join(TEASER % (CLASSES, number, CLASSES, number) for number in range(TEASERS))
    head, end, rest = page.rpartition(b"</body>")
    return head + teasers + STATE + end + rest


def case_pages(cases: Path) -> Iterator[BenchPage]:
    """The pages of known sources among those of a cases file, as `newslake parse --cases` takes it.

    Args:
        cases: JSON lines; each has `file` (beside the cases file, .gz or not) and `url`.
    """
    for line in cases.read_text("utf-8").splitlines():
        case = json.loads(line)
        name = case["file"]
        if ".html" in name:
            octets = (cases.parent / name).read_bytes()
            yield from _page(gzip.decompress(octets) if name.endswith(".gz") else octets, case.get("url"), None)


def _page(body: bytes, url: str | None, name: str | None) -> Iterator[BenchPage]:
    source = by_name(name) or by_host(host_of(url))
    if source is None:
        return
    capture = Capture(body, MediaType.HTML, CAPTURED_AT, CapturedAtBasis.MTIME, url=url, source=source.name)
    if isinstance(parse(capture), Parsed):
        yield BenchPage(source.name, capture)


def measure(pages: Sequence[BenchPage], passes: int) -> list[Measured]:
    """Time every page `passes` times: the HTML parser alone and a whole parse in turn, so both meet equal noise."""
    floors, wholes, generics = ([float("inf")] * len(pages) for _ in range(3))
    unknown = [replace(page.capture, source=WEB) for page in pages]
    for _ in range(passes):
        for captures, times in (([page.capture for page in pages], wholes), (unknown, generics)):
            for number, capture in enumerate(captures):
                floors[number] = min(floors[number], _seconds(LexborHTMLParser, capture.body))
                times[number] = min(times[number], _seconds(parse, capture))
    return [
        Measured(page.source, len(page.capture.body), floor, whole, generic)
        for page, floor, whole, generic in zip(pages, floors, wholes, generics, strict=True)
    ]


def _seconds(work: Callable[[Any], object], argument: object) -> float:
    began = time.process_time()
    work(argument)
    return time.process_time() - began


def table(measured: Sequence[Measured]) -> list[Row]:
    """Means a source, and of all pages in the last row."""
    names = sorted({page.source for page in measured})
    return [_row(name, [page for page in measured if page.source == name]) for name in names] + [_row("all", measured)]


def _row(name: str, measured: Sequence[Measured]) -> Row:
    count = len(measured)
    return Row(
        name,
        count,
        sum(page.octets for page in measured) / count / 1000,
        sum(page.floor for page in measured) / count * 1000,
        sum(page.parsed for page in measured) / count * 1000,
        sum(page.generic for page in measured) / count * 1000,
    )
