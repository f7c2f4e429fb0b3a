"""One `newslake up` for all tests that need a Prefect server: it takes 15 s to start."""

from collections.abc import Iterator

import pytest

from infra.demo_site import DemoSite
from tests.live_lake import FAST, today
from tests.prefect_server import Up, newslake_up


@pytest.fixture(scope="session")
def demo_site() -> Iterator[DemoSite]:
    """The network of `up`: every source of the demo site leads here."""
    with DemoSite(today(), days=8, per_day=4) as running:
        yield running


@pytest.fixture(scope="session")
def up(tmp_path_factory: pytest.TempPathFactory, demo_site: DemoSite) -> Iterator[Up]:
    """A running `newslake up`, with an empty lake and the demo site for the network."""
    settings = {"NEWSLAKE_ORIGINS": demo_site.origins, "NEWSLAKE_HOST_INTERVAL_SECONDS": str(FAST)}
    with newslake_up(tmp_path_factory.mktemp("up"), settings=settings) as running:
        yield running
    assert running.process.returncode == 0
