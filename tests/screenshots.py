"""Screenshots of Prefect's UI, kept as output of the tests; `make screenshots` puts them where README shows them."""

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

FOLDER = Path(os.environ.get("NEWSLAKE_SCREENSHOTS", "build/screenshots"))
COLOURS = 64  # of a picture: a third of the bytes, and no difference to see
WIDTH = 1000  # pixels: what README shows without scaling


def keep(page: Page, name: str, height: int = 700) -> None:
    """Keep what the page shows now.

    Args:
        page: once it shows what is wanted.
        name: of the file, without its ending.
        height: pixels.
    """
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)  # Prefect's charts and menus move for a moment
    FOLDER.mkdir(parents=True, exist_ok=True)
    drawn = Image.open(BytesIO(page.screenshot())).convert("RGB")
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
