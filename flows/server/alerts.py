"""Automations of Prefect: what needs a person is sent on (`newslake up` logs it, too), and dead runs are ended."""

import time
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path
from typing import Final, cast
from uuid import UUID

from prefect.automations import Automation
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.events import Event, ResourceSpecification
from prefect.events.actions import ChangeFlowRunState, SendNotification
from prefect.events.clients import get_events_subscriber
from prefect.events.filters import EventFilter
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.exceptions import ObjectNotFound
from prefect.types import SecretDict
from rich.text import Text

from flows.jobs.alerts import ENDED_BADLY, EVENTS, OURS, TAKEN
from infra.base.errors import NewslakeError, UsageError
from infra.base.stop import pause
from parsers.fields.urls import host_of

FLOWS: Final = ["run", "backfill", "ingest", "reparse", "maintain"]
HEARTBEAT: Final = "prefect.flow-run.heartbeat"
ENDINGS: Final = frozenset(f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed"))
# Runs send a heartbeat every 30 seconds (PREFECT_FLOWS_HEARTBEAT_FREQUENCY, the least that Prefect takes; its default
# of 180 would mark live runs as crashed). A run is dead once three are missing and the fourth is late.
SILENCE: Final = timedelta(seconds=120)
DEAD_RUNS: Final = f"{OURS}runs without a heartbeat"
BLOCK: Final = "newslake-alerts"
# A scheduled run takes minutes; a backfill of years may take longer, and is told once.
LONG: Final = timedelta(hours=12)
ARRIVAL_SECONDS: Final = 30  # the server tries five times, which took it 8 seconds (measured)
RECONNECTIONS: Final = 1_000_000  # the server may be restarted; `up` ends first
OUR_FLOWS: Final = ResourceSpecification({"prefect.resource.role": "flow", "prefect.resource.name": FLOWS})
RUNS: Final = ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"})


def _trigger(
    expect: Collection[str],
    match: ResourceSpecification,
    related: ResourceSpecification | None = None,
    *,
    after: Collection[str] = (),
    within: timedelta = timedelta(0),
) -> EventTrigger:
    """Any of the events, of each resource by itself; with `after`, that none of them came in time."""
    return EventTrigger(
        after=set(after),
        expect=set(expect),
        match=match,
        match_related=related or ResourceSpecification({}),
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive if after else Posture.Reactive,
        threshold=1,
        within=within,
    )


# Name, what it is for, when it sends, subject and text: Jinja templates, which the server fills in.
ALERTS: Final = (
    (
        f"{OURS}alerts",
        "A day is suspect, a source has no whole day by its time or is well again, or the disk fills.",
        _trigger(EVENTS, ResourceSpecification({"prefect.resource.id": "newslake.*"})),
        "newslake: {{ event.resource.name }}",
        "{{ event.payload.text }}",
    ),
    (
        f"{OURS}runs that failed or crashed",
        "Says which run ended badly, and why.",
        _trigger(ENDED_BADLY, RUNS, OUR_FLOWS),
        "newslake: run {{ flow_run.name }} {{ flow_run.state.name | lower }}",
        '{{ event.resource["prefect.state-message"] }}\n{{ flow_run|ui_url }}',
    ),
    (
        f"{OURS}runs that take half a day",
        "A run that neither ends nor dies: a person should look whether it is stuck.",
        _trigger(ENDINGS, RUNS, OUR_FLOWS, after=["prefect.flow-run.Running"], within=LONG),
        "newslake: run {{ flow_run.name }} has been running for 12 hours",
        "{{ flow_run|ui_url }}",
    ),
)


def ensure_alerts(target: str) -> None:
    """Have the server send alerts to a web address or by the block `type/name`; repeating it updates all."""
    block = _block(target)
    for name, description, trigger, subject, body in ALERTS:
        action = SendNotification(block_document_id=block, subject=subject, body=body)
        _put(Automation(name=name, description=description, trigger=trigger, actions=[action]))


def ensure_dead_runs_end() -> None:
    """Have the server mark runs as crashed whose heartbeats stop; else they stay "Running" for ever."""
    _put(
        Automation(
            name=DEAD_RUNS,
            description="Marks a run as crashed after two minutes without a heartbeat: its process, worker or machine "
            "has died. Run the same again to finish what is missing.",
            trigger=_trigger([HEARTBEAT, *ENDINGS], RUNS, after=[HEARTBEAT], within=SILENCE),
            actions=[
                ChangeFlowRunState(
                    name="Crashed",
                    state=StateType.CRASHED,
                    message="No heartbeat for two minutes: the process has died.",
                    force=False,
                )
            ],
        )
    )


def _put(wanted: Automation) -> None:
    """Create an automation, or update the one of its name; switched off by people, it stays off."""
    try:
        found = cast("Automation", Automation.read(name=wanted.name))  # a coroutine only in event loops
    except ValueError:  # how Prefect says that it doesn't exist
        wanted.create()
    else:
        wanted.id = found.id
        wanted.enabled = found.enabled
        wanted.update()


def require_arrival(sent: Event | None) -> None:
    """Wait until the server has sent an alert on; Prefect tells of success alone, and otherwise gives up in its log."""
    wanted = {"event": {"name": [TAKEN]}, "related": {"id": [f"prefect.event.{sent and sent.id}"]}}
    deadline = time.monotonic() + ARRIVAL_SECONDS
    with get_client(sync_client=True) as client:
        # A filter anew each time: it asks for what occurred before it was made.
        while not client.read_events(EventFilter.model_validate(wanted), limit=1).events:
            if time.monotonic() > deadline:
                raise NewslakeError(
                    f"the receiver took no test within {ARRIVAL_SECONDS} seconds",
                    f"See that it runs, that the address is right and that the automation `{ALERTS[0][0]}` is on. "
                    "The server's log says what came back.",
                )
            pause(1)


async def log_alerts(log: Path, say: Callable[[Text], None]) -> None:
    """Say each alert, and write it to a file, until cancelled: what people have who gave no address."""
    wanted = EventFilter.model_validate({"event": {"name": [*EVENTS, *ENDED_BADLY]}})
    async with get_events_subscriber(wanted, reconnection_attempts=RECONNECTIONS) as events:
        async for event in events:
            text = str(event.payload.get("text", event.event))
            if event.event in ENDED_BADLY:
                text = f"run {event.resource.name}: {event.resource.get('prefect.state-message', 'no message')}"
            say(Text.assemble(("alert", "bold"), f" {text}"))
            with log.open("a", encoding="utf-8") as lines:
                lines.write(
                    f"{event.occurred:%Y-%m-%dT%H:%M:%SZ} {event.event} {text}\n".replace("\n", "\n  ").rstrip() + "\n"
                )


def _block(target: str) -> UUID:
    """The id of a notification block: one that people made, or one for a web address."""
    if "://" in target:
        return _webhook(target)
    kind, _, name = target.partition("/")
    with get_client(sync_client=True) as client:
        try:
            return client.read_block_document_by_name(name, kind).id
        except ObjectNotFound as error:
            raise UsageError(
                f"the Prefect server has no block {target!r}",
                "Make one in the UI (Blocks), and give type and name: sendgrid-email/ops. Or give a web address.",
            ) from error


def _webhook(address: str) -> UUID:
    """A block that posts JSON which Slack, Mattermost and receivers of one's own read; the address may be a secret."""
    if not host_of(address):
        raise UsageError(f"{address!r} is no web address", "Give one such as https://hooks.slack.com/services/…")
    block = CustomWebhookNotificationBlock(
        name="newslake",
        url="{{address}}",
        json_data={"text": "{{subject}}\n{{body}}", "subject": "{{subject}}", "body": "{{body}}"},
        headers=None,
        cookies=None,
        secrets=SecretDict({"address": address}),
    )
    return cast("UUID", block.save(BLOCK, overwrite=True))  # a coroutine only in event loops
