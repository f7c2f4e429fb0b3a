"""Tables of pages: JSON, CSV, Parquet and Arrow with a page a row, read row by row."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from itertools import chain
from typing import Any, BinaryIO, Final

from infra.base.errors import UsageError
from infra.base.inflate import packed_as
from infra.intake.files.input_types import Input, Page, Skipped, damaged, page_of
from infra.intake.files.page_bytes import HEAD_BYTES, judged, read_page
from infra.intake.files.stated import instant_of
from infra.intake.files.table_rows import NAMELESS, Damage, Row, as_utf8, bytes_of, is_nameless, names_in, rows_of
from parsers.fields.urls import parse_url
from parsers.page.content import PageBytes, Problem, is_html_document, media_type_of
from parsers.record.capture import CapturedAtBasis, MediaType

# What a column with the time of a page says was done then, with `at`, `time` … behind it: alone it may be yes or no.
GETTING: Final = (
    *("fetch", "fetched", "crawl", "crawled", "scrape", "scraped", "download", "downloaded", "retrieved", "access"),
    *("accessed", "capture", "captured", "collected", "archived", "harvested", "visit", "visited", "snapshot", "saved"),
)
# What columns are called that hold nothing else, as `_plain` has them. Any other name has to be given.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "html": (
        *("html", "rawhtml", "pagehtml", "htmlcontent", "htmlsource", "sourcehtml", "htmlbody", "bodyhtml", "fullhtml"),
        *("responsehtml", "documenthtml", "pagesource", "browserhtml", "httpresponsebody"),
    ),
    "url": (
        *("url", "uri", "link", "pageurl", "sourceurl", "targeturi", "warctargeturi", "originalurl", "requestedurl"),
        *("requesturl", "responseurl", "finalurl", "articleurl", "documenturl", "permalink", "href"),
        *("loadedurl", "targeturl", "resolvedurl", "fetchedurl", "crawledurl", "canonicalurl", "weburl"),
    ),
    "captured_at": (
        *(f"{verb}{time}" for verb in GETTING for time in ("at", "on", "time", "date", "ts", "timestamp")),
        *(f"date{verb}" for verb in GETTING),
        *("warcdate", "retrieved", "starteddatetime", "loadedtime", "timestamp", "ts"),
    ),
    "status": ("status", "httpstatus", "statuscode", "httpstatuscode"),
}
MAYBE_HTML: Final = (
    *("content", "rawcontent", "body", "page", "raw", "source", "response", "responsebody", "document", "webpage"),
    *("markup", "sourcecode", "payload", "data", "text"),
)
# What says of the page what is inside. Names below others say nothing: `author.url` is not the page's address.
AROUND: Final = frozenset(
    {"page", "response", "request", "data", "source", "document", "doc", "record", "item", "result", "article"}
    | {"fields", "payload", "attributes", "meta", "metadata", "content", "capture", "snapshot", "raw", "crawl", "html"}
)
MAX_NESTING: Final = 4  # {"response": {"content": {"text": …}}}, and MongoDB's {"$date": {"$numberLong": …}}
PARQUET: Final = b"PAR1"
ARROW: Final = re.compile(rb"ARROW1\0\0|\xff{4}..[\0-\x0f]\0", re.DOTALL)  # a stream's schema is below 1 MB
CSV_NAME: Final = re.compile(r"\.[ct]sv(?:\.\w{2,4})?$", re.IGNORECASE)
BASE64: Final = re.compile(rb"\s*(?:[\w+/-]{4}\s*){16,}[\w+/-]{0,3}={0,2}\s*")
# An object, alone or in a list; or a list that holds none, which no page begins with.
JSON_START: Final = re.compile(
    rb'(?:\xef\xbb\xbf)?[\s\x1e]*(?:(?:\[\s*)?\{\s*["}]|\[\s*(?:\]\s*$|(?:\[\s*)?"[^"\n]{0,2000}",))'
)
STATUSES: Final = range(100, 600)
TEXT: Final = str | bytes
MISSING: Final = frozenset({"", "nan", "NaN", "NaT", "None", "null"})  # as pandas and others write that there is none
NO_PAGE: Final = "row without a page"
FETCH: Final = "`newslake fetch` gets pages of addresses."


def columns_of(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What `--column url=link` says, by what a column holds; UsageError if it is malformed."""
    found = {}
    for one in given:
        role, equals, name = one.partition("=")
        if role not in NAMES or not equals or not name:
            raise UsageError(f"--column {one!r} is not valid", f"Write ROLE=NAME with one of {', '.join(NAMES)}.")
        found[role] = name
    return tuple(found.items())


