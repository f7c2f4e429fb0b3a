"""What the quality gate found, as Prefect events: an automation can send them to whoever must know."""

from collections import defaultdict
from collections.abc import Sequence

from prefect.events import emit_event

from infra.lake.suspects import SuspectDay, since
from parsers.source.checks import Finding, Severity

SUSPECT_EVENT = "newslake.source.suspect"


def emit_findings(findings: Sequence[Finding], suspects: Sequence[SuspectDay]) -> None:
    """Emit one event for each source with suspect days: the field that broke, since when, and samples."""
    broken: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.severity is Severity.SUSPECT:
            broken[finding.source].append(finding)
    for source, found in sorted(broken.items()):
        days = sorted({finding.date for finding in found})
        marked = [suspect for suspect in suspects if suspect.source == source and suspect.date in days]
        emit_event(
            event=SUSPECT_EVENT,
            resource={"prefect.resource.id": f"newslake.source.{source}", "prefect.resource.name": source},
            payload={
                "days": days,
                "since": min((since(suspect, suspects) for suspect in marked), default=days[0]),
                "checks": sorted({finding.check.value for finding in found}),
                "fields": sorted({finding.field for finding in found if finding.field}),
                "findings": sorted({finding.detail for finding in found}),
                "samples": [sample.url or sample.capture_uri for day in marked for sample in day.samples][:5],
            },
        )
