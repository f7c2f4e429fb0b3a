"""Alerts: automations of Prefect that send on what needs a person; `newslake up` logs it, too."""

from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path
from typing import Final, cast
from uuid import UUID

from prefect.automations import Automation
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.orchestration import get_client
from prefect.events import Event, ResourceSpecification
from prefect.events.actions import SendNotification
from prefect.events.clients import get_events_subscriber
from prefect.events.filters import EventFilter, EventNameFilter
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.exceptions import ObjectNotFound
from prefect.types import SecretDict
from rich.markup import escape

from flows.jobs.alerts import EVENTS
from flows.server.dead_runs import ENDINGS, put_automation
from infra.base.errors import UsageError
from parsers.fields.urls import host_of

FLOWS: Final = ["run", "backfill", "ingest", "reparse", "maintain"]
ENDED_BADLY: Final = ("prefect.flow-run.Failed", "prefect.flow-run.Crashed")
BLOCK: Final = "newslake-alerts"
# A scheduled run takes minutes; a backfill of years may take longer, and is told once.
LONG: Final = timedelta(hours=12)
RECONNECTIONS: Final = 1_000_000  # the server may be restarted; `up` ends first
OURS: Final = ResourceSpecification({"prefect.resource.role": "flow", "prefect.resource.name": FLOWS})
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
        "newslake: alerts",
        "A day is suspect, a source has no whole day by its time or is well again, or the disk fills.",
        _trigger(EVENTS, ResourceSpecification({"prefect.resource.id": "newslake.*"})),
        "newslake: {{ event.resource.name }}",
        "{{ event.payload.text }}",
    ),
    (
        "newslake: runs that failed or crashed",
        "Says which run ended badly, and why.",
        _trigger(ENDED_BADLY, RUNS, OURS),
        "newslake: run {{ flow_run.name }} {{ flow_run.state.name | lower }}",
        '{{ event.resource["prefect.state-message"] }}\n{{ flow_run|ui_url }}',
    ),
    (
        "newslake: runs that take half a day",
        "A run that neither ends nor dies: a person should look whether it is stuck.",
        _trigger(ENDINGS, RUNS, OURS, after=["prefect.flow-run.Running"], within=LONG),
        "newslake: run {{ flow_run.name }} has been running for 12 hours",
        "{{ flow_run|ui_url }}",
    ),
)


def ensure_alerts(target: str) -> None:
    """Have the server send alerts to a web address or by the block `type/name`; repeating it updates all."""
    block = _block(target)
    for name, description, trigger, subject, body in ALERTS:
        action = SendNotification(block_document_id=block, subject=subject, body=body)
        put_automation(Automation(name=name, description=description, trigger=trigger, actions=[action]))


async def log_alerts(log: Path, say: Callable[[str], None]) -> None:
    """Say each alert, and write it to a file, until cancelled: what people have who gave no address."""
    names = EventNameFilter(name=[*EVENTS, *ENDED_BADLY])
    async with get_events_subscriber(EventFilter(event=names), reconnection_attempts=RECONNECTIONS) as events:
        async for event in events:
            text = _text(event)
            say(f"[bold]alert[/bold] {escape(text)}")
            with log.open("a", encoding="utf-8") as lines:
                lines.write(
                    f"{event.occurred:%Y-%m-%dT%H:%M:%SZ} {event.event} {text}\n".replace("\n", "\n  ").rstrip() + "\n"
                )


def _text(event: Event) -> str:
    if event.event in ENDED_BADLY:
        return f"run {event.resource.name}: {event.resource.get('prefect.state-message', 'no message')}"
    return str(event.payload.get("text", event.event))


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
