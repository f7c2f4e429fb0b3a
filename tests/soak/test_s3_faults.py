"""An S3 server that is overloaded, falls silent, loses answers or cuts them: runs end right, or in one clear line.

SeaweedFS stands behind a proxy that disturbs requests. What counts is every byte: after all, the lake must be the one
that undisturbed runs make in a folder.
"""

import random
import re
from collections.abc import Iterator

import pytest

from infra.base.errors import NewslakeError
from infra.store import s3_store
from infra.store.open_store import open_store
from tests.disturbed_lake import SECOND_RUN, Pages, States, ingest
from tests.s3_proxy import Asked, Disturbance, Plan, Proxy, s3_proxy, undisturbed
from tests.servers import S3Server, forget_s3_client

PATIENCE_SECONDS = 0.5  # of the client in disturbed runs, instead of a minute
# What an error may say of a server that is disturbed; each with its remedy.
CLEAR = r".*(the server asks to slow down|fell silent|the transfer broke off|cannot be reached).*\. [A-Z].*"

AT_RANDOM = [each for each in Disturbance if each not in {Disturbance.SILENCE, Disturbance.DELAY}]  # these take time


@pytest.fixture(scope="module")
def proxy(seaweedfs: S3Server) -> Iterator[Proxy]:
    with s3_proxy(seaweedfs) as running:
        yield running


class Disturbed:
    """A lake that a second run is to be ingested into, through the proxy."""

    def __init__(self, lake: str, pages: Pages, states: States, proxy: Proxy) -> None:
        self.lake, self.pages, self.states, self.proxy = lake, pages, states, proxy
        self.store = open_store(lake)

    def begin(self) -> None:
        """The lake as it was before the second run."""
        self.proxy.begin(undisturbed)
        for info in self.store.list():
            self.store.delete(info.key)
        self.states.restore_before(self.store)

    def ingest(self) -> None:
        """The second run, with a client that has not met this server yet: an old one has used up its retries.

        It alone is impatient. Where the machine is slow, an answer to what prepares and looks at the lake may take as
        long, and a PUT that is repeated for that would find its own object.
        """
        with pytest.MonkeyPatch.context() as impatient:
            impatient.setattr(s3_store, "READ_SECONDS", PATIENCE_SECONDS)
            try:
                forget_s3_client()
                ingest(self.pages.second, self.lake, SECOND_RUN)
            finally:
                forget_s3_client()

    def ingest_or_fail_clearly(self) -> bool:
        """Whether the second run came to its end; if not, it said why in one line, and nothing is half-done."""
        try:
            self.ingest()
        except NewslakeError as error:
            if re.fullmatch(f"{self.lake}: {CLEAR}", str(error)):
                return False
            raise
        return True


@pytest.fixture
def disturbed(
    seaweedfs_lake: str, pages: Pages, states: States, proxy: Proxy, aws_environment: pytest.MonkeyPatch
) -> Disturbed:
    aws_environment.setenv("AWS_ENDPOINT_URL_S3", proxy.server.endpoint)
    # botocore waits up to seconds before it asks again; what it does then is what these tests are about.
    aws_environment.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    return Disturbed(seaweedfs_lake, pages, states, proxy)


def _once(disturbance: Disturbance) -> Plan:
    return lambda asked: disturbance if asked.times % 2 else None


def _once_each_put(disturbance: Disturbance) -> Plan:
    return lambda asked: disturbance if asked.times % 2 and asked.method == "PUT" else None


@pytest.mark.parametrize(
    "plan",
    [
        *(pytest.param(_once(each), id=each.name) for each in Disturbance if each is not Disturbance.SILENCE),
        pytest.param(_once_each_put(Disturbance.SILENCE), id="SILENCE"),  # each costs the client's patience
    ],
)
def test_l05_when_every_request_fails_once_the_run_ends_right(disturbed: Disturbed, plan: Plan) -> None:
    """Each first, third ... request for an object or a listing is disturbed; its repetition is not."""
    disturbed.begin()
    disturbed.proxy.begin(plan)
    disturbed.ingest()
    assert disturbed.proxy.disturbed.total() >= 9  # objects that the run writes
    disturbed.proxy.begin(undisturbed)
    disturbed.states.require_after(disturbed.store)


def _from(first: int, disturbance: Disturbance) -> Plan:
    return lambda asked: disturbance if asked.number >= first else None


@pytest.mark.parametrize(("disturbance", "earliest"), [(Disturbance.SLOW_DOWN, 1), (Disturbance.LOST_ANSWER, 2)])
def test_l05_an_outage_from_any_request_on_leaves_whole_partitions_and_a_repetition_ends_right(
    disturbed: Disturbed, disturbance: Disturbance, earliest: int
) -> None:
    disturbed.begin()
    disturbed.ingest()
    requests = len(disturbed.proxy.asked)
    assert requests > 30
    progress = set()
    for first in range(earliest, requests + 1, 3):
        disturbed.begin()
        disturbed.proxy.begin(_from(first, disturbance))
        ended = disturbed.ingest_or_fail_clearly()
        disturbed.proxy.begin(undisturbed)
        if ended:  # no request was left to strike, or those that bring the index up to date, which a note makes up for
            disturbed.states.require_after(disturbed.store)
        progress.add(disturbed.states.require_between(disturbed.store))
        disturbed.ingest()
        disturbed.states.require_after(disturbed.store)
    assert len(progress) > 5  # the outages did strike at different steps


@pytest.mark.parametrize("seed", range(3))
def test_l05_runs_that_are_disturbed_at_random_converge(disturbed: Disturbed, seed: int) -> None:
    chance = random.Random(seed)

    def at_random(_: Asked) -> Disturbance | None:
        return chance.choice(AT_RANDOM) if chance.random() < 0.2 else None

    disturbed.begin()
    while True:
        disturbed.proxy.begin(at_random)
        done = disturbed.ingest_or_fail_clearly()
        disturbed.proxy.begin(undisturbed)
        if done:
            return disturbed.states.require_after(disturbed.store)
        disturbed.states.require_between(disturbed.store)
