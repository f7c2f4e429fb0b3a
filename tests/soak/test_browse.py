"""`newslake browse` in a real browser: from the grid to an article, beside a raw page that means harm."""

import os
import signal
import subprocess
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Dialog, Page

from tests import sample_pages as pages
from tests.browser import keep
from tests.prefect_server import COMMAND
from tests.raw_server import answer, raw_server
from tests.servers import free_ports, wait_for

pytestmark = pytest.mark.timeout(120)
# Each would be seen: a request to the listener, a changed title, a dialog, another address.
HARM = """
<meta http-equiv="refresh" content="0; url={there}/refresh"><base href="{there}/base/">
<link rel="stylesheet" href="{there}/style.css"><LINK rel="preconnect" href="{there}">
<style>@import "{there}/import.css"; p {{ background: url({there}/bg.png) }}</style>
<script>alert(1); top.document.title = "taken"; fetch("{there}/fetch"); top.location = "{there}/top"</script>
<img src="{there}/img.png" onerror="alert(2)"><svg onload="alert(3)"><image href="{there}/svg.png"/></svg>
<iframe src="{there}/frame"></iframe><object data="{there}/object"></object><video src="{there}/video" autoplay></video>
<form action="{there}/form"><button id="send">Send</button></form><a id="away" href="{there}/away">away</a>
<a id="script" href="javascript:alert(4)">script</a><body onload="document.forms[0].submit()">
"""


def test_from_the_grid_to_an_article_whose_raw_page_runs_loads_and_leads_nowhere(page: Page, tmp_path: Path) -> None:
    with raw_server(answer(b"reached")) as listener:
        there = f"http://127.0.0.1:{listener.port}"
        folder = pages.write_folder(tmp_path / "in", 1)
        body = (folder / "0000.html").read_text().replace("<p>Springs", HARM.format(there=there) + "<p>Springs")
        (folder / "0000.html").write_text(body)
        environment = os.environ | {"NEWSLAKE_LAKE": str(tmp_path / "lake"), "XDG_STATE_HOME": str(tmp_path)}
        subprocess.run([*COMMAND, "ingest", str(folder)], env=environment, check=True, capture_output=True)
        (port,) = free_ports(1)
        home = f"http://127.0.0.1:{port}"
        browse = subprocess.Popen([*COMMAND, "browse", "--port", str(port)], env=environment, stderr=subprocess.PIPE)
        try:
            wait_for("the pages", 30, lambda: _answers(home))
            dialogs: list[str] = []

            def noted(dialog: Dialog) -> None:
                dialogs.append(dialog.message)
                dialog.dismiss()

            page.on("dialog", noted)
            page.goto(home)
            page.get_by_role("link", name="the weeks before 2024-01-11").click()
            keep(page, "browse-grid")
            page.get_by_title("tass 2024-01-10").click()
            keep(page, "browse-day")
            page.get_by_role("link", name="Cranes of bay 0 winter further north").click()
            title, address = page.title(), page.url
            raw = page.frame_locator("iframe")
            raw.get_by_text("Springs keep the bay free of").wait_for()
            keep(page, "browse-article")
            page.goto(f"{home}{page.get_by_role('link', name='alone').get_attribute('href')}")
            page.wait_for_timeout(500)
            assert listener.connections == 0  # a click on a link in the frame may open one, and no more
            page.go_back()
            raw.get_by_text("Springs keep the bay free of").wait_for()
            for name in ("#script", "#send", "#away"):
                raw.locator(name).click()
                page.wait_for_timeout(300)
            assert (page.title(), page.url) == (title, address)
            assert "Cranes of bay 0" in title
            assert page.locator("td.origin", has_text="JSON-LD").count() > 0
            page.goto(f"{home}/search?q=cranes")
            assert page.get_by_text("1 article").is_visible()
            keep(page, "browse-search")
            assert dialogs == []
            assert listener.paths() == []
            assert httpx.get(home, headers={"Host": "evil.example"}).status_code == 403
        finally:
            browse.send_signal(signal.SIGINT)
            _, said = browse.communicate(timeout=20)
        assert browse.returncode == 130
        assert b"Traceback" not in said


def _answers(home: str) -> bool:
    try:
        return httpx.get(home).status_code == 200
    except httpx.TransportError:
        return False
