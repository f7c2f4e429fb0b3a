"""A backfill from the form of Prefect's UI in a real browser, to the Parquet that it lands."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Error, Page, expect

from flows.server.serve import BY_HAND
from tests.demo_site.site import DemoSite
from tests.live_lake import rows, today
from tests.prefect_server import Up

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("prefect")]

SLOW = 60_000  # milliseconds: CI's machines are busy
SHORT = 5_000  # milliseconds: a menu that is open shows its options at once
TRIES = 5
SOURCES = ("globalresearch", "theissue")  # both list days that are long past
# Screenshots are output of the tests; `make screenshots` puts them where README shows them.
SCREENSHOTS = Path(os.environ.get("NEWSLAKE_SCREENSHOTS", "build/screenshots"))
COLOURS = 64  # of a picture: a third of the bytes, and no difference to see
WIDTH = 1000  # pixels: what README shows without scaling


@pytest.fixture
def lake() -> Iterator[Path]:
    """A folder with a short name: README shows the page that names it."""
    with tempfile.TemporaryDirectory(prefix="newslake-") as folder:
        yield Path(folder) / "lake"


def keep(page: Page, name: str, height: int = 700) -> None:
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)  # Prefect's charts and menus move for a moment
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    drawn = Image.open(BytesIO(page.screenshot())).convert("RGB")
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(SCREENSHOTS / f"{name}.png", optimize=True)


def form(page: Page, up: Up) -> None:
    page.goto(f"{up.url}/v2/deployments/deployment/{up.deployment('backfill')['id']}/run")
    expect(page.get_by_label("Run Name")).not_to_have_value("", timeout=SLOW)


def pick(page: Page, label: str, day: date) -> None:
    page.get_by_role("button", name=label, exact=True).click()
    shown = page.locator(f"td button[aria-label*='{day:%B} {day.day}']")
    for _ in range(2):  # the calendar shows this month; days of the form are of the last two weeks
        if shown.count():
            break
        page.get_by_role("button", name="Previous").click()
    shown.first.click()
    page.keyboard.press("Escape")


def choose(page: Page, source: str) -> None:
    """Add a source to the list of sources. The menu may close by itself while the form still loads: then again."""
    tag = page.get_by_text(source, exact=True)
    for _ in range(TRIES):
        page.get_by_role("button", name="Select sources", exact=True).click()
        with suppress(Error):
            page.get_by_role("option", name=source, exact=True).click(timeout=SHORT)
        page.keyboard.press("Escape")
        if tag.count():
            return
    pytest.fail(f"{source} can't be chosen")


def test_three_days_of_two_sources_filled_in_the_form_land(page: Page, up: Up, demo_site: DemoSite, lake: Path) -> None:
    start, end = today() - timedelta(days=4), today() - timedelta(days=1)
    form(page, up)
    page.get_by_label("Run Name").fill("three-days")
    pick(page, "start", start)
    pick(page, "end", end)
    for source in SOURCES:
        choose(page, source)
    page.get_by_label("lake (Optional)").fill(str(lake))
    page.locator("label", has_text="start").first.evaluate("each => each.scrollIntoView()")
    keep(page, "form")
    page.get_by_role("button", name="Submit").click()

    page.get_by_role("button", name="View run").click(timeout=SLOW)
    page.wait_for_url("**/flow-run/*")
    run_id = urlsplit(page.url).path.rpartition("/")[2]
    state = up.ended(run_id)
    assert state["type"] == "COMPLETED", state
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible(timeout=SLOW)
    page.reload()  # without the notice that covers the artifacts
    page.get_by_role("tab", name="Artifacts").click(timeout=SLOW)
    expect(page.get_by_text("backfill-days").first).to_be_visible(timeout=SLOW)
    keep(page, "run")

    for source in SOURCES:
        for number in range(3):
            day = start + timedelta(days=number)
            assert sorted((row["title"], row["published_at"]) for row in rows(lake, source, day)) == sorted(
                (each.title, each.published_at) for each in demo_site.expected(source, day)
            )
    artifacts = up.artifacts(run_id)
    assert artifacts["backfill-progress"]["data"] == 100
    page.goto(f"{up.url}/v2/artifacts/artifact/{artifacts['backfill']['id']}")
    expect(page.get_by_text("■■■").first).to_be_visible(timeout=SLOW)
    keep(page, "grid")


def test_o01_the_form_refuses_more_sources_at_a_time_than_there_may_be(page: Page, up: Up) -> None:
    form(page, up)
    pick(page, "start", today() - timedelta(days=3))
    pick(page, "end", today() - timedelta(days=2))
    number = page.get_by_label("max_active (Optional)")
    number.fill("99")
    page.get_by_role("button", name="Submit").click()
    message = number.evaluate("field => field.validationMessage")
    assert "16" in message
    assert page.url.endswith("/run")


def test_o01_a_wish_that_cannot_be_met_fails_with_one_line(up: Up) -> None:
    state = up.ended(up.start("backfill", start=f"{today()}", end=f"{today() + timedelta(days=9)}"))
    assert state["type"] == "FAILED"
    assert state["message"].startswith(f"{today() + timedelta(days=8)} is in the future")
    assert "Traceback" not in state["message"]


def test_the_runs_that_are_scheduled_are_listed(page: Page, up: Up) -> None:
    page.goto(f"{up.url}/v2/deployments")
    expect(page.get_by_role("link", name="backfill").first).to_be_visible(timeout=SLOW)
    for tag in ("by-hand", "country:tr"):
        expect(page.get_by_text(tag).first).to_be_visible()
    keep(page, "deployments")
    page.goto(f"{up.url}{BY_HAND}")
    expect(page.get_by_role("link", name="reparse").first).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("link", name="aa", exact=True)).to_have_count(0)