def table_format(head: bytes, known: Input) -> str | None:
    """`parquet`, `arrow`, `json` or `csv`; None if a file does not begin like a table."""
    if head.startswith(PARQUET):
        return "parquet"
    if ARROW.match(head):
        return "arrow"
    if JSON_START.match(as_utf8(head)):
        return "json"
    names = [_plain(name) for name in names_in(head)]
    given = {_plain(name) for _, name in known.columns}
    telling = (set(NAMES["html"]) | set(MAYBE_HTML) | set(NAMES["url"]) | given).intersection(names)
    is_named = CSV_NAME.search(known.location) is not None
    return "csv" if len(telling) > 1 or (is_named and (telling or len(names) > 1)) else None


def read_table(form: str, stream: BinaryIO, known: Input, max_page_bytes: int) -> Iterator[Page | Skipped]:
    """A page, or its reason, for each row."""
    reading = _Reading(known, max_page_bytes)
    found = rows_of(form, stream, reading.wanted, max_page_bytes)
    rows = (each for row in found for each in reading.inside(row))
    number = pages = 0
    for number, row in enumerate(rows, 1):
        one = reading.page(number, row)
        pages += not isinstance(one, Skipped)
        yield one
    if form == "csv" and is_nameless(reading.seen) and not known.inside:
        yield Skipped(
            "table without names",
            f"{known.location} has no names: put a line before the first, such as url,html. {FETCH}",
        )
    elif not known.inside and not pages:
        seen = ", ".join(name[:40] for name in list(reading.seen)[:20]) or "none"
        advice = "Name the column with the pages: --column html=NAME. " + FETCH
        yield Skipped("table without pages", f"{known.location} is a table without pages, columns: {seen}. {advice}")


