"""The UI of `newslake up` in a real browser: a person fills the lake with a form."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests import sample_pages as pages
from tests.prefect_server import Up

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("prefect")]

MILLISECONDS = 1000


def test_pages_are_ingested_by_filling_in_the_form_of_the_deployment(page: Page, up: Up, tmp_path: Path) -> None:
    folder = pages.write_folder(tmp_path / "in", 4)
    lake = tmp_path / "lake"
    page.goto(f"{up.url}/v2/deployments/deployment/{up.deployment('ingest')['id']}")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Custom run").click()
    name = page.get_by_label("Run Name")
    expect(name).not_to_have_value("", timeout=30 * MILLISECONDS)  # the form proposes a name once it is complete
    name.fill("by-hand")
    page.get_by_role("button", name="Add item").first.click()  # of the paths
    page.get_by_role("group").get_by_role("textbox").first.fill(str(folder))
    page.get_by_label("lake (Optional)").fill(str(lake))
    expect(name).to_have_value("by-hand")
    page.get_by_role("button", name="Submit").click()

    page.get_by_role("link", name="by-hand").first.click(timeout=60 * MILLISECONDS)
    page.wait_for_url("**/flow-run/*")
    run_id = urlsplit(page.url).path.rpartition("/")[2]
    assert up.ended(run_id)["type"] == "COMPLETED"
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible(timeout=60 * MILLISECONDS)
    assert len(list(lake.glob("articles/source=tass/date=*/articles.parquet"))) == 3
    page.get_by_role("tab", name="Artifacts").click()
    expect(page.get_by_text("4 captures: 4 parsed, 0 rejected; 3 partitions written").first).to_be_visible()


def test_the_source_of_a_run_is_chosen_from_a_list(page: Page, up: Up) -> None:
    page.goto(f"{up.url}/v2/deployments/deployment/{up.deployment('run')['id']}/run")
    page.get_by_role("button", name="Select source").first.click()
    expect(page.get_by_role("option", name="tass")).to_be_visible()
    page.get_by_role("option", name="tass").click()
    expect(page.get_by_text("Empty: the day of this run's scheduled time less the lag.")).to_be_visible()
