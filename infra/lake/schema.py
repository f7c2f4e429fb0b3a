"""Arrow schemas, made from the annotations of the record's dataclasses, and strict conversion of rows.

One rule a type: `str` and its enums are string; `datetime` is timestamp[us, UTC]; `float` is double, a share from 0 to
1; `int` is int64 where it counts bytes of an object (`*_offset`, `*_length`: objects may pass 2 GiB), else int32; a
tuple is a list, a dataclass a struct; `X | None` is nullable, everything else is not. `source` is the partition column
and therefore in no file. A tuple of blocks is a list of spans: the text of the body is a column of its own, and blocks
say where in it they are.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import pyarrow as pa

from infra.base.errors import NewslakeError
from infra.lake.fetches import Fetch
from infra.lake.rejects import Reject
from parsers.record.article import SCHEMA_VERSION, Article, Block, Provenance, Span, lay_out, spans_of

with suppress(NotImplementedError):  # where it is not built in, as on Windows
    # Arrow's default, mimalloc, keeps what its threads freed: landing 40,000 rows took 580 MB with it, and not 360.
    pa.set_memory_pool(pa.jemalloc_memory_pool())

PARTITION_FIELD: Final = "source"
BYTE_COUNTS: Final = ("_offset", "_length")
TIMESTAMP: Final = pa.timestamp("us", "UTC")  # nanoseconds would overflow for the years that broken pages state
BODY: Final = "body"
TEXT: Final = "text"
# On real pages a second copy of the text took 43 to 59 % more bytes, spans 1 to 2 %.
TEXT_SINCE: Final = 3

type_hints = cache(typing.get_type_hints)


@dataclass(frozen=True, slots=True, eq=False)  # hashed by identity: the cache of schemas asks often
class Column:
    """One column: which part of a row it is read from, its Arrow field, and the strict conversion of its values."""

    part: int  # index of the dataclass within a row
    field: Any  # name, type, nullability and, as metadata, `doc`
    encode: Callable[[Any], Any]
    since: int  # schema version that brought it; it may be missing in files of earlier ones
    default: Any  # its value in those files

    @property
    def name(self) -> str:
        """Name of the column."""
        return str(self.field.name)


def _columns(*parts: type) -> tuple[Column, ...]:
    columns = []
    for part, record in enumerate(parts):
        for field in dataclasses.fields(record):
            if field.name == PARTITION_FIELD:
                continue
            arrow_type, nullable, encode = _arrow(type_hints(record)[field.name], field.name)
            doc = {"doc": field.metadata["doc"]}
            arrow_field = pa.field(field.name, arrow_type, nullable=nullable, metadata=doc)
            columns.append(Column(part, arrow_field, encode, field.metadata.get("since", 1), field.default))
    return tuple(columns)


def _arrow(annotation: Any, name: str) -> tuple[Any, bool, Callable[[Any], Any]]:
    arguments = typing.get_args(annotation)
    if isinstance(annotation, types.UnionType):
        inner = next(argument for argument in arguments if argument is not types.NoneType)
        arrow_type, _, encode = _arrow(inner, name)
        return arrow_type, True, lambda value: None if value is None else encode(value)
    if typing.get_origin(annotation) is tuple:
        is_body = arguments[0] is Block
        element, nullable, encode = _arrow(Span if is_body else arguments[0], name)
        encode_tuple = _tuple_encoder(encode)
        # "element" is Parquet's own name for it, so that what is read back equals what was written.
        arrow_type = pa.list_(pa.field("element", element, nullable=nullable))
        return arrow_type, False, (lambda body: encode_tuple(spans_of(body))) if is_body else encode_tuple
    if dataclasses.is_dataclass(annotation):
        return _struct(typing.cast("type", annotation))
    if annotation is int:
        return pa.int64() if name.endswith(BYTE_COUNTS) else pa.int32(), False, _encode_int
    if annotation in _PLAIN:
        arrow_type, encode = _PLAIN[annotation]
        return arrow_type, False, encode
    if isinstance(annotation, type) and issubclass(annotation, str):
        return pa.string(), False, _encode_text
    raise TypeError(f"{name}: no Arrow type is laid down for {annotation}")


def _struct(record: type) -> tuple[Any, bool, Callable[[Any], Any]]:
    members = {name: _arrow(hint, name) for name, hint in type_hints(record).items()}
    encoders = [(name, encode) for name, (_, _, encode) in members.items()]

    def encode_struct(value: Any) -> dict[str, Any]:
        if not isinstance(value, record):
            raise TypeError(f"{value!r} is no {record.__name__}")
        return {name: encode(getattr(value, name)) for name, encode in encoders}

    fields = [pa.field(name, arrow_type, nullable=nullable) for name, (arrow_type, nullable, _) in members.items()]
    return pa.struct(fields), False, encode_struct


def _tuple_encoder(encode: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    def encode_tuple(value: Any) -> list[Any]:
        if not isinstance(value, tuple):
            raise TypeError(f"{value!r} is no tuple")
        return [encode(element) for element in value]

    return encode_tuple


def _encode_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _encode_int(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _encode_share(value: Any) -> float:
    if not isinstance(value, float) or not 0 <= value <= 1:
        raise TypeError(f"{value!r} is no share from 0 to 1")
    return value


def _encode_time(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is no time")
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(UTC)


_PLAIN: Final = {datetime: (TIMESTAMP, _encode_time), float: (pa.float64(), _encode_share)}
ARTICLE_COLUMNS: Final = _columns(Article, Provenance)
_BLOCK: Final = pa.field("element", _struct(Block)[0], nullable=False)
BLOCKS: Final = pa.field(BODY, pa.list_(_BLOCK), nullable=False)  # what `body` was before `TEXT_SINCE`
REJECT_COLUMNS: Final = _columns(Reject)
FETCH_COLUMNS: Final = _columns(Fetch)


@cache
def schema_of(columns: tuple[Column, ...]) -> Any:
    """The Arrow schema of columns, with the schema version in its metadata."""
    metadata = {"newslake.schema_version": str(SCHEMA_VERSION)}
    return pa.schema([column.field for column in columns], metadata=metadata)


def to_table(rows: Sequence[tuple[object, ...]], columns: tuple[Column, ...]) -> tuple[Any, list[tuple[int, str]]]:
    """The rows that fit as an Arrow table, in order, and (index, what is wrong) of every other row (L01)."""
    arrays: list[Any] = []
    wrong: dict[int, str] = {}
    for column in columns:
        try:
            arrays.append(_array(rows, column))
        except (TypeError, ValueError, OverflowError):  # pyarrow's errors are kinds of these; so is a lone surrogate
            wrong = _wrong_values(rows, column) | wrong
    if wrong:
        fitting = [row for index, row in enumerate(rows) if index not in wrong]
        arrays = [_array(fitting, column) for column in columns]
    return pa.Table.from_arrays(arrays, schema=schema_of(columns)), sorted(wrong.items())


def _array(rows: Sequence[tuple[object, ...]], column: Column) -> Any:
    part, name, encode = column.part, column.name, column.encode
    values = [encode(getattr(row[part], name)) for row in rows]
    return pa.array(values, column.field.type)


def _wrong_values(rows: Sequence[tuple[object, ...]], column: Column) -> dict[int, str]:
    wrong = {}
    for index, row in enumerate(rows):
        try:
            _array([row], column)
        except (TypeError, ValueError, OverflowError) as error:
            wrong[index] = f"{column.name}: {error}"
    return wrong


def conform(table: Any, version: int, columns: tuple[Column, ...], name: str) -> Any:
    """A table as this version's schema has it; columns added since get their defaults (L07)."""
    schema = schema_of(columns)
    if version < TEXT_SINCE and BODY in table.schema.names and table.schema.field(BODY).equals(BLOCKS):
        table = _with_text(table)
    if table.schema.equals(schema):  # metadata is not compared
        return pa.Table.from_arrays(table.columns, schema=schema)
    remedy = (
        "Schema changes add columns, with a default, and raise SCHEMA_VERSION; rebuild the file from the raw layer."
    )
    if unknown := sorted(set(table.schema.names) - set(schema.names)):
        raise NewslakeError(f"{name} has columns that no schema has: {', '.join(unknown)}", remedy)
    arrays = []
    for column in columns:
        if column.name in table.schema.names:
            found = table.schema.field(column.name)
            if not found.equals(column.field):
                said = f"{name}: column {column.name} is {_described(found)}, not {_described(column.field)}"
                raise NewslakeError(said, remedy)
            arrays.append(table[column.name])
        elif version < column.since:
            value = column.encode(column.default)
            arrays.append(pa.array([value] * table.num_rows, column.field.type))
        else:
            raise NewslakeError(f"{name} has no column {column.name}", remedy)
    return pa.Table.from_arrays(arrays, schema=schema)


