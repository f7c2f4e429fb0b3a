"""What people see of a flow: parameters that Prefect's UI draws as choices, and failures in one line."""

import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Literal, ParamSpec, TypeVar, cast

from prefect import get_run_logger
from prefect.exceptions import FailedRun, ParameterTypeError
from prefect.states import Failed
from pydantic import Field
from typing_extensions import override

from flows.monitoring import log_lines, telemetry
from infra.base.choices import Reprocess
from infra.base.errors import UNSAFE, NewslakeError
from infra.base.settings import load_settings
from infra.base.stop import watch_signals
from infra.work.backfill.plan import MAX_ACTIVE
from parsers.registry import sources

P = ParamSpec("P")
R = TypeVar("R")
MAX_LAG_DAYS = 31  # older days are for a backfill

if os.environ.get("PREFECT__FLOW_RUN_ID"):  # the process of a run, which has not begun yet: nor has Prefect's span
    log_lines.begin()
    telemetry.start()
    # Else each process that parses would import it, which is Prefect: two seconds of a processor, for a list page too.
    sys.modules["__main__"].__spec__ = sys.modules["__main__"].__file__ = None

# Help texts stay in the docstring: a description here would be lost.
MaxActive = Annotated[int, Field(ge=1, le=MAX_ACTIVE)]
LagDays = Annotated[int, Field(ge=0, le=MAX_LAG_DAYS)]

if TYPE_CHECKING:
    SourceName = str
    ReprocessName = str
else:
    with suppress(NewslakeError):  # wrong settings, which every run tells in one line when it begins
        load_settings()  # which say where sources are
    # A Literal becomes a select in the form; an Enum would reach the flow as an object that logs print badly.
    SourceName = Literal[tuple(sources())]
    ReprocessName = Literal[tuple(each.value for each in Reprocess)]


class OneLine(logging.Filter):
    """Takes the traceback off foreseen errors, and has each told once in the log of a flow; no line steers a terminal.

    At the end of a run's process Prefect logs its error again: as it was, or as a `FailedRun` if the server recorded
    the state at a request that was answered too late.
    """

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, NewslakeError | FailedRun | ParameterTypeError):
            said = " ".join(str(error).split())
            record.msg, record.args, record.exc_info, record.exc_text = "%s", (said,), None, None
        # Others chose the addresses and the names of files that are told.
        record.msg, record.args = "%s", (UNSAFE.sub("", record.getMessage()),)
        if record.exc_info:  # handlers print this in its place
            record.exc_text = UNSAFE.sub("", logging.Formatter().formatException(record.exc_info))
        return record.name != FLOW_LOG or not isinstance(error, NewslakeError | FailedRun)


FLOW_LOG = "prefect.flow_runs"
ONE_LINE = OneLine()
for logger in ("prefect.task_runs", FLOW_LOG):  # before the run begins: its parameters may be wrong
    logging.getLogger(logger).addFilter(ONE_LINE)


def in_one_line(function: Callable[P, R]) -> Callable[P, R]:
    """Fail with a `NewslakeError` as the message of the state; Prefect would log and show a traceback instead.

    Goes below `@flow`. Callers in Python still get the error raised: it is the state's data. A flow that is cancelled
    ends within seconds; Prefect would wait for 30.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        watch_signals()
        try:
            return function(*args, **kwargs)
        except NewslakeError as error:
            get_run_logger().error("%s", error)
            return cast("R", Failed(message=str(error), data=error))  # Prefect takes a state for the outcome
        finally:
            telemetry.flush()  # after a SIGTERM, Prefect ends the process without another chance

    return run
