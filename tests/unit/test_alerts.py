"""What is told to people, as Prefect events; the automations are tested on a real server."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prefect.client.schemas.events import EventPage
from prefect.events import Event, Resource
from prefect.events.filters import EventFilter, EventRelatedFilter

from flows.jobs import alerts
from flows.server.alerts import ensure_alerts, require_arrival
from infra.base.errors import NewslakeError, UsageError
from infra.lake.day_states import State
from infra.lake.suspects import SuspectCapture, SuspectDay
from infra.upkeep.repair import Repairs
from infra.work.live.site_lock import state_folder
from parsers.source.checks import Check, Finding, Severity

HOSTILE = SuspectCapture("https://tass.com/<script>|`", None, "raw/source=tass/date=2024-05-02/r.warc.gz", 0, 10)


def broken(day: str, source: str = "tass") -> Finding:
    return Finding(source, day, Check.FILL, Severity.SUSPECT, "title", 0.4, 0.5, "title: 40 % | <b>")


FLAGGED = Finding("tass", "2024-05-02", Check.FILL, Severity.WARNING, "lead", 0.1, 0.5, "lead: 10 %")
SUSPECTS = [
    SuspectDay("tass", day, "run-1", 20, 15, (broken(day),), (HOSTILE,)) for day in ("2024-05-01", "2024-05-02")
]
LATE: Mapping[str, tuple[tuple[str, State], ...]] = {"tass": (("2024-05-01", State.MISSING),)}
TEXT = (
    "tass, 2024-05-01: missing\nwhy: newslake status --source tass --start 2024-05-01 --end 2024-05-02\n"
    "repair: newslake backfill tass --start 2024-05-01 --end 2024-05-02 --reprocess failed"
)


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was emitted; the server remembers nothing, and the disks are wide."""
    emitted: list[dict[str, Any]] = []
    monkeypatch.setattr(alerts, "emit_event", lambda **event: emitted.append(event))
    monkeypatch.setattr(alerts, "_last_events", dict)
    monkeypatch.setattr(alerts, "tag_states", lambda *_: None)
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
        "text": "tass is suspect since 2024-05-01:\ntitle: 40 % | <b>\n"
        "why: newslake status --source tass --start 2024-05-01\n"
        "a page: newslake show 'https://tass.com/<script>|`'\n"
        "repair: mend the parser, then newslake reparse tass --start 2024-05-01 --end 2024-05-03",
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
def test_the_end_of_an_alert_is_told(event: str, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts, "_last_events", lambda: remembered(event, TEXT, timedelta(hours=6)))
    alerts.tell_of_lake(repairs({}), SUSPECTS, "s3://bucket/lake")
    assert events == []
    alerts.tell_of_lake(repairs({}), [], "s3://bucket/lake")
    assert [each["event"] for each in events] == [alerts.WELL]


def test_a_repair_of_others_says_nothing_of_it(events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts, "_last_events", lambda: remembered(alerts.BEHIND, TEXT, timedelta(hours=6)))
    alerts.tell_of_lake(repairs({}), [], "s3://bucket/lake", ["theissue"])
    assert events == []


def test_an_alert_closes_with_its_source_off(events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    for event in (alerts.BEHIND, alerts.SUSPECT):
        monkeypatch.setattr(alerts, "_last_events", lambda event=event: remembered(event, TEXT, timedelta(hours=6)))
        alerts.close_late(["tass"])
        assert events == []
        alerts.close_late(["bbc"])
        assert [each["event"] for each in events] == ([alerts.WELL] if event == alerts.BEHIND else [])
        events.clear()


def test_an_address_in_an_alert_is_quoted_for_the_shell_that_it_is_pasted_to(events: list[dict[str, Any]]) -> None:
    sample = replace(HOSTILE, url="https://tass.com/'; touch pwned; '")
    alerts.emit_findings([broken("2024-05-02")], [replace(SUSPECTS[1], samples=(sample,))])
    (line,) = [line for line in events[0]["payload"]["text"].split("\n") if line.startswith("a page: ")]
    assert shlex.split(line) == ["a", "page:", "newslake", "show", sample.url]


def test_a_disk_that_fills_is_told(events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.upkeep.doctor.LEAST_FREE_BYTES", 1 << 62)
    alerts.tell_of_lake(repairs({}), [], "s3://bucket/lake")
    assert [each["event"] for each in events] == [alerts.DISK]
    assert "free" in events[0]["payload"]["text"]


def test_a_disk_that_has_room_again_is_told_once(events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(state_folder())
    for last in (alerts.DISK, alerts.WELL):
        known = {folder: remembered(last, "full", timedelta(hours=6))["tass"]}
        monkeypatch.setattr(alerts, "_last_events", lambda known=known: known)
        alerts.tell_of_lake(repairs({}), [], "s3://bucket/lake", ["tass"])
    assert [(each["event"], each["resource"]["prefect.resource.name"]) for each in events] == [(alerts.WELL, folder)]
    assert "has room again" in events[0]["payload"]["text"]


def test_what_is_no_web_address_is_refused() -> None:
    with pytest.raises(UsageError, match="no web address"):
        ensure_alerts("ftp://")


def test_a_test_that_the_receiver_does_not_take_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[EventFilter] = []

    class Server:
        def __enter__(self) -> "Server":
            return self

        def __exit__(self, *_: object) -> None: ...

        def read_events(self, wanted: EventFilter, **_: object) -> EventPage:
            asked.append(wanted)
            return EventPage(events=[], total=0, next_page=None)

    monkeypatch.setattr("flows.server.alerts.get_client", lambda **_: Server())
    monkeypatch.setattr("flows.server.alerts.ARRIVAL_SECONDS", 0)
    sent = remembered(alerts.TEST, "a test", timedelta(0))["tass"]
    with pytest.raises(NewslakeError, match="the receiver took no test"):
        require_arrival(sent)
    assert asked[0].related == EventRelatedFilter(id=[f"prefect.event.{sent.id}"])
