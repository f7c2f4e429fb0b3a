"""One Prefect slot a source: live runs and backfills on the same site wait for each other, wherever they run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectNotFound

# A run that is killed cannot give its slot back: the server does, a quarter of a minute (its own clean-up) after this.
# Prefect's default of 300 would keep the site's next run waiting for five minutes. It must hold for three tries to
# renew, which begin after three quarters of it; Prefect takes 60 as the least.
LEASE_SECONDS: Final = 60
PREFIX: Final = "source-"


@contextmanager
def source_slot(source: str, say: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold the slot of a source; `say` that another run has it, and wait for it as long as that is so.

    If the server cannot be reached for most of a minute, the slot is lost and Prefect ends the work: better than two
    runs on one site. What is stored stays, and the next run goes on from there. `strict`: without a limit on the
    server, the slot would silently be none (measured).
    """
    name = PREFIX + source  # of a global concurrency limit
    with get_client(sync_client=True) as client:
        try:
            limit = client.read_global_concurrency_limit_by_name(name)  # people may have changed its size
        except ObjectNotFound:
            client.upsert_global_concurrency_limit_by_name(name, 1)
        else:
            if limit.active_slots >= limit.limit:
                say(f"{source}: waiting for its slot, since another run is at the site")
    with concurrency(name, occupy=1, strict=True, lease_duration=LEASE_SECONDS):
        yield
