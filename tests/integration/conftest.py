"""One `newslake up` for all tests that need a Prefect server: it takes 15 s to start."""

from collections.abc import Iterator

import pytest

from tests.prefect_server import Up, newslake_up


@pytest.fixture(scope="session")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A running `newslake up`, with an empty lake."""
    with newslake_up(tmp_path_factory.mktemp("up")) as running:
        yield running
    assert running.process.returncode == 0
