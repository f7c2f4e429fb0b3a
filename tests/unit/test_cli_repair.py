"""`newslake maintain` without Prefect, with the demo site for the network."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.base.days import Days
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES
from infra.store.local_store import LocalStore
from tests.commands import Cli
from tests.demo_site.site import DemoSite
from tests.lake_samples import landed
from tests.live_lake import rows, today, work
from tests.old_lakes import written_by_version_2

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
    monkeypatch.setenv("NEWSLAKE_QUARANTINE_LIMIT", "1")  # few pages, some of which are no article
    monkeypatch.setenv("XDG_STATE_HOME", str(alone / "state"))
    work(site, alone / "lake", SOURCE, Days.one(today() - timedelta(days=6)))
    site.forget_requests()
    return alone / "lake"


def planned(cli: Cli, part: str = "repair") -> Any:
    return cli.json("maintain", "--dry-run")[part]


def test_an_outage_is_repaired_by_one_command_and_the_next_does_nothing(lake: Path, site: DemoSite, cli: Cli) -> None:
    outage = [today() - timedelta(days=days) for days in range(1, 6)]
    assert [each["date"] for each in planned(cli)] == [str(day) for day in outage]
    printed = " ".join(cli("maintain", SOURCE, "--dry-run").split())
    assert f"{SOURCE} {outage[0]} missing repair" in printed
    assert "5 days of 1 source to repair" in printed
    assert site.requests == ()
    cli("maintain")
    assert "5 days of 1 source to repair" in cli.err
    for day in outage:
        assert len(rows(lake, SOURCE, day)) == len(site.expected(SOURCE, day))
    site.forget_requests()
    assert planned(cli) == []
    cli("maintain", SOURCE)
    assert site.requests == ()


def test_l07_what_an_older_newslake_wrote_is_made_new_without_a_request(lake: Path, site: DemoSite, cli: Cli) -> None:
    old = lake / ARTICLES.key("tass", "2024-05-01")
    Lake(LocalStore(lake)).land([landed(0, source="tass")])
    old.write_bytes(written_by_version_2(old.read_bytes(), old.name))
    place = {"table": "articles", "source": "tass", "date": "2024-05-01"}
    assert planned(cli, "rewrite") == [place]
    assert "write 1 partitions anew" in cli("maintain", "tass", "--dry-run")
    assert planned(cli, "rewrite") == [place]
    cli("maintain", "tass")
    assert planned(cli, "rewrite") == []
    assert site.requests == ()
