"""A day of a source from the raw archive, a web archive and the site, and what is said of it afterwards."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.archive.raw_archive import RawArchive
from infra.archive.staging import Staging
from infra.base.days import Days
from infra.lake.day_states import State, day_grid
from infra.lake.lake import Lake
from infra.lake.partition import FETCHES, REJECTS
from infra.store.open_store import open_store
from infra.upkeep.verify import verify
from infra.work.land_outcomes import archive_and_parse, land_outcomes
from infra.work.live.fetch_pages import Fetched
from infra.work.live.plan import FetchPolicy, LivePlan
from infra.work.live.run_days import run_days
from infra.work.run import RunReport
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from tests.cdx_archive import CdxArchive, Line
from tests.demo_requests import demo_client
from tests.demo_site import faults as play
from tests.demo_site.site import DemoSite
from tests.live_lake import rows, run_on, today, yesterday
from tests.servers import Answer as Said
from tests.servers import scripted_server

pytestmark = pytest.mark.usefixtures("no_pauses")

DAY = yesterday()
CAPTURED = f"{today():%Y%m%d}000100"  # a minute after the day ended


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(today(), days=3, per_day=4) as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return tmp_path / "lake"


@pytest.fixture
def web_archive(site: DemoSite) -> CdxArchive:
    """An archive with the first two articles of the day."""
    urls = [each.url for each in site.expected("tass", DAY)[:2]]
    with demo_client(site) as demo:
        archive = CdxArchive([Line(url, CAPTURED, demo.get(url).content) for url in urls])
    site.forget_requests()
    return archive


def worked(
    site: DemoSite,
    lake: Path,
    policy: FetchPolicy | None = None,
    archive: CdxArchive | None = None,
    on_page: Callable[[Fetched], None] = lambda _: None,
) -> tuple[RunReport, LivePlan]:
    """Land the day, with a web archive where one is given."""
    with scripted_server((archive or CdxArchive()).answer) as server:
        place = server.endpoint.removeprefix("http://")
        settings = {"cdx_url": f"{server.endpoint}/cdx/search/cdx", "allowed_private_hosts": place} if archive else {}
        plans: list[LivePlan] = []
        run = run_on(site, lake, **settings)
        report = run_days("tass", Days.one(DAY), policy or FetchPolicy(), run, on_plan=plans.append, on_page=on_page)
        return report, plans[0]


def asked(site: DemoSite) -> set[str]:
    """Addresses of articles that the site was asked for."""
    return {f"https://tass.com{request.path}" for request in site.requests if "/rss" not in request.path}


def published(site: DemoSite) -> set[str]:
    return {each.url for each in site.expected("tass", DAY)}


def modes(lake: Path) -> dict[object, object]:
    return {row["url"]: row["mode"] for row in rows(lake, "tass", DAY)}


def state_of(lake: Path) -> State:
    (found,) = day_grid(open_store(str(lake)), DAY, DAY + timedelta(days=1), ["tass"])
    return found.state


def test_a06_what_an_archive_has_is_not_asked_of_the_site(site: DemoSite, lake: Path, web_archive: CdxArchive) -> None:
    report, _ = worked(site, lake, archive=web_archive)
    archived = {line.url for line in web_archive.lines}
    others = published(site) - archived
    assert modes(lake) == dict.fromkeys(archived, "ingest") | dict.fromkeys(others, "live")
    assert others <= asked(site)
    assert not asked(site) & archived
    assert report.requests == len(site.requests) + len(web_archive.requests)


def test_only_the_archive_is_asked_where_that_is_said(site: DemoSite, lake: Path, web_archive: CdxArchive) -> None:
    report, plan = worked(site, lake, FetchPolicy(only_archive=True), web_archive)
    assert modes(lake) == {line.url: "ingest" for line in web_archive.lines}
    assert site.requests == ()
    assert plan.summary() == "0 archived captures to parse; the source is not asked"
    assert report.requests == len(web_archive.requests)


def test_a01_a_page_that_an_archive_lost_is_asked_of_the_site(
    site: DemoSite, lake: Path, web_archive: CdxArchive
) -> None:
    lost = web_archive.lines[0].url
    real = web_archive.answer

    def answer(method: str, path: str, headers: Any, body: bytes) -> Any:
        return real(method, "/lost" if lost in path else path, headers, body)

    web_archive.answer = answer  # type: ignore[method-assign]
    report, _ = worked(site, lake, archive=web_archive)
    assert modes(lake)[lost] == "live"
    assert report.failed == {}


def test_a_web_archive_that_is_down_is_an_alarm_and_the_site_gives_all(site: DemoSite, lake: Path) -> None:
    nothing = CdxArchive()
    nothing.answer = lambda *_: Said(500)  # type: ignore[method-assign]
    report, _ = worked(site, lake, archive=nothing)
    assert ["robots_unreachable" in alarm for alarm in report.alarms] == [True]
    assert set(modes(lake)) == published(site)


def test_a_day_of_many_lands_in_parts(
    site: DemoSite, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked(site, tmp_path / "at once")
    monkeypatch.setattr("infra.work.live.run_days.LAND_BYTES", 1)
    monkeypatch.setattr("infra.work.live.fetch_pages.BATCH_PAGES", 2)
    report, _ = worked(site, lake)
    ids = [[row["article_id"] for row in rows(at, "tass", DAY)] for at in (lake, tmp_path / "at once")]
    assert ids[0] == ids[1]
    assert len(ids[0]) == report.parsed
    assert state_of(lake) is State.LANDED


def test_l02_what_came_before_an_interrupt_is_staged_and_lands_without_a_request(site: DemoSite, lake: Path) -> None:
    def interrupt(_: Fetched) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        worked(site, lake, on_page=interrupt)
    first = [page.url for page in Staging(open_store(str(lake)), "tass").left_over()]
    assert len(first) == 1
    assert RawArchive(open_store(str(lake))).entries("tass") == []
    site.forget_requests()
    worked(site, lake)
    assert first[0] not in asked(site)
    assert set(modes(lake)) == published(site)


def die_at(moment: str, monkeypatch: pytest.MonkeyPatch, site: DemoSite, lake: Path, **options: Any) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(moment, die)
        with pytest.raises(KeyboardInterrupt):
            worked(site, lake, **options)


@pytest.mark.parametrize(
    "moment",
    [
        "infra.work.live.run_days.archive_and_parse",
        "infra.work.live.run_days.land_outcomes",
        "infra.archive.staging.Staging.clear",
    ],
)
def test_l02_pages_of_a_dead_run_land(moment: str, site: DemoSite, lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    die_at(moment, monkeypatch, site, lake)
    site.forget_requests()
    _, plan = worked(site, lake)
    expected = published(site)
    assert {page.url for page in plan.staged} >= expected
    assert not asked(site) & expected
    assert set(modes(lake)) == expected
    assert state_of(lake) is State.LANDED
    assert not list(open_store(str(lake)).list("staging/"))
    again, plan = worked(site, lake)
    assert (again.captures, plan.staged, plan.archived) == (0, (), ())


def test_pages_of_a_web_archive_that_a_dead_run_staged_land_as_such(
    site: DemoSite, lake: Path, web_archive: CdxArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = FetchPolicy(only_archive=True)
    die_at("infra.work.live.run_days.land_outcomes", monkeypatch, site, lake, policy=policy, archive=web_archive)
    worked(site, lake, policy)
    assert modes(lake) == {line.url: "ingest" for line in web_archive.lines}


def test_a_page_that_another_way_brought_is_pending_no_more(site: DemoSite, lake: Path) -> None:
    lost = site.expected("tass", DAY)[0].url
    with demo_client(site) as demo:
        page = demo.get(lost).content
    site.set_fault(lost.removeprefix("https://"), play.challenge())
    worked(site, lake)
    assert state_of(lake) is State.PARTIAL
    brought = Capture(
        body=page, media_type=MediaType.HTML, captured_at=datetime.now(UTC), captured_at_basis=CapturedAtBasis.WARC,
        url=lost, http_status=200,
    )  # fmt: skip
    run = run_on(site, lake)
    with run.open_pool() as pool:
        store = run.open_store()
        parsed = archive_and_parse([brought], RawArchive(store), pool, run_id="r9", worker="w")
        land_outcomes(parsed, Lake(store), run, mode="ingest")
    site.forget_requests()
    worked(site, lake)
    assert not asked(site) & published(site)
    assert state_of(lake) is State.LANDED
    rejects = Lake(open_store(str(lake))).read_partition("tass", str(today()), REJECTS).to_pylist()
    assert [each["state"] for each in rejects if each["url"] == lost] == ["closed"]


def test_a_day_whose_articles_are_gone_is_not_whole_until_they_are_back(site: DemoSite, lake: Path) -> None:
    worked(site, lake)
    (lake / f"articles/source=tass/date={DAY}/articles.parquet").unlink()
    assert state_of(lake) is State.PARTIAL
    store = open_store(str(lake))
    assert [fault.object for fault in verify(store, RawArchive(store))] == [FETCHES.key("tass", str(DAY))]
    site.forget_requests()
    _, plan = worked(site, lake)
    assert plan.archived
    assert (state_of(lake), set(modes(lake))) == (State.LANDED, published(site))
    assert not asked(site) & published(site)
    _, plan = worked(site, lake)
    assert not plan.archived  # nothing is parsed for ever again
    (first, *_) = (each for each in RawArchive(store).entries("tass") if each.url in published(site))
    Lake(store).land([], reparsed={"tass": [first.identity]})  # as if a parser found no article there
    assert state_of(lake) is State.PARTIAL
    worked(site, lake)
    assert state_of(lake) is State.LANDED
