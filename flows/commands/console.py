"""What commands share: two consoles, the shape of `--json`, the exit codes."""

import sys
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from typing_extensions import override

from flows.monitoring.log_lines import LogLines, is_json
from flows.reports.text import json_line
from infra.base.errors import UNSAFE


class ExitCode(IntEnum):
    """Exit codes, which docs and scripts rely on."""

    DONE = 0
    FAILED = 1
    WRONG_USE = 2
    OVER_QUARANTINE_LIMIT = 3
    INTERRUPTED = 130  # 128 + SIGINT, the shells' convention


class SafeConsole(Console):
    """Drops terminal control codes and ignores markup: others chose names, addresses and texts."""

    def __init__(self, **options: Any) -> None:
        """A console without highlighting, with the options of rich."""
        super().__init__(highlight=False, markup=False, **options)

    @override
    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            if segment.control or not UNSAFE.search(segment.text):
                yield segment
            else:
                yield Segment(UNSAFE.sub("", segment.text), segment.style)


def stdout() -> Console:
    """Console for results; made at each use, to respect a redirected sys.stdout."""
    return SafeConsole(file=sys.stdout, soft_wrap=False)


def stderr() -> Console:
    """Console for progress, hints and errors."""
    if is_json():
        return SafeConsole(file=LogLines(), soft_wrap=True, force_terminal=False, no_color=True)
    return SafeConsole(file=sys.stderr, soft_wrap=True)


def print_json(document: Mapping[str, Any] | list[Any]) -> None:
    """Print one JSON document, one line, on stdout; dates as ISO 8601."""
    sys.stdout.write(json_line(document))
