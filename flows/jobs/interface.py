"""What people meet of a flow: parameters that Prefect's UI draws as choices, and failures told in one line."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Literal, ParamSpec, TypeVar, cast

from prefect import get_run_logger
from prefect.states import Failed
from pydantic import Field

from infra.base.choices import Reprocess
from infra.base.errors import NewslakeError
from infra.base.settings import load_settings
from infra.base.stop import watch_signals
from infra.work.backfill.window import MAX_ACTIVE
from parsers.registry import sources

P = ParamSpec("P")
R = TypeVar("R")
MAX_LAG_DAYS = 31  # older days are for a backfill

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

    return run
