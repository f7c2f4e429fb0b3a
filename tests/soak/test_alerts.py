"""An operator's day: a source breaks, the alert says what and what to type, the day is repaired, the alert closes."""

from datetime import timedelta
from pathlib import Path

import pytest

from infra.base.days import Days
from tests.alert_receiver import alert_receiver
from tests.demo_site.faults import server_error
from tests.demo_site.site import DemoSite
from tests.live_lake import FAST, today, work
from tests.prefect_server import newslake_up

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("alerts")]
SOURCE = "theissue"


def test_an_outage_is_told_once_and_so_is_its_end(tmp_path: Path) -> None:
    with DemoSite(today(), days=8, per_day=2) as site, alert_receiver() as receiver:
        settings = {
            "NEWSLAKE_ORIGINS": site.origins,
            "NEWSLAKE_HOST_INTERVAL_SECONDS": str(FAST),
            "NEWSLAKE_ALERTS": receiver.url,
        }
        with newslake_up(tmp_path, settings=settings) as up:
            work(site, up.lake, SOURCE, Days.one(today() - timedelta(days=4)))
            site.set_fault("www.theissue.com", server_error())
            site.set_fault("theissue.com", server_error())
            for _ in range(2):
                up.ended(up.start("maintain", sources=[SOURCE]))
            alert = receiver.wait_for(SOURCE, "partial")
            late = str(today() - timedelta(days=3))
            assert alert["subject"] == f"newslake: {SOURCE}"
            assert f"{SOURCE}, {late}: partial" in alert["body"]
            assert f"newslake status --source {SOURCE}" in alert["body"]

            site.clear_faults()
            assert up.ended(up.start("maintain", sources=[SOURCE]))["type"] == "COMPLETED"
            receiver.wait_for(SOURCE, "well again")
            broken = up.start("run", source=SOURCE, lake="/proc/nowhere")
            assert up.ended(broken)["type"] == "FAILED"
            failed = receiver.wait_for("failed", "/proc/nowhere")
            assert f"/runs/flow-run/{broken}" in failed["body"]
        told = [each["body"] for each in receiver.told if "partial" in each["body"]]
        assert len(told) == 1  # the second `maintain` had nothing new to say
        log = (tmp_path / "state" / "newslake" / "alerts.log").read_text()
        assert f"newslake.source.behind {SOURCE}, {late}: partial" in log
        assert f"newslake.source.well {SOURCE} is well again" in log
        assert "prefect.flow-run.Failed" in log
