"""Tables of pages: JSON, CSV and Parquet with a page a row, read row by row."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BufferedReader, BytesIO
from typing import IO, Any, BinaryIO, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from infra.base.errors import UsageError
from infra.base.inflate import CHUNK_BYTES, packed_as
from infra.intake.files.input_types import Input, Page, Skipped, damaged, page_of
from infra.intake.files.instants import instant_of
from infra.intake.files.page_bytes import HEAD_BYTES, judged, read_page
from parsers.fields.urls import parse_url
from parsers.page.content import PageBytes, Problem, media_type_of
from parsers.record.capture import CapturedAtBasis, MediaType
from parsers.record.outcome import RejectReason

# What columns are called that hold nothing else, as `_plain` has them. Any other name has to be given.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "html": (
        *("html", "rawhtml", "pagehtml", "htmlcontent", "htmlsource", "sourcehtml", "htmlbody", "bodyhtml", "fullhtml"),
        *("responsehtml", "documenthtml", "pagesource", "browserhtml", "httpresponsebody"),
    ),
    "url": (
        *("url", "uri", "link", "pageurl", "sourceurl", "targeturi", "warctargeturi", "originalurl", "requestedurl"),
        *("requesturl", "responseurl", "finalurl", "articleurl", "documenturl", "permalink", "href"),
    ),
    "captured_at": (
        *("capturedat", "fetchedat", "crawledat", "scrapedat", "downloadedat", "retrievedat", "accessedat", "savedat"),
        *("fetchtime", "crawltime", "crawldate", "datedownload", "warcdate", "timestamp", "crawltimestamp"),
        *("fetchtimestamp", "downloaddate", "datedownloaded", "fetchdate", "datefetched", "datecrawled", "datescraped"),
        *("scrapetime", "scrapedate", "retrieved", "ts"),
    ),
    "status": ("status", "httpstatus", "statuscode", "httpstatuscode"),
}
MAYBE_HTML: Final = (
    *("content", "rawcontent", "body", "page", "raw", "source", "response", "responsebody", "document", "webpage"),
    *("markup", "sourcecode", "payload", "data", "text"),
)
MAX_NESTING: Final = 4  # {"response": {"content": {"text": …}}}
# Escapes make a page in JSON larger: a control character or half an emoji takes six bytes.
MAX_ESCAPE: Final = 6
ROWS_AT_ONCE: Final = 16  # of Parquet: pages are large, and a batch is held
MAX_FIELD: Final = 64 << 20  # of CSV, which is held; a quote that nothing closes makes the rest one field
BLANK: Final = b"\xef\xbb\xbf \t\r\n"
BETWEEN: Final = " \t\r\n,[]"  # objects, in an array
PARQUET: Final = b"PAR1"
CSV_NAME: Final = re.compile(r"\.[ct]sv(?:\.\w{2,4})?$", re.IGNORECASE)
JSON_START: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*["}]')  # an object, alone or in a list
STATUSES: Final = range(100, 600)
NO_PAGE: Final = "row without a page"


@dataclass(frozen=True, slots=True)
class Damage:
    """Something of a table that is no row."""

    detail: str
    content: bytes
    reason: RejectReason = RejectReason.ARCHIVE_DAMAGED


Row = Mapping[str, Any] | Damage


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
    """`parquet`, `json` or `csv`; None if a file does not begin like a table."""
    if head.startswith(PARQUET):
        return "parquet"
    if JSON_START.match(head):
        return "json"
    names = [_plain(name) for name in next(csv.reader([_first_line(head)], delimiter=_delimiter_of(head)), [])]
    given = {_plain(name) for _, name in known.columns}
    telling = (set(NAMES["html"]) | set(MAYBE_HTML) | set(NAMES["url"]) | given).intersection(names)
    is_named = CSV_NAME.search(known.location) is not None
    return "csv" if len(telling) > 1 or (is_named and (telling or len(names) > 1)) else None


def read_table(form: str, stream: BinaryIO, known: Input, max_page_bytes: int) -> Iterator[Page | Skipped]:
    """A page, or its reason, for each row."""
    reading = _Reading(known, max_page_bytes)
    if form == "parquet":
        rows = reading.parquet_rows(stream)
    else:
        rows = _json_rows(stream, MAX_ESCAPE * max_page_bytes) if form == "json" else reading.csv_rows(stream)
    number = pages = 0
    for number, row in enumerate(rows, 1):
        one = reading.page(number, row)
        pages += not isinstance(one, Skipped)
        yield one
    if not known.inside and not pages:
        seen = ", ".join(name[:40] for name in list(reading.seen)[:20]) or "none"
        advice = "Name the column with the pages: --column html=NAME."
        yield Skipped("table without pages", f"{known.location} is a table without pages, columns: {seen}. {advice}")


class _Reading:
    def __init__(self, known: Input, max_page_bytes: int) -> None:
        self.known = known
        self.max_page_bytes = max_page_bytes
        self.given = {role: _plain(name) for role, name in known.columns}
        self.seen: dict[str, None] = {}  # columns, in their order, also those that are not read

    def page(self, number: int, row: Row) -> Page | Skipped:
        """What one row gives."""
        known = replace(self.known, location=f"{self.known.location}#{number}", url=None)
        if isinstance(row, Damage):
            problem = Problem(row.reason, row.detail)
            return page_of(known, row.content[: self.max_page_bytes], MediaType.HTML, problem)
        leaves = dict(_leaves(row))
        self.seen |= dict.fromkeys(leaves)
        columns = {_plain(name): value for name, value in leaves.items()}
        found = self._html(columns)
        if found is None:
            return Skipped(NO_PAGE)
        if not isinstance(found, str | bytes):
            return damaged(known, f"its page is no text but {type(found).__name__}", _bytes_of(str(found)))
        page = _page(found, self.max_page_bytes)
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
        address = (_bytes_of(url).decode("utf-8", "replace") if url else "").strip()
        if address and parse_url(address) is None:
            return f"its address {address[:80]!r} is none"
        return replace(known, url=address or None)

    def _names(self, role: str) -> tuple[str, ...]:
        return (self.given[role],) if role in self.given else NAMES[role]

    def _value(self, columns: Mapping[str, Any], role: str) -> object:
        return next((columns[name] for name in self._names(role) if columns.get(name) not in (None, "")), None)

    def _html(self, columns: Mapping[str, Any]) -> object:
        """The page: in a column of that name, or in one whose name may mean it and whose content is HTML."""
        if any(name in columns for name in self._names("html")):
            return self._value(columns, "html") or ""
        maybe = (columns[name] for name in MAYBE_HTML if isinstance(columns.get(name), str | bytes))
        return next(
            (each for each in maybe if media_type_of(_page(each[:2000], HEAD_BYTES).body) is MediaType.HTML), None
        )

    def _status(self, columns: Mapping[str, Any]) -> int | None:
        said = str(self._value(columns, "status")).removesuffix(".0")
        return int(said) if said.isascii() and said.isdigit() and int(said) in STATUSES else None

    def csv_rows(self, reader: BinaryIO) -> Iterator[Row]:
        """The rows of a CSV file, and what is damaged of it."""
        delimiter = _delimiter_of(cast("BufferedReader", reader).peek(HEAD_BYTES))
        csv.field_size_limit(MAX_FIELD)
        rows = csv.reader(io.TextIOWrapper(reader, "utf-8-sig", "surrogateescape", newline=""), delimiter=delimiter)
        try:
            names = next(filter(any, rows), [])
            self.seen |= dict.fromkeys(names)
            for row in rows:
                if len(row) == len(names):
                    yield dict(zip(names, row, strict=True))
                elif row:
                    yield Damage(f"{len(row)} fields where the first line has {len(names)}", _bytes_of("\n".join(row)))
        except csv.Error as error:
            yield Damage(f"no CSV from line {rows.line_num} on: {error}", b"")

    def parquet_rows(self, stream: BinaryIO) -> Iterator[Row]:
        """The rows of a Parquet file with the columns that are worth reading, and what is damaged of it."""
        try:
            file = pq.ParquetFile(stream, pre_buffer=False)
        except (pa.ArrowException, OSError) as error:
            yield Damage(f"Parquet file is damaged: {error}", b"")
            return
        names = file.schema_arrow.names
        self.seen |= dict.fromkeys(names)
        known = {*MAYBE_HTML, *(name for role in NAMES for name in self._names(role))}
        given = tuple(self.given.values())  # may be below a column: `page.html`
        wanted = [name for name in names if _plain(name) in known or any(one.startswith(_plain(name)) for one in given)]
        for group in range(file.num_row_groups):
            try:
                for batch in file.iter_batches(ROWS_AT_ONCE, row_groups=[group], columns=wanted, use_threads=False):
                    yield from _one_by_one(pa.Table.from_batches([batch]))
            except (pa.ArrowException, OSError) as error:
                yield Damage(f"row group {group} is damaged: {error}", b"")


def _one_by_one(table: pa.Table) -> Iterator[Row]:
    """Row by row: a time after the year 9999 or text that is not UTF-8 costs its own row only."""
    schema = table.schema
    for at, field in enumerate(schema):
        if pa.types.is_timestamp(field.type):  # Python's times have microseconds; pyarrow keeps finer ones for pandas
            schema = schema.set(at, pa.field(field.name, pa.timestamp("us", field.type.tz)))
    table = table.cast(schema, safe=False)
    for at in range(table.num_rows):
        try:
            yield from table.slice(at, 1).to_pylist()
        except (ValueError, OverflowError) as error:
            yield Damage(f"row cannot be read: {error}", b"")


def _json_rows(reader: BinaryIO, most: int) -> Iterator[Row]:
    """An object a line; or, where the first line is none, objects in whatever layout, as in an array."""
    line = reader.readline(most)
    start = line.strip(BLANK)
    if start.startswith(b"[") or start.endswith((b"{", b"[", b",", b":")):
        text = io.TextIOWrapper(reader, "utf-8", "surrogateescape")
        yield from _json_values(text, line.decode("utf-8", "surrogateescape").removeprefix("\ufeff"), most)
        return
    while line:
        if line.strip(BLANK):
            whole = len(line) < most or line.endswith(b"\n")
            yield _parsed(line) if whole else Damage(f"line of more than {most:,} bytes", line, RejectReason.TOO_LARGE)
        while not line.endswith(b"\n") and (line := reader.readline(most)):
            pass
        line = reader.readline(most)


def _parsed(line: bytes) -> Row:
    try:
        row = json.loads(line.strip(BLANK).decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:  # the former too of a number with more digits than Python reads
        return Damage(f"no JSON: {error}", line)
    return row if isinstance(row, dict) else Damage("no JSON object", line)


def _json_values(text: IO[str], waiting: str, most: int) -> Iterator[Row]:
    """The objects of an array, or one after the other; what stands after a damaged one cannot be told apart."""
    decoder = json.JSONDecoder()
    while True:
        waiting = waiting.lstrip(BETWEEN)
        try:
            row, end = decoder.raw_decode(waiting)
        except (ValueError, RecursionError) as error:
            more = text.read(max(CHUNK_BYTES, len(waiting))) if len(waiting) <= most else ""
            if not more:
                if len(waiting) > most:
                    detail = f"JSON object of more than {most:,} characters"
                    yield Damage(detail, _bytes_of(waiting), RejectReason.TOO_LARGE)
                elif waiting:
                    yield Damage(f"no JSON, to the end of the file: {error}", _bytes_of(waiting))
                return
            waiting += more
        else:
            yield row if isinstance(row, dict) else Damage("no JSON object", _bytes_of(waiting[:end]))
            waiting = waiting[end:]


def _bytes_of(value: object) -> bytes:
    """As they were: what is not UTF-8 was kept by `surrogateescape`. Half a surrogate pair of JSON has no bytes."""
    if isinstance(value, bytes):
        return value
    try:
        return str(value).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return str(value).encode("utf-8", "replace")


def _first_line(head: bytes) -> str:
    """The line of the names."""
    return re.split(r"[\r\n]+", head.decode("utf-8-sig", "replace").lstrip("\r\n"))[0]


def _delimiter_of(head: bytes) -> str:
    """What is between the fields of a CSV file."""
    return max(",;\t|", key=_first_line(head).count)


@lru_cache(maxsize=10_000)  # of names, which repeat in each row
def _plain(name: str) -> str:
    """A name of a column as people agree on it: `Page URL`, `page_url` and `pageUrl` are one."""
    return re.sub(r"[\W_]+", "", name).casefold()


def _leaves(row: Mapping[str, Any], above: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """What a row holds at the ends of its paths, by the names on the way: `page.html`."""
    for name, value in row.items():
        if isinstance(value, dict) and depth < MAX_NESTING:
            yield from _leaves(value, f"{above}{name}.", depth + 1)
        else:
            yield f"{above}{name}", value


def _page(value: str | bytes, max_bytes: int) -> PageBytes:
    """The page of a cell, which may be packed."""
    body = _bytes_of(value)
    return read_page(BytesIO(body), max_bytes) if packed_as(body) else judged(body, max_bytes)
