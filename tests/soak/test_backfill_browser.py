"""The three ways of use in Prefect's UI, in a real browser: on schedule, by a click, a backfill of some days."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser import SCREENSHOTS, keep
from tests.demo_site.site import DemoSite
from tests.live_lake import rows, today
from tests.prefect_server import CLICKED, RUN_SECONDS, Up
from tests.servers import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("prefect")]

SLOW = 60_000  # milliseconds: CI's machines are busy
SHORT = 5_000  # milliseconds: a menu that is open shows its options at once
TRIES = 5
SOURCES = ("globalresearch", "theissue")  # both list days that are long past
IN_README = Path(os.environ.get("NEWSLAKE_SCREENSHOTS", SCREENSHOTS))  # where `make screenshots` puts them


@pytest.fixture
def lake() -> Iterator[Path]:
    """A folder with a short name: README shows the page that names it."""
    with tempfile.TemporaryDirectory(prefix="newslake-") as folder:
        yield Path(folder) / "lake"


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


def choose(page: Page, source: str, field: str = "sources") -> None:
    """Choose a source. The menu may close by itself while the form still loads: then again."""
    tag = page.get_by_text(source, exact=True)
    for _ in range(TRIES):
        page.get_by_role("button", name=f"Select {field}", exact=True).click()
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
    keep(page, "form", IN_README)
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
    keep(page, "run", IN_README)

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
    keep(page, "grid", IN_README)


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


def test_what_people_start_comes_first_and_then_one_deployment_a_source(page: Page, up: Up) -> None:
    page.goto(f"{up.url}/v2/deployments")
    expect(page.get_by_role("link", name="source-aa", exact=True)).to_be_visible(timeout=SLOW)
    listed = page.locator("tbody tr td:nth-child(2)").all_inner_texts()
    assert [each.split()[0] for each in listed[:6]] == [*sorted(CLICKED), "source-aa"]
    for told in ("by-hand", "country:tr", "2 schedules"):
        expect(page.get_by_text(told).first).to_be_visible()
    keep(page, "deployments", IN_README)


def test_a_day_of_a_source_is_landed_by_a_click(page: Page, up: Up, demo_site: DemoSite, lake: Path) -> None:
    day = today() - timedelta(days=3)
    page.goto(f"{up.url}/v2/deployments")
    page.get_by_role("link", name="run", exact=True).first.click(timeout=SLOW)
    page.get_by_role("button", name="Run", exact=True).click(timeout=SLOW)
    page.get_by_role("menuitem", name="Custom run").click()
    expect(page.get_by_label("Run Name")).not_to_have_value("", timeout=SLOW)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("'source' is a required property", exact=True)).to_be_visible(timeout=SLOW)
    choose(page, "theissue", "source")
    page.get_by_role("tab", name="date").click()
    pick(page, "Pick a date", day)
    page.get_by_label("lake (Optional)").fill(str(lake))
    keep(page, "click")
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("button", name="View run").click(timeout=SLOW)
    page.wait_for_url("**/flow-run/*")
    run_id = urlsplit(page.url).path.rpartition("/")[2]
    assert up.ended(run_id)["type"] == "COMPLETED"
    assert up.flow_run(run_id)["parameters"]["day"] == str(day)
    assert {row["title"] for row in rows(lake, "theissue", day)} == {
        each.title for each in demo_site.expected("theissue", day)
    }


def test_a_source_is_switched_on_and_off_as_its_page_says(page: Page, up: Up) -> None:
    deployment = up.deployment("run/source-aa")
    assert deployment["paused"]
    page.goto(f"{up.url}/v2/deployments/deployment/{deployment['id']}?tab=Description")
    expect(page.get_by_text("by the switch beside Schedules")).to_be_visible(timeout=SLOW)
    on = page.get_by_role("switch", name="Pause or resume all schedules")
    on.click()
    expect(on).to_have_count(0, timeout=SLOW)

    def scheduled() -> bool:
        return any(run["parameters"].get("source") == "aa" for run in up.scheduled_runs())

    wait_for("runs of the schedules", RUN_SECONDS, scheduled)
    page.get_by_role("tab", name="Upcoming").click()
    page.reload()
    expect(page.get_by_text("2 Parameters").first).to_be_visible(timeout=SLOW)
    keep(page, "schedule")
    page.get_by_role("tab", name="Details").click()  # in a window of this width, where the switches are
    for number in range(2):
        page.get_by_role("switch", name="toggle").nth(number).click()
    wait_for("no more runs", RUN_SECONDS, lambda: not scheduled())
    assert not up.deployment("run/source-aa")["paused"]