class _Reading:
    def __init__(self, known: Input, max_page_bytes: int) -> None:
        self.known = known
        self.max_page_bytes = max_page_bytes
        self.given = {role: _plain(name) for role, name in known.columns}
        self.seen: dict[str, None] = {}  # columns, in their order

    def page(self, number: int, row: Row) -> Page | Skipped:
        """What one row gives."""
        known = replace(self.known, location=f"{self.known.location}#{number}", url=None)
        if isinstance(row, Damage):
            problem = Problem(row.reason, row.detail)
            return page_of(known, row.content[: self.max_page_bytes], MediaType.HTML, problem)
        self.seen |= {".".join(path): None for path, _ in _leaves(row)}
        columns = _columns(row)
        found = self._html(columns)
        kind = str(columns.get("mimetype") or columns.get("contenttype") or "")
        if found is None:
            return Skipped(NO_PAGE)
        if not isinstance(found, str | bytes):
            return damaged(known, f"its page is no text but {type(found).__name__}", bytes_of(str(found)))
        page = _page(found, self.max_page_bytes)
        if "/" in kind and not re.match(r"[^;]*html|text/plain|[^;]*/octet", kind) and not is_html_document(page.body):
            return Skipped("no page")  # a script or picture of a HAR file
        placed = self._placed(known, columns)
        if isinstance(placed, str):
            return damaged(known, placed, page.body)
        media_type = media_type_of(page.body, says_html=True)
        return page_of(placed, page.body, media_type, page.problem, http_status=self._status(columns))

    def _placed(self, known: Input, columns: Mapping[str, Any]) -> Input | str:
        """With address and time of the row, or what is wrong with them."""
        url, said = self._value(columns, "url"), self._value(columns, "captured_at")
        at = instant_of(said)
        if said is not None and known.captured_at_basis is not CapturedAtBasis.OPTION:
            if at is None:
                return f"its time {str(said)[:40]!r} is none, or in the future"
            known = replace(known, captured_at=at, captured_at_basis=CapturedAtBasis.TABLE)
        address = (bytes_of(url).decode("utf-8", "replace") if url else "").strip()
        if address and parse_url(address) is None:
            return f"its address {address[:80]!r} is none"
        return replace(known, url=address or None)

    def inside(self, row: Row) -> Iterator[Row]:
        """The rows of a list in a row, as in `{"pages": […]}` and HAR, or of `{address: page}`; else the row."""
        if isinstance(row, Damage):
            yield row
        elif row and all(isinstance(page, str | dict) and parse_url(name) for name, page in row.items()):
            pages = (page if isinstance(page, dict) else {"html": page} for page in row.values())
            yield from ({"url": name} | page for name, page in zip(row, pages, strict=True))
        elif self._html(_columns(row)) is not None:
            yield row
        else:
            yield from self._listed(row)

    def _listed(self, row: Mapping[str, Any]) -> Iterator[Row]:
        for _, value in _leaves(row):
            objects = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
            if any(self._html(_columns(each)) is not None for each in objects):
                lost = Damage(NAMELESS, b"")
                yield from (each if isinstance(each, dict) else lost for each in value)
                return
        yield row

    def wanted(self, names: Sequence[str]) -> list[str]:
        """The columns that are worth reading; all where none is known to hold pages."""
        self.seen |= dict.fromkeys(names)
        named = (name for role in NAMES for name in self._names(role))
        known = {*MAYBE_HTML, *AROUND, "mimetype", "contenttype", *named}
        given = tuple(self.given.values())  # may be below a column: `page.html`
        found = [name for name in names if _plain(name) in known or any(one.startswith(_plain(name)) for one in given)]
        is_known = "html" in self.given or any(_plain(name) in (*NAMES["html"], *MAYBE_HTML) for name in found)
        return found if is_known else list(names)

    def _names(self, role: str) -> tuple[str, ...]:
        return (self.given[role],) if role in self.given else NAMES[role]

    def _value(self, columns: Mapping[str, Any], role: str) -> object:
        values = (columns.get(name) for name in self._names(role))
        return next((each for each in values if not _is_missing(each)), None)

    def _html(self, columns: Mapping[str, Any]) -> object:
        """The page: in a column of that name, the only whole document, or HTML in a column that may be called so."""
        if any(name in columns for name in self._names("html")):
            return self._value(columns, "html") or ""
        heads = {name: _page(each[:2000], HEAD_BYTES).body for name, each in columns.items() if isinstance(each, TEXT)}
        maybe = (name for name in MAYBE_HTML if name in heads and media_type_of(heads[name]) is MediaType.HTML)
        whole = [name for name, head in heads.items() if is_html_document(head)]
        name = next(chain(whole if len(whole) == 1 else (), maybe), None)
        return None if name is None else columns[name]

    def _status(self, columns: Mapping[str, Any]) -> int | None:
        said = str(self._value(columns, "status")).removesuffix(".0")
        return int(said) if said.isascii() and said.isdigit() and int(said) in STATUSES else None


@lru_cache(maxsize=10_000)  # of names, which repeat in each row
def _plain(name: str) -> str:
    """A name of a column as people agree on it: `Page URL`, `page_url` and `pageUrl` are one."""
    return re.sub(r"[\W_]+", "", name).casefold()


def _leaves(row: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """What a row holds at the ends of its paths. MongoDB's `$date` and the like name no place, but a type."""
    for name, value in row.items():
        below = path if name.startswith("$") else (*path, name)
        if isinstance(value, dict) and len(path) < MAX_NESTING:
            yield from _leaves(value, below)
        else:  # Scrapy's loaders put each value into a list
            is_loaded = isinstance(value, list) and len(value) == 1 and isinstance(value[0], TEXT)
            yield below, value[0] if is_loaded else value


def _is_missing(value: object) -> bool:
    return value is None or value == b"" or (isinstance(value, str | float) and str(value) in MISSING)


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """By plain name, also by the last of a path that is around the page; outer ones win."""
    found: dict[str, Any] = {}
    for path, value in sorted(_leaves(row), key=lambda leaf: len(leaf[0])):
        found.setdefault(_plain("".join(path)), value)
        if len(path) > 1 and AROUND.issuperset(map(_plain, path[:-1])):
            found.setdefault(_plain(path[-1]), value)
    return found


def _page(value: str | bytes, max_bytes: int) -> PageBytes:
    """The page of a cell, which may be packed, and that in Base64."""
    body = bytes_of(value)
    if BASE64.fullmatch(body):
        plain = base64.urlsafe_b64decode(b"".join(body.split()).replace(b"+", b"-").replace(b"/", b"_") + b"==")
        body = plain if packed_as(plain) or media_type_of(plain) is MediaType.HTML else body
    return read_page(BytesIO(body), max_bytes) if packed_as(body) else judged(body, max_bytes)
