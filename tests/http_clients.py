"""HTTP clients for tests: ours, allowed to reach the test's own servers, with a resolver that the test writes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from infra.settings import Settings
from infra.web.addresses import AddressPolicy
from infra.web.fetching import Answer, FetchError, FetchReason
from infra.web.http import HttpClient
from tests.raw_server import RawServer

MAX_BYTES = 1 << 20


def names(table: Mapping[str, list[str]]) -> Callable[[str], list[str]]:
    """A resolver that knows these names, and addresses as they are."""
    return lambda host: table.get(host, [host])


@contextmanager
def client_for(
    *servers: RawServer,
    origins: str = "",
    resolve: Callable[[str], list[str]] | None = None,
    deadline_seconds: float = 10,
    user_agent: str = "newslake/test",
    authorities: str | None = None,
) -> Iterator[HttpClient]:
    """A client that may reach these servers at 127.0.0.1, and nothing else that is private."""
    allowed = ",".join(server.allowed for server in servers)
    policy = AddressPolicy.from_settings(Settings(allowed_private_hosts=allowed, origins=origins), resolve or names({}))
    with HttpClient(
        policy,
        user_agent=user_agent,
        deadline_seconds=deadline_seconds,
        max_bytes=MAX_BYTES,
        authorities=authorities,
    ) as client:
        yield client


def refusal(reason: FetchReason, call: Callable[[], Answer]) -> FetchError:
    """The error of a call that must fail for that reason."""
    with pytest.raises(FetchError) as caught:
        call()
    assert caught.value.reason is reason, caught.value
    return caught.value
