"""JSON, CSV, Parquet and Arrow files as rows, one by one: their columns are for others to understand."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedReader
from typing import IO, Any, BinaryIO, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from infra.base.inflate import CHUNK_BYTES
from infra.intake.files.page_bytes import HEAD_BYTES
from parsers.record.outcome import RejectReason

# Escapes make a page in JSON larger: a control character or half an emoji takes six bytes.
MAX_ESCAPE: Final = 6
ROWS_AT_ONCE: Final = 16  # of Parquet: pages are large, and a batch is held
MAX_FIELD: Final = 64 << 20  # of CSV, which is held; a quote that nothing closes makes the rest one field
BLANK: Final = b"\xef\xbb\xbf \t\r\n\x1e"  # the last before each object of a sequence (RFC 7464)
BETWEEN: Final = " \t\r\n\x1e,[]"  # objects, in an array
UTF8: Final = "utf-8-sig"
# Names of columns and the signs of JSON are of ASCII, so without a mark every other byte of them is zero.
UTF16: Final = {
    "utf-16": re.compile(rb"\xff\xfe|\xfe\xff"),
    "utf-16-le": re.compile(rb"(?:[^\0]\0){4}"),
    "utf-16-be": re.compile(rb"(?:\0[^\0]){4}"),
}
NAMELESS: Final = 'no JSON object with names, such as {"url": …, "html": …}'
ESCAPED: Final = re.compile(r'(\\+)"')  # a quote as Spark and MySQL write it in a field of CSV; others double it
SEPARATOR: Final = "sep="  # in a line before the names, Excel says what is between fields


@dataclass(frozen=True, slots=True)
class Damage:
    """Something of a table that is no row."""

    detail: str
    content: bytes
    reason: RejectReason = RejectReason.ARCHIVE_DAMAGED


Row = Mapping[str, Any] | Damage


Wanted = Callable[[Sequence[str]], list[str]]  # is told the names of all columns, and says which are worth reading


def rows_of(form: str, stream: BinaryIO, wanted: Wanted, max_page_bytes: int) -> Iterator[Row]:
    """The rows of a table of that form, and what is damaged of it."""
    if form == "json":
        return _json_rows(stream, max_page_bytes)
    return {"parquet": _parquet_rows, "arrow": _arrow_rows, "csv": _csv_rows}[form](stream, wanted)


def bytes_of(value: object) -> bytes:
    """As they were: what is not UTF-8 was kept by `surrogateescape`. Half a surrogate pair of JSON has no bytes."""
    if isinstance(value, bytes):
        return value
    try:
        return str(value).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return str(value).encode("utf-8", "replace")


def _json_rows(reader: BinaryIO, max_page_bytes: int) -> Iterator[Row]:
    """An object a line; or, where the first line is none, objects in whatever layout, as in an array."""
    most = MAX_ESCAPE * max_page_bytes
    encoding = _encoding_of(cast("BufferedReader", reader).peek(HEAD_BYTES))
    if encoding != UTF8:
        yield from _json_values(io.TextIOWrapper(reader, encoding, "replace"), "", most)
        return
    line = reader.readline(most)
    if line.lstrip(BLANK).startswith(b"[") or _is_open(line):
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


def _is_open(line: bytes) -> bool:
    """Whether a line is the beginning of an object, so that others follow; or holds one and begins the next."""
    text = line.strip(BLANK).decode("utf-8", "surrogateescape")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        is_begun = 0 < len(text) <= error.pos + 1 and text.endswith(("{", "[", ":", ","))
        return is_begun or (error.msg == "Extra data" and text[error.pos] == "{")
    except (RecursionError, ValueError):  # the latter of a number with more digits than Python reads
        return False
    return False


def _parsed(line: bytes) -> Row:
    try:
        row = json.loads(line.strip(BLANK).decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:
        return Damage(f"no JSON: {error}", line)
    return row if isinstance(row, dict) else Damage(NAMELESS, line)


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
                    yield Damage(
                        f"JSON object of more than {most:,} characters", bytes_of(waiting), RejectReason.TOO_LARGE
                    )
                elif waiting:
                    yield Damage(f"no JSON, to the end of the file: {error}", bytes_of(waiting))
                return
            waiting += more
        else:
            yield row if isinstance(row, dict) else Damage(NAMELESS, bytes_of(waiting[:end]))
            waiting = waiting[end:]


def _csv_rows(reader: BinaryIO, wanted: Wanted) -> Iterator[Row]:
    head = cast("BufferedReader", reader).peek(HEAD_BYTES)
    encoding = _encoding_of(head)
    # What `surrogateescape` keeps of UTF-16 no encoding gives back, and half a letter at the end it does not take.
    text = io.TextIOWrapper(reader, encoding, "surrogateescape" if encoding == UTF8 else "replace", newline="")
    csv.field_size_limit(MAX_FIELD)
    # Where quotes are doubled, each of them is a pair of its own, also behind a backslash.
    is_escaped = head.count(b'\\"') > head.count(b'""')
    lines = (ESCAPED.sub(_doubled, line) for line in text) if is_escaped else text
    rows = csv.reader(lines, delimiter=_delimiter_of(head))
    try:
        names = next((row for row in rows if any(row) and row[0].lower() != SEPARATOR), [])
        wanted(names)
        if is_nameless(names):
            yield Damage("the first line holds values, not names", bytes_of("\n".join(names)))
        for row in rows:
            if len(row) == len(names):
                yield dict(zip(names, row, strict=True))
            elif row:
                yield Damage(f"{len(row)} fields where the first line has {len(names)}", bytes_of("\n".join(row)))
    except csv.Error as error:
        yield Damage(f"no CSV from line {rows.line_num} on: {error}", b"")


def is_nameless(names: Iterable[str]) -> bool:
    """Whether the first line of a CSV file is a row: an address is no name."""
    return any(re.match(r"https?://", name) for name in names)


def _doubled(quote: re.Match[str]) -> str:
    slashes, is_inside = divmod(len(quote[1]), 2)
    return "\\" * slashes + ('""' if is_inside else '"')


def _parquet_rows(stream: BinaryIO, wanted: Wanted) -> Iterator[Row]:
    try:
        file = pq.ParquetFile(stream, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        yield Damage(f"Parquet file is damaged: {error}", b"")
        return
    columns = wanted(file.schema_arrow.names)
    for group in range(file.num_row_groups):
        try:
            for batch in file.iter_batches(ROWS_AT_ONCE, row_groups=[group], columns=columns, use_threads=False):
                yield from _one_by_one(pa.Table.from_batches([batch]).cast(_in_microseconds(batch.schema), safe=False))
        except (pa.ArrowException, OSError) as error:
            yield Damage(f"row group {group} is damaged: {error}", b"")


def _arrow_rows(stream: BinaryIO, wanted: Wanted) -> Iterator[Row]:
    """Of a file (Feather too) or a stream; a batch of it is held."""
    try:
        is_file = stream.read(len(b"ARROW1")) == b"ARROW1"
        stream.seek(0)
        opened = pa.ipc.open_file(stream) if is_file else pa.ipc.open_stream(stream)
        columns = wanted(opened.schema.names)
        batches = map(opened.get_batch, range(opened.num_record_batches)) if is_file else opened
        for batch in batches:
            table = pa.Table.from_batches([batch]).select(columns)
            yield from _one_by_one(table.cast(_in_microseconds(table.schema), safe=False))
    except (pa.ArrowException, OSError) as error:
        yield Damage(f"Arrow file is damaged: {error}", b"")


def _one_by_one(table: pa.Table) -> Iterator[Row]:
    """Row by row: a time after the year 9999 or text that is not UTF-8 costs its own row only."""
    for at in range(table.num_rows):
        try:
            yield from table.slice(at, 1).to_pylist()
        except (ValueError, OverflowError) as error:
            yield Damage(f"row cannot be read: {error}", b"")


def _in_microseconds(schema: pa.Schema) -> pa.Schema:
    """As Python's times are, in UTC: pyarrow hands on finer ones only with pandas, and a file may name any zone."""
    for at, field in enumerate(schema):
        if pa.types.is_timestamp(field.type):
            schema = schema.set(at, pa.field(field.name, pa.timestamp("us", field.type.tz and "UTC")))
    return schema


def _encoding_of(head: bytes) -> str:
    """UTF-16 says so by its mark, or by the half of each letter that is zero."""
    return next((encoding for encoding, start in UTF16.items() if start.match(head)), UTF8)


def _first_line(head: bytes) -> str:
    lines = re.split(r"[\r\n]+", head.decode(_encoding_of(head), "replace").lstrip("\r\n"))
    return lines[1] if len(lines) > 1 and lines[0].lower().startswith(SEPARATOR) else lines[0]


def _delimiter_of(head: bytes) -> str:
    return max(",;\t|", key=_first_line(head).count)


def names_in(head: bytes) -> list[str]:
    """The names in the first line of a CSV file."""
    return next(csv.reader([_first_line(head)], delimiter=_delimiter_of(head)), [])


def as_utf8(head: bytes) -> bytes:
    """The beginning of a table in UTF-8, whatever it is in."""
    encoding = _encoding_of(head)
    return head if encoding == UTF8 else head.decode(encoding, "replace").encode()
