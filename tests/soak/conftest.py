"""A browser; and the lake that is killed and disturbed, made once for all tests of a process."""

import pytest

from tests.browser import browser, chromium, page
from tests.disturbed_lake import Pages, States, undisturbed_states, write_pages

__all__ = ["browser", "chromium", "page"]  # fixtures


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return write_pages(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def states(pages: Pages, tmp_path_factory: pytest.TempPathFactory) -> States:
    return undisturbed_states(pages, tmp_path_factory.mktemp("undisturbed"))
