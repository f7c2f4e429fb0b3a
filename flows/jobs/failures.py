"""How a flow ends that cannot go on for a reason its user can act on: one line that says what and the remedy."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from prefect import get_run_logger
from prefect.states import Failed

from infra.base.errors import NewslakeError

P = ParamSpec("P")
R = TypeVar("R")


def in_one_line(function: Callable[P, R]) -> Callable[P, R]:
    """Let a flow or task whose function raises a `NewslakeError` fail with that line as the message of its state.

    Prefect would log the whole traceback and begin the message with words about an exception, which hides from whoever
    filled in a form what is wrong with it. Callers in Python get the error raised all the same: it is the state's data.

    Args:
        function: to decorate with `@flow` or `@task` afterwards; signature and docstring stay as they are.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except NewslakeError as error:
            get_run_logger().error("%s", error)
            return cast("R", Failed(message=str(error), data=error))  # Prefect takes a state for the outcome

    return run
