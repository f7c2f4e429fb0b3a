"""Given addresses against the demo site: what becomes of each is told, and it is true."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.work.live.run_days import UrlOutcome, UrlState, fetch_urls
from infra.work.run import RunReport
from tests.demo_requests import demo_client
from tests.demo_site import faults as play
from tests.demo_site.site import DemoSite
from tests.gated_days import FIRST
from tests.live_lake import rows, run_on
from tests.servers import Answer as Said
from tests.servers import scripted_server

pytestmark = pytest.mark.usefixtures("no_pauses")

DAY = FIRST + timedelta(days=7)  # the first one after the history of `land_history`
ELSEWHERE = "https://elsewhere.example/story"


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(DAY, days=2, per_day=15) as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def fetched(
    site: DemoSite, lake: Path, *urls: str, elsewhere: str = "", **options: Any
) -> tuple[list[UrlOutcome], RunReport]:
    """What is told of the addresses, and the report; `elsewhere` serves a host that no source claims."""
    run = run_on(site, lake, origins=f"{site.origins},elsewhere.example={elsewhere or site.url}/")
    told: list[UrlOutcome] = []
    return told, fetch_urls(urls, run, on_outcome=told.append, **options)


def words(told: list[UrlOutcome]) -> Mapping[str, tuple[str, str | None]]:
    return {each.url: (each.outcome.value, each.reason) for each in told}


def test_each_address_is_told_of_with_what_became_of_it(site: DemoSite, lake: Path) -> None:
    article, broken, cut = (each.url for each in site.expected("tass", DAY)[:3])
    (video,) = (each.url for each in site.expected_rejections("tass", DAY - timedelta(days=1)))
    for url, fault in ((broken, play.server_error()), (cut, play.truncated())):
        site.set_fault(url.removeprefix("https://"), fault)
    (disallowed,) = site.disallowed("theissue", DAY)
    missing = "https://tass.com/society/1"
    private, nonsense = "http://10.0.0.1/", "not an address"
    told, report = fetched(site, lake, article, video, missing, disallowed, ELSEWHERE, broken, cut, private, nonsense)
    assert words(told) == {
        article: ("landed", None),
        video: ("rejected", "not_article"),
        missing: ("rejected", "status"),
        disallowed: ("rejected", "robots"),
        ELSEWHERE: ("rejected", "status"),
        broken: ("failed", "server_error"),
        cut: ("landed", None),
        private: ("rejected", "address"),
        nonsense: ("rejected", "url"),
    }
    landed = {row["url"]: (row["article_id"], row["fidelity"], row["mode"]) for row in rows(lake, "tass", DAY)}
    told_of = {each.url: each for each in told if each.outcome is UrlState.LANDED}
    assert landed[article] == (told_of[article].article_id, "html", "live")
    assert landed[cut] == (told_of[cut].article_id, "partial", "live")
    assert [(told_of[url].detail or "").partition(":")[0] for url in (article, cut)] == ["", "truncated"]
    assert report.failed == {"robots": 1, "server_error": 1, "address": 1, "url": 1}
    assert (report.captures, report.parsed, report.requests) == (5, 2, len(site.requests))


def test_a_source_that_is_named_reads_a_mirror_that_no_source_claims(site: DemoSite, lake: Path) -> None:
    """A redirect within the mirror is followed, too."""
    article = site.expected("tass", DAY)[0]
    with demo_client(site) as demo:
        page = demo.get(article.url)

    def mirror(_method: str, path: str, _headers: Mapping[str, str], _body: bytes) -> Said:
        if path == "/story":
            return Said(302, b"", {"Location": "/copies/story"})
        return Said(200, page.content, {"Content-Type": "text/html"}) if path == "/copies/story" else Said(404)

    with scripted_server(mirror) as server:
        told, _ = fetched(site, lake, ELSEWHERE, elsewhere=server.endpoint, source="tass")
    assert words(told) == {ELSEWHERE: ("landed", None)}
    assert [row["title"] for row in rows(lake, "tass", DAY)] == [article.title]
