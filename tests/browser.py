"""Fixtures for tests in a real browser. They skip where there is none, and fail instead of skipping in CI."""

import os
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.programs import missing

_NAMES = ("chromium", "chromium-browser", "google-chrome")

SCREENSHOTS = Path("build/screenshots")  # what tests saw, for people to look at
COLOURS = 64  # of a picture: a third of the bytes, and no difference to see
WIDTH = 1000  # pixels: what README shows without scaling

# Tests talk to this machine only: without these, Chromium looks up its maker's hosts at every start.
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Path of a Chromium: NEWSLAKE_CHROMIUM if it is set, else the first known name on PATH; None if there is none."""
    named = os.environ.get("NEWSLAKE_CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for path in map(shutil.which, _NAMES) if path is not None), None)


@pytest.fixture
def chromium() -> str:
    return find_chromium() or missing("Chromium", "chromium", "or set NEWSLAKE_CHROMIUM to the path of one")


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    """A headless Chromium with an empty profile.

    One a test: Playwright's event loop runs in this thread as long as the browser does, and a test that
    runs flows meanwhile would find the thread's loop taken.
    """
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page, 1280 × 900, in UTC and English whatever the machine speaks."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US", timezone_id="UTC")
    yield context.new_page()
    context.close()


def keep(page: Page, name: str, folder: Path = SCREENSHOTS) -> None:
    """Keep a picture of what the page shows."""
    page.set_viewport_size({"width": WIDTH, "height": 700})
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)  # Prefect's charts and menus move for a moment
    folder.mkdir(parents=True, exist_ok=True)
    drawn = Image.open(BytesIO(page.screenshot())).convert("RGB")
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(folder / f"{name}.png", optimize=True)
