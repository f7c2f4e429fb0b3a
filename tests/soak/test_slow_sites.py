"""Sites that fail for a while, with the pauses that are really made."""

from datetime import timedelta
from pathlib import Path

from infra.base.days import Days
from infra.lake.day_states import DayStates, State
from infra.store.open_store import open_store
from parsers.registry import sources
from tests.demo_site import faults as play
from tests.demo_site.site import DemoSite
from tests.live_lake import rows, today, work, yesterday


def test_what_a_server_could_not_give_makes_the_day_partial_until_a_run_gets_it(tmp_path: Path) -> None:
    lake, day = tmp_path / "lake", yesterday()
    pattern = sources()["tass"].article_url
    assert pattern is not None
    with DemoSite(today(), days=8, per_day=4) as site:
        broken = site.expected("tass", day)[0].url.removeprefix("https://")
        site.set_fault(broken, play.server_error(status=503))
        report = work(site, lake, "tass", Days.one(day))
        assert report.failed["server_error"] == 1
        (found,) = DayStates(open_store(str(lake))).grid("tass", day, day + timedelta(days=1))
        assert found.state is State.PARTIAL
        site.clear_faults()
        site.forget_requests()
        work(site, lake, "tass", Days.one(day))
        articles = [request.path for request in site.requests if pattern.search(request.path)]
        assert articles == ["/" + broken.partition("/")[2]]
        assert len(rows(lake, "tass", day)) == len(site.expected("tass", day))
