"""What the quality gate found, as Markdown and as Prefect events."""

from typing import Any

import pytest

from flows.jobs import gate_report
from flows.reports.held_text import findings_markdown
from infra.lake.holds import HeldCapture, Hold
from parsers.source.checks import Check, Finding, Severity

HOSTILE = HeldCapture("https://tass.com/<script>|`", None, "raw/source=tass/date=2024-05-02/r.warc.gz", 0, 10)


def fatal(day: str, source: str = "tass") -> Finding:
    return Finding(source, day, Check.FILL, Severity.FATAL, "title", 0.4, 0.5, "title: 40 % | <b>")


FLAGGED = Finding("tass", "2024-05-02", Check.FILL, Severity.WARNING, "lead", 0.1, 0.5, "lead: 10 %")
HOLDS = [
    Hold("tass", day, "run-1", 20, 15, (fatal(day),), (HOSTILE,), ("tass/2024-05-02",))
    for day in ("2024-05-01", "2024-05-02")
]


def test_nothing_found_is_nothing_said() -> None:
    assert findings_markdown([], HOLDS, {}) == ""


def test_l09_the_artifact_names_field_day_since_when_and_what_to_do() -> None:
    text = findings_markdown([FLAGGED, fatal("2024-05-02")], HOLDS, {("tass", "2024-05-02"): 20})
    lines = text.splitlines()
    assert "| **held back** | tass | 2024-05-02 | 2024-05-01 | 20 | title: 40 % \\| &lt;b> |" in lines
    assert "| flagged | tass | 2024-05-02 |  |  | lead: 10 % |" in lines
    assert "- https://tass.com/&lt;script>\\|'" in lines
    assert any(line.startswith("or land as it is:  newslake release tass --day 2024-05-02") for line in lines)


def test_many_findings_are_cut() -> None:
    findings = [fatal(f"2024-05-{number:02}") for number in range(1, 31)]
    assert "| | | … | | | 10 more |" in findings_markdown(findings, [], {})


def test_l09_a_source_that_is_held_is_one_event(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[dict[str, Any]] = []
    monkeypatch.setattr(gate_report, "emit_event", lambda **event: events.append(event))
    gate_report.emit_findings([FLAGGED], [])
    assert events == []
    gate_report.emit_findings([fatal("2024-05-02"), FLAGGED, fatal("2024-05-03", "apnews")], HOLDS)
    assert [each["resource"]["prefect.resource.id"] for each in events] == [
        "newslake.source.apnews",
        "newslake.source.tass",
    ]
    assert events[1]["event"] == "newslake.source.held"
    assert events[1]["payload"] == {
        "days": ["2024-05-02"],
        "since": "2024-05-01",
        "checks": ["fill"],
        "fields": ["title"],
        "findings": ["title: 40 % | <b>"],
        "samples": [HOSTILE.url],
    }
