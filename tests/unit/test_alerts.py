"""What is told to people, as Prefect events; the automations are tested on a real server."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prefect.client.schemas.events import EventPage
from prefect.events import Event
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
    monkeypatch.setattr(alerts, "_events", lambda _: [])
    monkeypatch.setattr(alerts, "tag_states", lambda *_: None)
    monkeypatch.setattr("infra.upkeep.doctor.LEAST_FREE_BYTES", 0)
    monkeypatch.setattr("infra.upkeep.doctor.LEAST_FREE_SHARE", 0)
    return emitted


def repairs(late: Mapping[str, tuple[tuple[str, State], ...]]) -> Repairs:
    return Repairs((), (), (), late, asked=["tass"])


def remembered(event: str, text: str, age: timedelta, name: str = "tass") -> Event:
    resource = {"prefect.resource.id": f"{event.rpartition('.')[0]}.{name}", "prefect.resource.name": name}
    if event.startswith("prefect."):
        resource["prefect.state-message"] = text
    occurred = datetime.now(UTC) - age
    return Event.model_validate({"event": event, "resource": resource, "occurred": occurred, "payload": {"text": text}})


def remember(monkeypatch: pytest.MonkeyPatch, *events: Event) -> None:
    """What the server remembers, newest first."""
    monkeypatch.setattr(alerts, "_events", lambda _: events)


def of_automation(event: str, alert: Event, name: str = "newslake: alerts") -> Event:
    """What Prefect says of an automation that an alert triggered: that it was sent, or that a receiver took it."""
    return Event.model_validate(
        {
            "event": event,
            "resource": {"prefect.resource.id": "prefect.automation.1", "prefect.resource.name": name},
            "related": [
                {"prefect.resource.id": f"prefect.event.{alert.id}", "prefect.resource.role": "triggering-event"}
            ],
            "payload": {"triggering_event": alert.model_dump(mode="json")} if event == alerts.SENT else {},
            "occurred": alert.occurred,
        }
    )


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
    remember(monkeypatch, remembered(event, text, age))
    alerts.tell_of_lake(repairs(LATE), [], "s3://bucket/lake")
    assert bool(events) == told


@pytest.mark.parametrize("event", [alerts.BEHIND, alerts.SUSPECT])
def test_the_end_of_an_alert_is_told(event: str, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    remember(monkeypatch, remembered(event, TEXT, timedelta(hours=6)))
    alerts.tell_of_lake(repairs({}), SUSPECTS, "s3://bucket/lake")
    assert events == []
    alerts.tell_of_lake(repairs({}), [], "s3://bucket/lake")
    assert [each["event"] for each in events] == [alerts.WELL]


@pytest.mark.parametrize("event", [alerts.BEHIND, alerts.SUSPECT, alerts.WELL, "prefect.flow-run.Failed"])
def test_what_no_receiver_took_is_said_again_until_one_does(
    event: str, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    late, suspects = LATE if event == alerts.BEHIND else {}, SUSPECTS if event == alerts.SUSPECT else []
    heard = [remembered(alerts.BEHIND, TEXT, timedelta(hours=9))] if event == alerts.WELL else []
    alert = remembered(event, TEXT, timedelta(hours=6))
    sent, taken = of_automation(alerts.SENT, alert), of_automation(alerts.TAKEN, alert)
    theirs = of_automation(alerts.SENT, alert, "mine")
    for remembers in ([sent, alert, *heard], [sent, sent, alert, *heard]):
        remember(monkeypatch, *remembers)
        alerts.tell_of_lake(repairs(late), suspects, "s3://bucket/lake")
        (said,) = events
        assert TEXT in said["payload"]["text"] or event == alerts.WELL
        assert said["event"] == (alerts.RUN if event.startswith("prefect.") else event)
        events.clear()
        remember(monkeypatch, Event.model_validate(said), *remembers)  # what became of it is not known as yet
        alerts.tell_of_lake(repairs(late), suspects, "s3://bucket/lake")
        assert events == []

    for remembers in ([taken, sent, alert], [alert], [theirs, alert]):  # nobody is told by us in the second and third
        remember(monkeypatch, *remembers)
        alerts.tell_of_lake(repairs(late), suspects, "s3://bucket/lake")
        assert events == []
    remember(monkeypatch, of_automation(alerts.SENT, under_way := remembered(event, TEXT, timedelta(0))), under_way)
    alerts.tell_of_lake(repairs(late), suspects, "s3://bucket/lake")
    assert events == []


def test_what_came_right_before_anybody_heard_of_it_is_not_said(
    events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for event in (alerts.BEHIND, alerts.SUSPECT, alerts.TEST):
        alert = remembered(event, TEXT, timedelta(hours=6))
        remember(monkeypatch, of_automation(alerts.SENT, alert), alert)
        alerts.tell_of_lake(repairs({}), [], "s3://bucket/lake")
        assert events == []


def test_a_source_that_no_run_has_asked_has_no_state(
    events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Mapping[str, str]] = []
    monkeypatch.setattr(alerts, "tag_states", lambda states, _: said.append(states))
    alerts.tell_of_lake(repairs({}), [], "s3://bucket/lake")
    alerts.tell_of_lake(repairs(LATE), [], "s3://bucket/lake")
    alerts.tell_of_lake(repairs(LATE), SUSPECTS, "s3://bucket/lake")
    assert said == [{"tass": "well"}, {"tass": "behind"}, {"tass": "suspect"}]


def test_a_repair_of_others_says_nothing_of_it(events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    remember(monkeypatch, remembered(alerts.BEHIND, TEXT, timedelta(hours=6)))
    alerts.tell_of_lake(repairs({}), [], "s3://bucket/lake", ["theissue"])
    assert events == []


def test_an_alert_closes_with_its_source_off(events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    for event in (alerts.BEHIND, alerts.SUSPECT):
        remember(monkeypatch, remembered(event, TEXT, timedelta(hours=6)))
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
        remember(monkeypatch, remembered(last, "full", timedelta(hours=6), folder))
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
    sent = remembered(alerts.TEST, "a test", timedelta(0))
    with pytest.raises(NewslakeError, match="the receiver took no test"):
        require_arrival(sent)
    assert asked[0].related == EventRelatedFilter(id=[f"prefect.event.{sent.id}"])
