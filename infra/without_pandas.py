"""pyarrow without pandas, which it imports when it makes its first array, wherever that is installed.

Nothing here makes or takes data frames: it would be 50 MB and half a second of each command for nothing. pyarrow looks
for it once; who asks for a data frame afterwards (`Table.to_pandas`) still gets one.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

import pyarrow as pa
from typing_extensions import override


class _NotInstalled(MetaPathFinder):
    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)
        return None


def leave_pandas_out() -> None:
    """Have pyarrow look for pandas now, and find none. To be called before the first array is made."""
    finder = _NotInstalled()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(finder)
