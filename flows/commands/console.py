"""What commands share: two consoles, the shape of `--json`, the exit codes."""

import sys
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import orjson
from rich.console import Console


class ExitCode(IntEnum):
    """Exit codes, which docs and scripts rely on."""

    DONE = 0
    FAILED = 1
    WRONG_USE = 2
    OVER_QUARANTINE_LIMIT = 3
    INTERRUPTED = 130  # 128 + SIGINT, the shells' convention


def stdout() -> Console:
    """Console for results; made at each use, to respect a redirected sys.stdout."""
    return Console(file=sys.stdout, soft_wrap=False, highlight=False)


def stderr() -> Console:
    """Console for progress, hints and errors."""
    return Console(file=sys.stderr, soft_wrap=True, highlight=False)


def print_json(document: Mapping[str, Any] | list[Any]) -> None:
    """Print one JSON document, one line, on stdout; dates as ISO 8601."""
    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_UTC_Z).decode() + "\n")
