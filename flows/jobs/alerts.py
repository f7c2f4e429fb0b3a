"""What needs a person, as events of Prefect; `flows/server/alerts.py` has them sent on."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shlex import quote
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.filters import DeploymentFilter
from prefect.client.schemas.responses import DeploymentResponse
from prefect.deployments.runner import RunnerDeployment
from prefect.events import Event, emit_event
from prefect.events.filters import EventFilter
from prefect.utilities.urls import url_for

from flows.reports.text import shown
from infra.lake.suspects import SuspectDay, since
from infra.upkeep.doctor import Verdict, disk
from infra.upkeep.repair import Repairs
from infra.work.live.site_lock import state_folder
from parsers.registry import sources
from parsers.source.checks import Finding, Severity

SUSPECT = "newslake.source.suspect"
BEHIND = "newslake.source.behind"
WELL = "newslake.source.well"  # closes an alert
DISK = "newslake.disk.low"
TEST = "newslake.alerts.test"
RUN = "newslake.run.failed"  # only to say it again: the first time, Prefect's own event does
EVENTS = (SUSPECT, BEHIND, WELL, DISK, TEST, RUN)
ENDED_BADLY = ("prefect.flow-run.Failed", "prefect.flow-run.Crashed")
OURS = "newslake: "  # how names of our automations begin
SENT = "prefect.automation.triggered"  # with the event that did it; then the receiver took it, or did not
TAKEN = "prefect.automation.action.executed"
OF_RUN = "prefect.flow-run."
LOST_AFTER = timedelta(minutes=2)  # the server gives up after 8 seconds (measured); a busy one is late to say so
# `maintain` looks four times a day; nobody wants to hear the same thing so often.
REPEATED_AFTER = timedelta(hours=23)
REMEMBERED = timedelta(days=6)  # Prefect keeps events for seven days
OF_SOURCE = "source-"  # how its deployment is called, and its slot: in Prefect's lists, after what people start
STATE = "state:"  # of a source, as a tag of its deployment, by which Prefect's UI finds those that need a person
MOST = 200  # deployments or runs: the most that the API gives at once
PAGE = 50  # the most that the API gives at once


def emit_findings(findings: Sequence[Finding], suspects: Sequence[SuspectDay]) -> None:
    """Emit one event for each source with suspect days: the field that broke, since when, and samples."""
    broken: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.severity is Severity.SUSPECT:
            broken[finding.source].append(finding)
    for source, found in sorted(broken.items()):
        days = sorted({finding.date for finding in found})
        marked = [suspect for suspect in suspects if suspect.source == source and suspect.date in days]
        first = min((since(suspect, suspects) for suspect in marked), default=days[0])
        details = sorted({finding.detail for finding in found})
        samples = [sample.url or sample.capture_uri for day in marked for sample in day.samples][:5]
        lines = [f"{source} is suspect since {first}:", *map(shown, details)]
        lines.append(f"why: newslake status --source {source} --start {first}")
        lines += [f"a page: newslake show {quote(shown(sample))}" for sample in samples[:1]]
        lines.append(
            f"repair: mend the parser, then newslake reparse {source} --start {first} --end {_after(days[-1])}"
        )
        _emit(
            SUSPECT,
            source,
            "\n".join(lines),
            days=days,
            since=first,
            checks=sorted({finding.check.value for finding in found}),
            fields=sorted({finding.field for finding in found if finding.field}),
            findings=details,
            samples=samples,
        )


def tell_of_lake(left: Repairs, suspects: Collection[SuspectDay], lake: str, names: Collection[str] = ()) -> None:
    """Say which of `names` (none: all) are late or well again, and whether a disk fills; repeat what was lost."""
    (known, lost), wanted = _heard(), set(names or sources())
    open_suspects = {suspect.source for suspect in suspects if suspect.open}
    states = {
        **dict.fromkeys(left.asked, "well"), **dict.fromkeys(left.late, "behind"),
        **dict.fromkeys(open_suspects, "suspect"),
    }  # fmt: skip
    tag_states(states, wanted)
    for event in lost:
        if event.event != SUSPECT or event.resource.name in open_suspects & wanted:
            _say_again(event)
    for source in {*left.late, *known} & wanted:
        text, last = _behind(left, source), known.get(source)
        if text and _is_news(last, text):
            _emit(BEHIND, source, text, days=[day for day, _ in left.late.get(source, ())])
        elif not text and last and last.event != WELL and source not in open_suspects:
            _emit(WELL, source, f"{source} is well again: no day is late or suspect")
    for folder in {state_folder(), *([] if lake.startswith("s3://") else [Path(lake)])}:
        finding = disk(folder)
        text = f"{finding.detail}. {finding.remedy}"
        last = known.get(str(folder))
        if finding.verdict is not Verdict.OK and _is_news(last, text):
            _emit(DISK, str(folder), text)
        elif finding.verdict is Verdict.OK and last and last.event == DISK:
            _emit(WELL, str(folder), f"{folder} has room again: {finding.detail}")


def tag_states(states: Mapping[str, str], names: Collection[str]) -> None:
    """Tag the deployments of sources with their states, but none that is well and off; leave unchanged ones alone."""
    with get_client(sync_client=True) as client:
        for found in registered(client, [OF_SOURCE + name for name in names]):
            state = states.get(found.name.removeprefix(OF_SOURCE), "")
            tags = {tag for tag in found.tags if not tag.startswith(STATE)}
            if state and (state != "well" or is_on(found)):
                tags.add(STATE + state)
            if tags != set(found.tags):
                client.update_deployment(found.id, DeploymentUpdate(tags=sorted(tags)))


def registered(client: SyncPrefectClient, names: Collection[str]) -> list[DeploymentResponse]:
    """The deployments of these names that the server has."""
    wanted = DeploymentFilter.model_validate({"name": {"any_": sorted(names)}})
    found: list[DeploymentResponse] = []
    while page := client.read_deployments(deployment_filter=wanted, limit=MOST, offset=len(found)):
        found += page
    return found


def is_on(deployment: DeploymentResponse | RunnerDeployment) -> bool:
    """Whether a source is asked on schedule. While it is, Prefect's UI has a switch for each schedule alone."""
    return not deployment.paused and any(schedule.active for schedule in deployment.schedules or ())


