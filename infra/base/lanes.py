"""Work in batches, bounded in number and bytes; and side by side: lanes at a time, each in its order."""

from collections import defaultdict, deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextvars import copy_context
from typing import TypeVar

from infra.base.stop import LOOK_SECONDS, STOPPING, Threads, is_stop, raise_if_stopping

Thing = TypeVar("Thing")
Result = TypeVar("Result")
Failure = TypeVar("Failure", bound=Exception)


def side_by_side(
    things: Iterable[Thing],
    lane_of: Callable[[Thing], Hashable],
    work: Callable[[Thing], Result],
    may_fail: type[Failure],
    *,
    most: int,  # lanes at a time
    name: str,  # of the threads
    leave_seconds: float = 0.0,  # for what is worked on to end by itself, once the process is to stop
) -> Generator[tuple[Thing, Result | Failure] | None, None, None]:
    """Each thing with its result, or why it failed, as they come; None while none comes. Lanes take turns.

    After any other exception nothing begins; StoppedError follows what came before the process was to stop.
    """
    lanes: defaultdict[Hashable, deque[Thing]] = defaultdict(deque)
    for thing in things:
        lanes[lane_of(thing)].append(thing)
    free = deque(lanes.values())
    active: dict[Future[Result], tuple[Thing, deque[Thing]]] = {}
    came: list[tuple[Thing, Future[Result]]] = []
    with Threads(most, name) as threads:
        try:
            while free or active or came:
                while free and len(active) < most and not STOPPING.is_set():
                    lane = free.popleft()
                    thing = lane.popleft()
                    # Threads have no context of their own: Prefect's tasks and spans would be nobody's.
                    active[threads.submit(copy_context().run, work, thing)] = thing, lane
                yield from _given(came, may_fail)
                came = []
                done = wait(active, LOOK_SECONDS, FIRST_COMPLETED).done
                if (free or active) and not done:
                    raise_if_stopping()
                    yield None
                for future in sorted(done, key=lambda each: each.exception() is not None):
                    thing, lane = active.pop(future)
                    came.append((thing, future))
                    free.extend([lane] if lane else ())
                    if not isinstance(future.exception(), may_fail | None):
                        free.clear()
        except BaseException as error:
            if is_stop(error):
                wait(active, leave_seconds)
            raise


def _given(
    came: Iterable[tuple[Thing, Future[Result]]], may_fail: type[Failure]
) -> Iterator[tuple[Thing, Result | Failure]]:
    for thing, future in came:
        found: Result | Failure
        try:
            found = future.result()
        except may_fail as error:
            found = error
        yield thing, found


def in_batches(
    things: Iterable[Thing], size_of: Callable[[Thing], int], *, most: int, max_bytes: int
) -> Iterator[list[Thing]]:
    """Gather things, in order, into lists of at most `most` and `max_bytes`; what is larger stands alone."""
    batch: list[Thing] = []
    size = 0
    for thing in things:
        if batch and (len(batch) == most or size + size_of(thing) > max_bytes):
            yield batch
            batch, size = [], 0
        batch.append(thing)
        size += size_of(thing)
    if batch:
        yield batch
