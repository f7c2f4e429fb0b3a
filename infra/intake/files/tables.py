"""Tables of pages: JSON, CSV and Parquet with a page a row, read row by row."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BufferedReader
from typing import IO, Any, BinaryIO, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from infra.base.errors import UsageError
from infra.base.inflate import CHUNK_BYTES
from infra.intake.files.input_types import Input, Skipped, Unreadable, damaged, page_of
from infra.intake.files.instants import instant_of
from infra.intake.files.page_bytes import HEAD_BYTES, judged
from parsers.fields.urls import parse_url
from parsers.page.content import Problem, media_type_of
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import RejectReason

# What columns are called that hold nothing else, in lower case. Any other name has to be given.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "html": ("html", "raw_html", "page_html", "html_content", "html_source", "source_html"),
    "url": ("url", "uri", "link", "page_url", "source_url", "target_uri", "warc-target-uri", "warc_target_uri"),
    "captured_at": (
        *("captured_at", "fetched_at", "crawled_at", "scraped_at", "downloaded_at", "retrieved_at", "accessed_at"),
        *("fetch_time", "crawl_time", "crawl_date", "date_download", "warc-date", "warc_date", "timestamp"),
    ),
    "status": ("status", "http_status", "status_code", "http_status_code"),
}
MAYBE_HTML: Final = ("content", "raw_content", "body", "page", "raw", "source", "response", "document", "text")
PARQUET: Final = b"PAR1"
CSV_NAME: Final = re.compile(r"\.[ct]sv(?:\.\w{2,4})?$", re.IGNORECASE)
JSON_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*[\"}]|(?:\xef\xbb\xbf)?\s*\[\s*\]\s*$")
# Escapes make a page in JSON larger: a control character or half an emoji takes six bytes.
MAX_ESCAPE: Final = 6
ROWS_AT_ONCE: Final = 16  # of Parquet: pages are large, and a batch is held
MAX_FIELD: Final = 64 << 20  # of CSV, which is held; a quote that nothing closes makes the rest one field
BLANK: Final = b"\xef\xbb\xbf \t\r\n"
BETWEEN: Final = " \t\r\n,[]"  # objects, in an array
STATUSES: Final = range(100, 600)
NO_PAGE: Final = "row without a page"


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
    names = [name.lower() for name in next(csv.reader([_first_line(head)], delimiter=_delimiter(head)), [])]
    given = {name.lower() for _, name in known.columns}
    telling = (set(NAMES["html"]) | set(MAYBE_HTML) | set(NAMES["url"]) | given).intersection(names)
    return "csv" if len(names) > 1 and (len(telling) > 1 or CSV_NAME.search(known.location)) else None


def read_table(
    form: str, stream: BinaryIO, known: Input, max_page_bytes: int
) -> Iterator[Capture | Unreadable | Skipped]:
    """A page, or its reason, for each row."""
    reading = _Reading(known, max_page_bytes)
    rows = {"parquet": _parquet_rows, "json": _json_rows, "csv": _csv_rows}[form](stream, reading)
    number = pages = 0
    for number, row in enumerate(rows, 1):
        one = reading.page(number, row)
        pages += not isinstance(one, Skipped)
        yield one
    if not known.inside and not pages:
        seen = ", ".join(list(reading.seen)[:20]) or "none"
        advice = "Name the column with the pages: --column html=NAME."
        yield Skipped("table without pages", f"{known.location} is a table without pages, columns: {seen}. {advice}")


@dataclass(frozen=True, slots=True)
class _Damage:
    """A row that cannot be read."""

    detail: str
    content: bytes
    reason: RejectReason = RejectReason.ARCHIVE_DAMAGED


_Row = Mapping[str, Any] | _Damage


class _Reading:
    """What the rows of one table have in common."""

    def __init__(self, known: Input, max_page_bytes: int) -> None:
        self.known = known
        self.max_page_bytes = max_page_bytes
        self.given = {role: name.lower() for role, name in known.columns}
        self.seen: dict[str, None] = {}  # columns, in their order

    def page(self, number: int, row: _Row) -> Capture | Unreadable | Skipped:
        """What one row gives."""
        known = replace(self.known, location=f"{self.known.location}#{number}", url=None)
        if isinstance(row, _Damage):
            problem = Problem(row.reason, row.detail)
            return page_of(known, row.content[: self.max_page_bytes], MediaType.HTML, problem)
        self.seen |= dict.fromkeys(row)
        lowered = {name.lower(): value for name, value in row.items()}
        found = self._html(lowered)
        if found is None:
            return Skipped(NO_PAGE)
        body = _bytes(found)
        url, said = self._value(lowered, "url"), self._value(lowered, "captured_at")
        at = instant_of(said)
        if said not in (None, "") and known.captured_at_basis is not CapturedAtBasis.OPTION:
            if at is None:
                fault = f"its time {str(said)[:40]!r} is none, or in the future"
                return damaged(known, fault, body[: self.max_page_bytes])
            known = replace(known, captured_at=at, captured_at_basis=CapturedAtBasis.TABLE)
        if url not in (None, "") and parse_url(str(url)) is None:
            return damaged(known, f"its address {str(url)[:80]!r} is none", body[: self.max_page_bytes])
        known = replace(known, url=str(url).strip() if url else None)
        page = judged(body, self.max_page_bytes)
        media_type = media_type_of(page.body, says_html=True)
        return page_of(known, page.body, media_type, page.problem, http_status=self._status(lowered))

    def wanted(self, names: Sequence[str]) -> list[str]:
        """The columns that are worth reading."""
        known = {*MAYBE_HTML, *(name for role in NAMES for name in self._names(role))}
        return [name for name in names if name.lower() in known]

    def _names(self, role: str) -> tuple[str, ...]:
        return (self.given[role],) if role in self.given else NAMES[role]

    def _value(self, row: Mapping[str, Any], role: str) -> object:
        return next((row[name] for name in self._names(role) if name in row), None)

    def _html(self, row: Mapping[str, Any]) -> object:
        """The page: in a column of that name, or in one whose name may mean it and whose content is HTML."""
        if any(name in row for name in self._names("html")):
            return self._value(row, "html") or ""
        maybe = (row[name] for name in MAYBE_HTML if isinstance(row.get(name), str | bytes))
        return next((value for value in maybe if media_type_of(_bytes(value[:2000])) is MediaType.HTML), None)

    def _status(self, row: Mapping[str, Any]) -> int | None:
        said = str(self._value(row, "status")).removesuffix(".0")
        return int(said) if said.isascii() and said.isdigit() and int(said) in STATUSES else None


def _bytes(value: object) -> bytes:
    """As they were: what is not UTF-8 was kept by `surrogateescape`. Half a surrogate pair of JSON has no bytes."""
    if isinstance(value, bytes):
        return value
    try:
        return str(value).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return str(value).encode("utf-8", "replace")


def _json_rows(reader: BinaryIO, reading: _Reading) -> Iterator[_Row]:
    """An object a line; or, where the first line is none, objects in whatever layout, as in an array."""
    most = MAX_ESCAPE * reading.max_page_bytes
    line = reader.readline(most)
    if re.fullmatch(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*|\[.*)", line, re.DOTALL):
        text = io.TextIOWrapper(reader, "utf-8", "surrogateescape")
        yield from _json_values(text, line.decode("utf-8", "surrogateescape").removeprefix("\ufeff"), most)
        return
    while line:
        if line.strip(BLANK):
            whole = len(line) < most or line.endswith(b"\n")
            yield _parsed(line) if whole else _Damage(f"line of more than {most:,} bytes", line, RejectReason.TOO_LARGE)
        while not line.endswith(b"\n") and (line := reader.readline(most)):
            pass
        line = reader.readline(most)


def _parsed(line: bytes) -> _Row:
    try:
        row = json.loads(line.strip(BLANK).decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:
        return _Damage(f"no JSON: {error}", line)
    return row if isinstance(row, dict) else _Damage("no JSON object", line)


def _json_values(text: IO[str], waiting: str, most: int) -> Iterator[_Row]:
    """The objects of an array, or one after the other; what stands after a damaged one cannot be told apart."""
    decoder = json.JSONDecoder()
    while True:
        waiting = waiting.lstrip(BETWEEN)
        try:
            row, end = decoder.raw_decode(waiting)
        except (ValueError, RecursionError) as error:
            more = text.read(max(CHUNK_BYTES, len(waiting))) if len(waiting) <= most else ""
            if not more:
                if waiting:
                    yield _Damage(f"no JSON, to the end of the file: {error}", _bytes(waiting))
                return
            waiting += more
        else:
            yield row if isinstance(row, dict) else _Damage("no JSON object", _bytes(waiting[:end]))
            waiting = waiting[end:]


def _csv_rows(reader: BinaryIO, _: _Reading) -> Iterator[_Row]:
    head = cast("BufferedReader", reader).peek(HEAD_BYTES)
    text = io.TextIOWrapper(reader, _encoding(head), "surrogateescape", newline="")
    csv.field_size_limit(MAX_FIELD)
    rows = csv.reader(text, delimiter=_delimiter(head))
    try:
        names = next(rows)
        for row in rows:
            if len(row) == len(names):
                yield dict(zip(names, row, strict=True))
            elif row:
                yield _Damage(f"{len(row)} fields where the first line has {len(names)}", _bytes("\n".join(row)))
    except csv.Error as error:
        yield _Damage(f"no CSV from line {rows.line_num} on: {error}", b"")


def _parquet_rows(stream: BinaryIO, reading: _Reading) -> Iterator[_Row]:
    try:
        file = pq.ParquetFile(stream, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        yield _Damage(f"Parquet file is damaged: {error}", b"")
        return
    reading.seen |= dict.fromkeys(file.schema_arrow.names)
    for group in range(file.num_row_groups):
        try:
            columns = reading.wanted(file.schema_arrow.names)
            for batch in file.iter_batches(ROWS_AT_ONCE, row_groups=[group], columns=columns, use_threads=False):
                yield from _rows_of(pa.Table.from_batches([batch]).cast(_in_microseconds(batch.schema), safe=False))
        except (pa.ArrowException, OSError) as error:
            yield _Damage(f"row group {group} is damaged: {error}", b"")


def _rows_of(table: pa.Table) -> Iterator[_Row]:
    """Row by row: a time after the year 9999 or text that is not UTF-8 costs its own row only."""
    for at in range(table.num_rows):
        try:
            yield from table.slice(at, 1).to_pylist()
        except (ValueError, OverflowError) as error:
            yield _Damage(f"row cannot be read: {error}", b"")


def _in_microseconds(schema: pa.Schema) -> pa.Schema:
    """As Python's times are; pyarrow hands on finer ones only with pandas."""
    for at, field in enumerate(schema):
        if pa.types.is_timestamp(field.type):
            schema = schema.set(at, pa.field(field.name, pa.timestamp("us", field.type.tz)))
    return schema


def _encoding(head: bytes) -> str:
    return "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"


def _first_line(head: bytes) -> str:
    return re.split(r"[\r\n]", head.decode(_encoding(head), "replace"), maxsplit=1)[0]


def _delimiter(head: bytes) -> str:
    return max(",;\t|", key=_first_line(head).count)