def close_late(on: Collection[str]) -> None:
    """Close the alerts on late days of sources that are off: no later run would. A suspect day stays one."""
    for source, last in _heard()[0].items():
        if last.event == BEHIND and source not in on:
            _emit(WELL, source, f"{source} is switched off: newslake asks nothing of it, and says nothing more")


def send_test() -> Event | None:
    """Emit an event that says only that alerts arrive."""
    return _emit(TEST, "alerts", "a test: alerts of newslake arrive here")


def _behind(left: Repairs, source: str) -> str:
    """The late days of a source, and what to type; empty if none are late."""
    late = left.late.get(source, ())
    lines = [f"{source}, {day}: {state}" for day, state in late[-5:]]
    if len(late) > len(lines):
        lines.insert(0, f"{source}: {len(late)} days are late, of which the last are")
    if not lines:
        return ""
    first, end = late[0][0], _after(late[-1][0])
    lines.append(f"why: newslake status --source {source} --start {first} --end {end}")
    lines.append(f"repair: newslake backfill {source} --start {first} --end {end} --reprocess failed")
    return "\n".join(lines)


def _after(day: str) -> date:
    return date.fromisoformat(day) + timedelta(days=1)


def _is_news(last: Event | None, text: str) -> bool:
    return last is None or last.payload.get("text") != text or datetime.now(UTC) - last.occurred > REPEATED_AFTER


def _heard() -> tuple[Mapping[str, Event], Sequence[Event]]:
    """The last alert on each subject that was delivered; and undelivered ones on suspect days and failed runs."""
    events = list(_events([*EVENTS, SENT, TAKEN]))
    taken = {each.id for event in events if event.event == TAKEN for each in event.related}
    lost = set[UUID]()
    newest: dict[str, Event] = {}  # of suspect days and failed runs, by what they are about
    for each in events:
        event = each
        if each.event == SENT and (each.resource.name or "").startswith(OURS) and each.payload["triggering_event"]:
            event = Event.model_validate(each.payload["triggering_event"])
            if f"prefect.event.{event.id}" not in taken and datetime.now(UTC) - event.occurred > LOST_AFTER:
                lost.add(event.id)
        if event.event in (SUSPECT, RUN, *ENDED_BADLY):
            newest.setdefault(event.payload.get("run") or event.resource.id.removeprefix(OF_RUN), event)
    last: dict[str, Event] = {}
    for each in events:
        if each.event in EVENTS and each.id not in lost:
            last.setdefault(each.resource.name or "", each)
    return last, [event for event in newest.values() if event.id in lost]


def _events(names: Sequence[str]) -> Iterator[Event]:
    since = {"since": datetime.now(UTC) - REMEMBERED}
    wanted = EventFilter.model_validate({"event": {"name": names}, "occurred": since})
    with get_client(sync_client=True) as client:
        page = client.read_events(wanted, limit=PAGE)
        yield from page.events
        while page.next_page:
            page = client.read_events_page(str(page.next_page))
            yield from page.events


def _say_again(event: Event) -> None:
    """Emit an event again for our automations to send; a failed run as an event of ours."""
    if event.event in ENDED_BADLY:
        run = event.resource.id.removeprefix(OF_RUN)
        text = f"{event.resource.get('prefect.state-message', 'no message')}\n{url_for('flow-run', run)}"
        _emit(RUN, f"run {event.resource.name} {event.event.rpartition('.')[2].lower()}", text, run=run)
    else:
        _emit(event.event, event.resource.name or "", **event.payload)


def _emit(event: str, subject: str, text: str, **payload: object) -> Event | None:
    return emit_event(
        event=event,
        resource={"prefect.resource.id": f"{event.rpartition('.')[0]}.{subject}", "prefect.resource.name": subject},
        payload={"text": text, **payload},
    )
