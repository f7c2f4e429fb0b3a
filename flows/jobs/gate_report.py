"""What the quality gate found, as Prefect events: an automation can send them to whoever must know."""

from collections import defaultdict
from collections.abc import Sequence

from prefect.events import emit_event

from infra.lake.holds import Hold, since
from parsers.source.checks import Finding, Severity

HELD_EVENT = "newslake.source.held"


def emit_findings(findings: Sequence[Finding], holds: Sequence[Hold]) -> None:
    """Emit one event for each source that a run held back, with the field that broke, since when, and samples.

    Args:
        findings: of the run's report.
        holds: open holds of the lake.
    """
    fatal: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.severity is Severity.FATAL:
            fatal[finding.source].append(finding)
    for source, found in sorted(fatal.items()):
        days = sorted({finding.date for finding in found})
        held = [hold for hold in holds if hold.source == source and hold.date in days]
        emit_event(
            event=HELD_EVENT,
            resource={"prefect.resource.id": f"newslake.source.{source}", "prefect.resource.name": source},
            payload={
                "days": days,
                "since": min((since(hold, holds) for hold in held), default=days[0]),
                "checks": sorted({finding.check.value for finding in found}),
                "fields": sorted({finding.field for finding in found if finding.field}),
                "findings": sorted({finding.detail for finding in found}),
                "samples": [sample.url or sample.capture_uri for hold in held for sample in hold.samples][:5],
            },
        )
