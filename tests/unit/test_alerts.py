"""What is told to people, as Prefect events; the automations are tested on a real server."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prefect.events import Event, Resource

from flows.jobs import alerts
from flows.server.alerts import ensure_alerts
from infra.base.errors import UsageError
from infra.lake.day_states import State
from infra.lake.suspects import SuspectCapture, SuspectDay
from infra.upkeep.repair import Repairs
from parsers.source.checks import Check, Finding, Severity

HOSTILE = SuspectCapture("https://tass.com/<script>|`", None, "raw/source=tass/date=2024-05-02/r.warc.gz", 0, 10)


def broken(day: str, source: str = "tass") -> Finding:
    return Finding(source, day, Check.FILL, Severity.SUSPECT, "title", 0.4, 0.5, "title: 40 % | <b>")


FLAGGED = Finding("tass", "2024-05-02", Check.FILL, Severity.WARNING, "lead", 0.1, 0.5, "lead: 10 %")
SUSPECTS = [
    SuspectDay("tass", day, "run-1", 20, 15, (broken(day),), (HOSTILE,)) for day in ("2024-05-01", "2024-05-02")
]
LATE: Mapping[str, tuple[tuple[str, State], ...]] = {"tass": (("2024-05-01", State.MISSING),)}
TEXT = "tass, 2024-05-01: missing\nnewslake status --source tass"


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was emitted; the server remembers nothing, and the disks are wide."""
    emitted: list[dict[str, Any]] = []
    monkeypatch.setattr(alerts, "emit_event", lambda **event: emitted.append(event))
    monkeypatch.setattr(alerts, "_last_events", dict)
    monkeypatch.setattr("infra.upkeep.doctor.LEAST_FREE_BYTES", 0)
    monkeypatch.setattr("infra.upkeep.doctor.LEAST_FREE_SHARE", 0)
    return emitted


def repairs(late: Mapping[str, tuple[tuple[str, State], ...]]) -> Repairs:
    return Repairs((), (), (), late)


def remembered(event: str, text: str, age: timedelta) -> dict[str, Event]:
    resource = Resource({"prefect.resource.id": "newslake.source.tass", "prefect.resource.name": "tass"})
    occurred = datetime.now(UTC) - age
    return {"tass": Event.model_validate(
        {"event": event, "resource": resource, "occurred": occurred, "payload": {"text": text}, "id": "0" * 32}
    )}  # fmt: skip


def test_l09_a_source_with_suspect_days_is_one_event(events: list[dict[str, Any]]) -> None:
    alerts.emit_findings([FLAGGED], [])
    assert events == []
    alerts.emit_findings([broken("2024-05-02"), FLAGGED, broken("2024-05-03", "apnews")], SUSPECTS)
    assert [each["resource"]["prefect.resource.id"] for each in events] == [
        "newslake.source.apnews",
        "newslake.source.tass",
    ]
    assert events[1]["event"] == "newslake.source.suspect"
    assert events[1]["payload"] == {
        "text": "tass is suspect since 2024-05-01:\ntitle: 40 % | <b>\nnewslake status --source tass\n"
        "newslake show 'https://tass.com/<script>|`'",
        "days": ["2024-05-02"],
        "since": "2024-05-01",
        "checks": ["fill"],
        "fields": ["title"],
        "findings": ["title: 40 % | <b>"],
        "samples": [HOSTILE.url],
    }


def test_late_days_are_told_with_what_to_type(events: list[dict[str, Any]]) -> None:
    alerts.tell_of_lake(repairs(LATE), [], "s3://bucket/lake")
    assert [(each["event"], each["payload"]["text"]) for each in events] == [(alerts.BEHIND, TEXT)]


@pytest.mark.parametrize(
    ("event", "text", "age", "told"),
    [
        (alerts.BEHIND, TEXT, timedelta(hours=6), False),  # the same, told this morning
        (alerts.BEHIND, TEXT, timedelta(days=1), True),
        (alerts.BEHIND, "another day", timedelta(hours=6), True),
        (alerts.WELL, "well", timedelta(hours=6), True),
    ],
)
def test_the_same_is_told_once_a_day(
    event: str, text: str, age: timedelta, told: bool, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "_last_events", lambda: remembered(event, text, age))
    alerts.tell_of_lake(repairs(LATE), [], "s3://bucket/lake")
    assert bool(events) == told


@pytest.mark.parametrize("event", [alerts.BEHIND, alerts.SUSPECT])
def test_the_end_of_an_alert_is_told_once_no_day_is_suspect(
    event: str, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "_last_events", lambda: remembered(event, TEXT, timedelta(hours=6)))
    alerts.tell_of_lake(repairs({}), SUSPECTS, "s3://bucket/lake")
    assert events == []
    alerts.tell_of_lake(repairs({}), [], "s3://bucket/lake")
    assert [each["event"] for each in events] == [alerts.WELL]


def test_a_repair_of_other_sources_says_nothing_of_one_that_is_behind(
    events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "_last_events", lambda: remembered(alerts.BEHIND, TEXT, timedelta(hours=6)))
    alerts.tell_of_lake(repairs({}), [], "s3://bucket/lake", ["theissue"])
    assert events == []


def test_a_disk_that_fills_is_told(events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.upkeep.doctor.LEAST_FREE_BYTES", 1 << 62)
    alerts.tell_of_lake(repairs({}), [], "s3://bucket/lake")
    assert [each["event"] for each in events] == [alerts.DISK]
    assert "free" in events[0]["payload"]["text"]


def test_what_is_no_web_address_is_refused() -> None:
    with pytest.raises(UsageError, match="no web address"):
        ensure_alerts("ftp://")
