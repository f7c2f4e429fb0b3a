"""The pages of `newslake browse`, asked as a browser asks them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from flows.browse.site import Site
from flows.cli import run as run_cli
from flows.jobs.start import load_run_settings
from infra.store.local_store import LocalStore
from tests import sample_pages as pages

Ask = Callable[..., httpx.Response]
HOSTILE = "\"><script>alert(1)</script>'{{ 7*7 }}"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four pages of TASS, one that means harm, and one that gave no article."""
    place = tmp_path_factory.mktemp("browse")
    folder = pages.write_folder(place / "in", 4)
    page = pages.page(9).decode().replace("Cranes of bay 9", HOSTILE.replace("<", "&lt;"))
    (folder / "hostile.html").write_text(page)
    (folder / "odd.html").write_text("<LINK rel=preconnect href=//x><p>of no paper that is known here<iframe src=//x>")
    run_cli(["ingest", str(folder), "--captured-at", "2024-02-01", "--lake", str(place / "lake")])
    return place / "lake"


@pytest.fixture
def ask(alone: Path, lake: Path) -> Ask:
    site = Site(LocalStore(lake), load_run_settings()).application()

    def get(path: str, method: str = "GET") -> httpx.Response:
        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(site)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path)

        return asyncio.run(answer())

    return get


def test_the_grid_shows_the_last_weeks_and_leads_to_those_that_hold_something(ask: Ask) -> None:
    assert f"{datetime.now(UTC):%Y-%m-%d}" in ask("/").text
    assert 'href="/?end=2024-01-13"' in ask("/").text
    then = ask("/?end=2024-02-03").text
    assert 'href="/day/tass/2024-01-10" title="tass 2024-01-10: articles, but no list read, 3 articles"' in then
    assert 'href="/day/_unknown/2024-02-01" title="_unknown 2024-02-01: pages rejected, 0 articles"' in then


def test_a_day_lists_its_articles_and_rejections_and_an_article_its_fields_and_origins(ask: Ask) -> None:
    day = ask("/day/tass/2024-01-10").text
    links = [part.partition('"')[0] for part in day.split('href="')[1:] if part.startswith("/article/tass/")]
    assert len(links) == 3
    article = ask(links[0]).text
    assert "STAVROPOL" in article
    assert "JSON-LD" in article
    assert f'<iframe sandbox="" title="Raw page" src="{links[0].replace("article", "raw")}">' in article
    rejected = ask("/day/_unknown/2024-02-01").text
    assert "unknown_source" in rejected
    link = rejected.split('href="/article/_unknown/')[1].partition('"')[0]
    raw = ask(f"/raw/_unknown/{link}")
    assert raw.text == "<meta rel=preconnect href=//x><p>of no paper that is known here<meta src=//x>"
    assert raw.headers["x-dns-prefetch-control"] == "off"
    assert raw.headers["content-security-policy"].startswith("sandbox; default-src 'none';")
    assert ask(f"/article/_unknown/{link}").status_code == 200


def test_words_are_found_in_text_and_headline_and_days_and_sources_narrow_the_search(ask: Ask) -> None:
    assert "5 articles" in ask("/search?q=SPRINGS+keep").text
    assert "3 articles" in ask("/search?q=springs&source=tass&start=2024-01-10&end=2024-01-11").text
    assert "0 articles" in ask("/search?q='; DROP TABLE articles --").text
    assert ask("/search?q=springs&start=soon").status_code == 400


def test_rejections_are_counted_by_source_and_reason(ask: Ask) -> None:
    assert "<td>_unknown</td><td>unknown_source</td>" in ask("/rejects").text


def test_nothing_that_a_page_or_an_address_says_is_markup(ask: Ask) -> None:
    for path in (f"/search?q={HOSTILE}", "/search?q=alert", f"/search?q=a&source={HOSTILE}", f"/?end={HOSTILE}"):
        text = ask(path).text
        assert "<script" not in text
        assert "49" not in text


@pytest.mark.parametrize("path", ["/?end=soon", "/day/tass/soon", "/day/..%2F/2024-01-10", "/article/tass/1"])
def test_a_wrong_address_is_told_in_a_line(ask: Ask, path: str) -> None:
    answer = ask(path)
    assert answer.status_code in (400, 404)
    assert "Traceback" not in answer.text


def test_pages_only_answer_and_say_what_a_browser_may_do_with_them(ask: Ask) -> None:
    assert ask("/", "POST").status_code == 405
    assert ask("/nothing").status_code == 404
    headers = ask("/").headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; frame-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert ask("/style.css").headers["content-type"] == "text/css; charset=utf-8"


def test_an_empty_lake_says_what_to_do(tmp_path: Path, alone: Path) -> None:
    site = Site(LocalStore(tmp_path / "none"), load_run_settings()).application()

    async def answer() -> str:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://127.0.0.1") as client:
            return (await client.get("/")).text

    assert "newslake ingest PATH" in asyncio.run(answer())
