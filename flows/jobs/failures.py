"""How a flow ends that can't go on for a reason its user can act on: with one line that says what and the remedy."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from prefect import get_run_logger
from prefect.states import Failed

from infra.base.errors import NewslakeError
from infra.base.stop import watch_signals

P = ParamSpec("P")
R = TypeVar("R")


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
