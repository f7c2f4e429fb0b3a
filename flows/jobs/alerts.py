"""What needs a person, as events of Prefect; `flows/server/alerts.py` has them sent on."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from prefect.client.orchestration import get_client
from prefect.events import Event, emit_event
from prefect.events.filters import EventFilter, EventNameFilter, EventOccurredFilter

from flows.reports.record_text import shown
from infra.lake.suspects import SuspectDay, since
from infra.upkeep.doctor import Verdict, disk
from infra.upkeep.repair import Repairs
from infra.work.live.site_lock import state_folder
from parsers.registry import sources
from parsers.source.checks import Finding, Severity

SUSPECT: Final = "newslake.source.suspect"
BEHIND: Final = "newslake.source.behind"
WELL: Final = "newslake.source.well"  # closes an alert
DISK: Final = "newslake.disk.low"
TEST: Final = "newslake.alerts.test"
EVENTS: Final = (SUSPECT, BEHIND, WELL, DISK, TEST)
# `maintain` looks four times a day; nobody wants to hear the same thing so often.
REPEATED_AFTER: Final = timedelta(hours=23)
REMEMBERED: Final = timedelta(days=6)  # Prefect keeps events for seven days
PAGE: Final = 50  # the most that the API gives at once


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
        lines += [f"newslake status --source {source}", *(f"newslake show '{shown(sample)}'" for sample in samples[:1])]
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
    """Say which sources are behind after a repair and which are well again, and whether the disk fills.

    `names` are the sources that the repair looked at; none: all.
    """
    known = _last_events()
    open_suspects = {suspect.source for suspect in suspects if suspect.open}
    for source in {*left.late, *known} & set(names or sources()):
        text, last = _behind(left, source), known.get(source)
        if text and _is_news(last, text):
            _emit(BEHIND, source, text, days=[day for day, _ in left.late.get(source, ())])
        elif not text and last and last.event != WELL and source not in open_suspects:
            _emit(WELL, source, f"{source} is well again: no day is late or suspect")
    for folder in {state_folder(), *([] if lake.startswith("s3://") else [Path(lake)])}:
        finding = disk(folder)
        text = f"{finding.detail}. {finding.remedy}"
        if finding.verdict is not Verdict.OK and _is_news(known.get(str(folder)), text):
            _emit(DISK, str(folder), text)


def send_test() -> None:
    """Emit an event that says only that alerts arrive."""
    _emit(TEST, "alerts", "a test: alerts of newslake arrive here")


def _behind(left: Repairs, source: str) -> str:
    """What is late of a source, and what to type; empty if nothing is."""
    late = left.late.get(source, ())
    lines = [f"{source}, {day}: {state}" for day, state in late[-5:]]
    if len(late) > len(lines):
        lines.insert(0, f"{source}: {len(late)} days are late, of which the last are")
    return "\n".join([*lines, f"newslake status --source {source}"]) if lines else ""


def _is_news(last: Event | None, text: str) -> bool:
    return last is None or last.payload.get("text") != text or datetime.now(UTC) - last.occurred > REPEATED_AFTER


def _last_events() -> Mapping[str, Event]:
    """The last alert on each source or folder that the server remembers."""
    wanted = EventFilter(
        event=EventNameFilter(name=list(EVENTS)),
        occurred=EventOccurredFilter.model_validate({"since": datetime.now(UTC) - REMEMBERED}),
    )
    found: dict[str, Event] = {}
    with get_client(sync_client=True) as client:
        page = client.read_events(wanted, limit=PAGE)  # newest first
        while True:
            for event in page.events:
                found.setdefault(event.resource.name or "", event)
            if not page.next_page:
                return found
            page = client.read_events_page(str(page.next_page))


def _emit(event: str, subject: str, text: str, **payload: object) -> None:
    emit_event(
        event=event,
        resource={"prefect.resource.id": f"{event.rpartition('.')[0]}.{subject}", "prefect.resource.name": subject},
        payload={"text": text, **payload},
    )
