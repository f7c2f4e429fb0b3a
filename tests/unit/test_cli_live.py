"""`newslake run` and `newslake fetch` against the demo site, in this process."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from flows.cli import run as run_cli
from tests.commands import Cli
from tests.demo_site.site import DemoSite
from tests.live_lake import rows, today, yesterday

DAY = yesterday()


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(today(), days=3, per_day=4) as running:
        yield running


@pytest.fixture(autouse=True)
def lake(site: DemoSite, alone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the lake; the demo site is the network."""
    monkeypatch.setenv("XDG_STATE_HOME", str(alone / "state"))
    settings = {"ORIGINS": site.origins, "HOST_INTERVAL_SECONDS": "0.001", "REQUEST_BUDGET": "500"}
    settings["QUARANTINE_LIMIT"] = "0.2"
    for name, value in settings.items():
        monkeypatch.setenv(f"NEWSLAKE_{name}", value)
    return alone / "lake"


def lines(printed: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in printed.splitlines()]


def test_a_dry_run_says_what_it_would_fetch_and_how_much_it_may(site: DemoSite, lake: Path, cli: Cli) -> None:
    out = cli("run", "tass", "--day", str(DAY), "--dry-run")
    assert f"tass, {DAY}: " in out
    assert "at one request every " in out
    assert "500 requests allowed a run (NEWSLAKE_REQUEST_BUDGET)" in out
    articles = [each.url for each in site.expected("tass", DAY)]
    assert all(url in out for url in articles)
    assert not {request.path for request in site.requests} & {url.removeprefix("https://tass.com") for url in articles}
    assert not (lake / "articles").exists()
    assert not (lake / "raw").exists()


def test_fetch_prints_a_line_for_each_address_whatever_it_is(site: DemoSite, lake: Path, cli: Cli) -> None:
    article = site.expected("tass", DAY)[0].url
    # How Python passes on an argument that is not UTF-8, and how it is written.
    odd, shown = "https://tass.com/\udcff", "https://tass.com/\\udcff"
    asked = [article, "nonsense", article, odd, "http://user:hunter2@tass.com/", "http://127.0.0.1/", "file:///x"]
    told = lines(cli("fetch", *asked, "--json", code=3))
    assert sorted(each["url"].replace(shown, odd) for each in told) == sorted(asked)
    assert {each["url"]: (each["outcome"], each["reason"]) for each in told} == {
        article: ("landed", None),
        "nonsense": ("rejected", "url"),
        shown: ("rejected", "url"),
        "http://user:hunter2@tass.com/": ("rejected", "url"),
        "http://127.0.0.1/": ("rejected", "address"),
        "file:///x": ("rejected", "scheme"),
    }
    assert [row["url"] for row in rows(lake, "tass", DAY)] == [article]
    out = cli("fetch", article, "http://user:hunter2@tass.com/", code=3)  # a table for people
    assert article in out
    assert "http://tass.com/" in out
    assert "hunter2" not in out + cli.err


@pytest.mark.parametrize("name", ["list.txt", "-"])
def test_fetch_reads_lists(name: str, site: DemoSite, lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows writes them: with a byte order mark and its own ends of lines."""
    first, second = (each.url for each in site.expected("tass", DAY)[:2])
    text = f"{first}\r\n\r\n# a remark\r\n  {second}\r\n"
    Path("list.txt").write_text(text, encoding="utf-8-sig", newline="")
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert run_cli(["fetch", "--url-file", name]) == 0
    assert [row["url"] for row in rows(lake, "tass", DAY)] == [first, second]


@pytest.mark.parametrize(
    "command",
    [
        ["run", "tass"],
        ["run", "tass", "--dry-run"],
        ["fetch", "https://theissue.com/a", "https://tass.com/society/1"],
        ["backfill", "theissue", "tass", "--start", str(DAY), "--end", str(today())],
    ],
)
def test_without_a_contact_no_public_site_is_asked_and_no_other_work_begins(
    command: list[str], site: DemoSite, lake: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    origins = [origin for origin in site.origins.split(",") if not origin.startswith("tass.com=")]
    monkeypatch.setenv("NEWSLAKE_ORIGINS", ",".join(origins))
    cli(*command, code=2)
    said = cli.err
    assert "error: NEWSLAKE_CONTACT is not set, and tass.com is a public site. Set it to your" in said
    assert "Traceback" not in said
    assert not site.requests  # of theissue.com neither
    assert not list(lake.glob("*/source=*"))


def test_without_a_contact_no_archive_is_asked(site: DemoSite, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLAKE_CDX_URL", "https://web.archive.org/cdx/search/cdx")
    cli("run", "tass", "--only", "archive", code=2)
    assert "NEWSLAKE_CONTACT is not set, and web.archive.org is a public site" in cli.err
    assert not site.requests


def test_what_asks_nobody_needs_no_contact(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSLAKE_ORIGINS")
    cli("run", "tass", "--only", "archive")
    cli("backfill", "tass", "--start", str(DAY), "--end", str(today()), "--dry-run")
    assert "NEWSLAKE_CONTACT" not in cli.err
