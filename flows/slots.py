"""One Prefect slot a source: live runs and backfills on the same site wait for each other, wherever they run."""

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectNotFound


def slot_name(source: str) -> str:
    """Name of the global concurrency limit of a source."""
    return f"source-{source}"


def ensure_slot(source: str) -> None:
    """Make the limit of a source, if the server has none yet. One that is there keeps the size that people gave it."""
    with get_client(sync_client=True) as client:
        try:
            client.read_global_concurrency_limit_by_name(slot_name(source))
        except ObjectNotFound:
            client.upsert_global_concurrency_limit_by_name(slot_name(source), 1)


@contextmanager
def source_slot(source: str) -> Iterator[None]:
    """Hold the slot of a source; wait for it as long as another run has it.

    Raises:
        ConcurrencySlotAcquisitionError: the limit is gone. Without one the slot would silently be no slot (measured).
    """
    ensure_slot(source)
    with concurrency(slot_name(source), occupy=1, strict=True):
        yield
