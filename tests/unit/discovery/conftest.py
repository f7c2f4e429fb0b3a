"""A site on loopback, a client that reaches it, and a lake to remember it in."""

from collections.abc import Iterator

import pytest

from infra.intake.web.polite_client import PoliteClient
from tests.news_site import NewsSite, news_site


@pytest.fixture
def served() -> Iterator[tuple[NewsSite, PoliteClient]]:
    with news_site() as both:
        yield both


@pytest.fixture
def site(served: tuple[NewsSite, PoliteClient]) -> NewsSite:
    return served[0]


@pytest.fixture
def client(served: tuple[NewsSite, PoliteClient]) -> PoliteClient:
    return served[1]