def _with_text(table: Any) -> Any:
    """Articles of a version before `TEXT_SINCE`, with their text in a column of its own."""
    texts, bodies = [], []
    for blocks in table[BODY].to_pylist():
        text, places = lay_out((block["type"], block["text"]) for block in blocks)
        texts.append(text)
        bodies.append(
            [{"type": block["type"], "start": at, "end": end} for block, (at, end) in zip(blocks, places, strict=True)]
        )
    schema = schema_of(ARTICLE_COLUMNS)
    body = schema.field(BODY)
    table = table.set_column(table.schema.get_field_index(BODY), body, pa.array(bodies, body.type))
    return table.append_column(schema.field(TEXT), pa.array(texts, pa.string()))


def with_blocks(table: Any) -> Any:
    """Articles for people to look at: blocks hold their text, as parsers give them, instead of a column `text`."""
    bodies = zip(table[BODY].to_pylist(), table[TEXT].to_pylist(), strict=True)
    blocks = [
        [{"type": span["type"], "text": text[span["start"] : span["end"]]} for span in body] for body, text in bodies
    ]
    table = table.set_column(table.schema.get_field_index(BODY), BLOCKS, pa.array(blocks, BLOCKS.type))
    return table.drop_columns([TEXT])


def _described(field: Any) -> str:
    return f"{field.type}{'' if field.nullable else ' not null'}"
