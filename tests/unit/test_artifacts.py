"""What the quality gate found, as Markdown."""

from flows.reports.suspect_text import findings_markdown
from infra.lake.suspects import SuspectCapture, SuspectDay
from parsers.source.checks import Check, Finding, Severity

HOSTILE = SuspectCapture("https://tass.com/<script>|`", None, "raw/source=tass/date=2024-05-02/r.warc.gz", 0, 10)


def broken(day: str, source: str = "tass") -> Finding:
    return Finding(source, day, Check.FILL, Severity.SUSPECT, "title", 0.4, 0.5, "title: 40 % | <b>")


FLAGGED = Finding("tass", "2024-05-02", Check.FILL, Severity.WARNING, "lead", 0.1, 0.5, "lead: 10 %")
SUSPECTS = [
    SuspectDay("tass", day, "run-1", 20, 15, (broken(day),), (HOSTILE,)) for day in ("2024-05-01", "2024-05-02")
]


def test_l09_the_artifact_names_field_day_since_when_and_what_to_do() -> None:
    text = findings_markdown([FLAGGED, broken("2024-05-02")], SUSPECTS, {("tass", "2024-05-02"): 20})
    lines = text.splitlines()
    assert "| **suspect** | tass | 2024-05-02 | 2024-05-01 | 20 | title: 40 % \\| &lt;b> |" in lines
    assert "| flagged | tass | 2024-05-02 |  |  | lead: 10 % |" in lines
    assert "- https://tass.com/&lt;script>\\|'" in lines
    assert any(line.startswith("or change them:  newslake reparse tass --start 2024-05-02 --accept") for line in lines)


def test_many_findings_are_cut() -> None:
    findings = [broken(f"2024-05-{number:02}") for number in range(1, 31)]
    assert "| | | … | | | 10 more |" in findings_markdown(findings, [], {})
