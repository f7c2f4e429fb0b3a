"""What the quality gate found, for people: the lines of `newslake status` and of the page of a run."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from flows.reports.record_text import shown
from infra.lake.day_states import Day
from infra.lake.suspects import SuspectDay


def suspect_lines(days: Iterable[Day]) -> Iterator[str]:
    """What `newslake status` says below the grid: for each source what broke, since when, and what to do."""
    by_source: defaultdict[str, list[tuple[Day, SuspectDay]]] = defaultdict(list)
    for day in days:
        if day.suspect:
            by_source[day.source].append((day, day.suspect))
    for source, found in by_source.items():
        latest = found[-1][1]
        first = min(day.suspect_since or day.date for day, _ in found)
        number = "1 day" if len(found) == 1 else f"{len(found)} days"
        yield f"{source}: suspect since {first}: {number}, {sum(each.captures for _, each in found):,} captures"
        yield from (f"  {shown(finding.detail)}" for finding in latest.findings)
        if withheld := sum(each.withheld for _, each in found):
            yield f"  a reparse left {withheld:,} rows as they were, which it would have removed or worsened"
        yield from (f"  {line}" for line in _what_to_do(latest))


def _what_to_do(suspect: SuspectDay) -> Iterator[str]:
    url = next((sample.url for sample in suspect.samples if sample.url), None)
    if url:
        yield f"look at one:     newslake show '{shown(url)}'"
    yield f"see rejections:  newslake rejects --source {suspect.source}"
    yield f"after a repair:  newslake reparse {suspect.source} --start {suspect.date}"
    if suspect.withheld:
        yield f'or change them:  newslake reparse {suspect.source} --start {suspect.date} --accept "why it is right"'
