"""`newslake maintain` without Prefect, with the demo site for the network."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from flows.cli import run as run_cli
from infra.base.days import Days
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES
from infra.store.local_store import LocalStore
from tests.demo_site.site import DemoSite
from tests.lake_samples import landed
from tests.live_lake import rows, today, work
from tests.old_partitions import written_by_version_2

SOURCE = "theissue"


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(today(), days=9, per_day=2) as running:
        yield running


@pytest.fixture
def lake(alone: Path, monkeypatch: pytest.MonkeyPatch, site: DemoSite) -> Path:
    """A lake that was last filled six days ago."""
    monkeypatch.setenv("NEWSLAKE_ORIGINS", site.origins)
    monkeypatch.setenv("NEWSLAKE_HOST_INTERVAL_SECONDS", "0")
    monkeypatch.setenv("XDG_STATE_HOME", str(alone / "state"))
    work(site, alone / "lake", SOURCE, Days.one(today() - timedelta(days=6)))
    site.forget_requests()
    return alone / "lake"


def planned(capsys: pytest.CaptureFixture[str], part: str = "repair") -> Any:
    capsys.readouterr()
    assert run_cli(["maintain", "--dry-run", "--json"]) == 0
    return orjson.loads(capsys.readouterr().out)[part]


def test_an_outage_of_five_days_is_repaired_by_one_command_and_the_next_has_nothing_to_do(
    lake: Path, site: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    outage = [today() - timedelta(days=days) for days in range(1, 6)]
    assert [each["date"] for each in planned(capsys)] == [str(day) for day in outage]
    assert run_cli(["maintain", SOURCE, "--dry-run"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert f"{SOURCE} {outage[0]} missing repair" in printed
    assert "5 days of 1 source to repair" in printed
    assert site.requests == ()
    assert run_cli(["maintain"]) in {0, 3}  # 3: among so few pages, one that is no article is over the limit
    assert "5 days of 1 source to repair" in capsys.readouterr().err
    for day in outage:
        assert len(rows(lake, SOURCE, day)) == len(site.expected(SOURCE, day))
    site.forget_requests()
    assert planned(capsys) == []
    assert run_cli(["maintain", SOURCE]) == 0
    assert site.requests == ()


def test_l07_what_an_older_newslake_wrote_is_written_anew_without_a_request(
    lake: Path, site: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    old = lake / ARTICLES.key("tass", "2024-05-01")
    Lake(LocalStore(lake)).land([landed(0, source="tass")])
    old.write_bytes(written_by_version_2(old.read_bytes(), old.name))
    place = {"table": "articles", "source": "tass", "date": "2024-05-01"}
    assert planned(capsys, "rewrite") == [place]
    assert run_cli(["maintain", "tass", "--dry-run"]) == 0
    assert "write 1 partitions anew" in capsys.readouterr().out
    assert planned(capsys, "rewrite") == [place]
    assert run_cli(["maintain", "tass"]) == 0
    assert planned(capsys, "rewrite") == []
    assert site.requests == ()
