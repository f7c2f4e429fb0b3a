"""What is held back, for people: lines of `newslake status`, and Markdown. Plain text; nothing here imports Prefect."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from flows.reports.record_text import shown
from infra.lake.day_states import Day
from infra.lake.holds import Hold, since
from parsers.record.article import NULL_PARTITION
from parsers.registry import by_name
from parsers.source.checks import Finding, Severity, judge_freshness

SHOWN_DAYS = 20  # of an artifact: `newslake status` shows all


def held_lines(days: Iterable[Day]) -> Iterator[str]:
    """What `newslake status` says below the grid: for each source what broke, since when, and what to do.

    Args:
        days: from `DayStates.grid`.
    """
    by_source: defaultdict[str, list[Day]] = defaultdict(list)
    for day in days:
        if day.hold:
            by_source[day.source].append(day)
    for source, held in by_source.items():
        latest, first = held[-1], min(day.held_since or day.date for day in held)
        hold = latest.hold
        if hold is None:
            continue
        captures = sum(day.hold.captures for day in held if day.hold)
        period = "1 day" if len(held) == 1 else f"{len(held)} days"
        yield f"{source}: held back since {first}: {period}, {captures:,} captures"
        yield from (f"  {shown(finding.detail)}" for finding in hold.findings)
        yield from (f"  {line}" for line in _what_to_do(hold))


def staleness(days: Iterable[Day], source: str, today: date) -> Finding | None:
    """Whether the newest landed day of a source is older than it declares; None where it is not, or declares nothing.

    Args:
        days: from `DayStates.grid`.
        source: name of a source.
        today: the present UTC day.
    """
    found = by_name(source)
    landed = [day.date for day in days if day.source == source and day.articles and day.date != NULL_PARTITION]
    newest = date.fromisoformat(max(landed)) if landed else None
    return judge_freshness(source, newest, today, found.checks) if found else None


def _what_to_do(hold: Hold) -> Iterator[str]:
    url = next((sample.url for sample in hold.samples if sample.url), None)
    if url:
        yield f"look at one:       newslake show '{shown(url)}'"
    yield f"see rejections:    newslake rejects --source {hold.source}"
    yield f"after a repair:    newslake reparse {hold.source} --start {hold.date}"
    yield f'or land as it is:  newslake release {hold.source} --day {hold.date} --reason "…"'


def findings_markdown(findings: Sequence[Finding], holds: Sequence[Hold], held: Mapping[tuple[str, str], int]) -> str:
    """What the quality gate found in a run; empty where it found nothing.

    Args:
        findings: of the run's report.
        holds: open holds of the lake, for since when.
        held: captures held back by (source, day), of the run's report.
    """
    if not findings:
        return ""
    lines = ["## Quality gate", "", "| | source | day | since | captures held | what |", "|:--|:--|:--|:--|--:|:--|"]
    ordered = sorted(findings, key=lambda each: (each.severity, each.source, each.date, each.subject))
    by_day = {(hold.source, hold.date): hold for hold in holds}
    for finding in ordered[:SHOWN_DAYS]:
        place = finding.source, finding.date
        hold = by_day.get(place)
        fatal = finding.severity is Severity.FATAL
        first = since(hold, holds) if hold and fatal else ""
        count = f"{held.get(place, 0):,}" if fatal else ""
        sign = "**held back**" if fatal else "flagged"
        lines.append(f"| {sign} | {place[0]} | {place[1]} | {first} | {count} | {_cell(finding.detail)} |")
    if len(ordered) > SHOWN_DAYS:
        lines.append(f"| | | … | | | {len(ordered) - SHOWN_DAYS:,} more |")
    if hold := next((by_day[each.source, each.date] for each in ordered if (each.source, each.date) in by_day), None):
        lines += ["", "```", *_what_to_do(hold), "```"]
        lines += [f"- {_cell(sample.url or sample.capture_uri)}" for sample in hold.samples]
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Text that ends no cell and begins no element."""
    return shown(text).replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
