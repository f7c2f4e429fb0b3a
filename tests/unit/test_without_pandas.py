"""pyarrow works without pandas, and data frames can be had all the same."""

import subprocess
import sys

CODE = """
import sys
import pyarrow as pa
from infra.without_pandas import leave_pandas_out
leave_pandas_out()
table = pa.Table.from_pylist([{"a": 1}])
print("pandas" in sys.modules, table.to_pylist(), len(table.to_pandas()), "pandas" in sys.modules)
"""


def test_pyarrow_imports_pandas_only_for_who_asks_for_a_data_frame() -> None:
    """In a process of its own: what is imported once stays."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout == "False [{'a': 1}] 1 True\n"
