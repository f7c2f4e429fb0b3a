"""The lake's tables for Amazon Athena: `python -m docs.generate.athena s3://bucket/prefix` prints the statements."""

import sys
from typing import Any

from infra.lake.partition import ARTICLES, REJECTS, TableKind


def create_table(kind: TableKind, lake: str) -> str:
    """The statement that makes a table of the lake known to Athena; it names every column of its schema.

    Athena matches the columns of Parquet files by name: run `newslake maintain` first, so that all have the same.

    Args:
        kind: the table.
        lake: address of the lake, `s3://bucket/prefix`.
    """
    columns = ",\n".join(f"  `{field.name}` {_hive_type(field.type)}" for field in kind.schema)
    return f"""\
CREATE EXTERNAL TABLE {kind.name} (
{columns}
)
PARTITIONED BY (`source` string, `date` date)
STORED AS PARQUET
LOCATION '{lake.rstrip("/")}/{kind.name}/';
"""


def _hive_type(arrow_type: Any) -> str:
    import pyarrow as pa

    if pa.types.is_list(arrow_type):
        return f"array<{_hive_type(arrow_type.value_type)}>"
    if pa.types.is_struct(arrow_type):
        return f"struct<{','.join(f'{member.name}:{_hive_type(member.type)}' for member in arrow_type)}>"
    if pa.types.is_timestamp(arrow_type):
        return "timestamp"  # without a zone; the values are UTC
    return {"string": "string", "int32": "int", "int64": "bigint", "double": "double"}[str(arrow_type)]


if __name__ == "__main__":
    for table in (ARTICLES, REJECTS):
        sys.stdout.write(create_table(table, sys.argv[1] if len(sys.argv) > 1 else "s3://my-bucket/news") + "\n")
