"""Log lines for machines: one JSON object each on stderr, of commands and of runs, if NEWSLAKE_LOG_FORMAT is `json`."""

import io
import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import Final, TextIO

from typing_extensions import override

from infra.base.measures import about

VARIABLE: Final = "NEWSLAKE_LOG_FORMAT"
JSON: Final = "json"
FORMATS: Final = ("text", JSON)
OPTION: Final = "--log-format"
# Prefect's own way to change its configuration: the class of the handler that writes to the terminal.
PREFECT_HANDLER: Final = "PREFECT_LOGGING_HANDLERS_CONSOLE_CLASS"
RUN_FIELDS: Final = {"flow_name": "flow", "flow_run_name": "flow_run", "flow_run_id": "flow_run_id"}
ERROR_PREFIX: Final = "error: "  # of what commands say
SCOPE: Final = "newslake"


def obeyed(arguments: list[str]) -> list[str]:
    """Set the format that a command line begins with; the arguments after it."""
    if not arguments or arguments[0].partition("=")[0] != OPTION:
        return arguments
    given = [*arguments[0].split("=", 1)[1:], *arguments[1:]]
    if not given or given[0] not in FORMATS:
        from infra.base.errors import UsageError

        said = f"{OPTION} {given[0]!r} is no format" if given else f"{OPTION} has no format"
        raise UsageError(said, f"Say {OPTION} json or {OPTION} text, before the command.")
    os.environ[VARIABLE] = given[0]
    return given[1:]


def begin() -> None:
    """Log as the environment says, else `.env`; child processes inherit it."""
    if found := os.environ.get(VARIABLE) or _of_file():
        os.environ[VARIABLE] = found
    if not is_json():
        return
    os.environ.setdefault(PREFECT_HANDLER, f"{__name__}.{JsonHandler.__name__}")
    logging.basicConfig(handlers=[JsonHandler()], force=True)
    if "prefect" in sys.modules:  # in a run that a worker has started
        from prefect.logging.configuration import setup_logging

        setup_logging(incremental=False)


def is_json() -> bool:
    """Whether lines are for machines."""
    return os.environ.get(VARIABLE) == JSON


def line_of(record: logging.LogRecord) -> str:
    """A record as one line. All but ASCII is escaped: texts of others may hold what breaks lines or hides text."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    said = {
        "time": f"{moment}.{int(record.msecs):03}Z",
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage(),
        **{field: str(record.__dict__[name]) for name, field in RUN_FIELDS.items() if record.__dict__.get(name)},
        **about(),
    }
    if record.exc_info:
        said["traceback"] = logging.Formatter().formatException(record.exc_info)
    return json.dumps(said)


def said_line(message: str, level: int = logging.ERROR) -> str:
    """A line for what is past logging."""
    return line_of(logging.LogRecord(SCOPE, level, "", 0, message, (), None))


class JsonHandler(logging.StreamHandler[TextIO]):
    """Writes records to stderr, in place of Prefect's handler too, whose arguments it takes and ignores."""

    def __init__(self, stream: object = None, styles: object = None) -> None:  # noqa: ARG002
        super().__init__()

    @override
    def format(self, record: logging.LogRecord) -> str:
        return line_of(record)


class LogLines(io.StringIO):
    """A stream to stderr that makes a log line of each: what commands say to people."""

    @override
    def write(self, text: str) -> int:
        for line in filter(None, map(str.strip, text.split("\n"))):
            level = logging.ERROR if line.startswith(ERROR_PREFIX) else logging.INFO
            sys.stderr.write(said_line(line.removeprefix(ERROR_PREFIX), level) + "\n")
        sys.stderr.flush()
        return len(text)


def _of_file() -> str | None:
    from infra.base.settings import ENV_FILE  # which `--help` does without

    if not Path(ENV_FILE).exists():
        return None
    from dotenv import dotenv_values

    return dotenv_values(ENV_FILE, encoding="utf-8").get(VARIABLE)
