"""The page of a run: the calendar, what to look at, what gave no article, and the table of days."""

from collections import Counter
from datetime import date

from flows.jobs.artifacts import period_of, run_page, touched_days
from flows.reports.report import funnel_rows, funnel_rows_of_sources
from infra.base.days import Days
from infra.base.settings import Settings
from infra.lake.accounts import DaySummary
from infra.lake.day_states import Day, State
from infra.lake.suspects import SuspectCapture, SuspectDay
from infra.work.run import Run, RunReport, Sample, Samples
from parsers.source.checks import Check, Finding, Severity

RUN = Run(Settings(lake="lake"), "1")
HOSTILE = SuspectCapture("https://tass.com/<script>|`", None, "raw/source=tass/date=2026-11-24/r.warc.gz", 0, 10)
BROKEN = Finding("tass", "2026-11-24", Check.FILL, Severity.SUSPECT, "title", 0.4, 0.5, "title: 40 % | <b>")
FLAGGED = Finding("tass", "2026-11-24", Check.FILL, Severity.WARNING, "lead", 0.1, 0.5, "lead: 10 %")
SUSPECT = SuspectDay("tass", "2026-11-24", "run-1", 20, 15, (BROKEN,), (HOSTILE,))
ACCOUNT = DaySummary(listed=1204, landed=1200, pending=4, fetched=1202, parsed=1200)
GRID = [
    Day("tass", "2026-11-23", State.MISSING),
    Day("tass", "2026-11-24", State.SUSPECT, 1200, account=ACCOUNT, suspect=SUSPECT, suspect_since="2026-11-20"),
    Day("tass", "2026-11-20", State.LANDED, articles=3),
]
PLACE = ("tass", "2026-11-24")
REPORT = RunReport(
    captures=3,
    parsed=1,
    rejected=Counter(layout=1),
    articles=Counter({PLACE: 1}),
    listed=Counter({PLACE: 4}),
    pending=Counter({PLACE: 1}),
    pending_reasons=Counter(server_error=1),
    withheld=Counter({PLACE: 15}),
    findings=(FLAGGED, BROKEN),
    alarms=("the feed | is <empty>",),
    samples=Samples({"layout": (Sample("tass", "https://tass.com/[1]", "no | body \\[x](data:1)"),)}),
)


def test_the_table_says_how_far_each_day_came_latest_first() -> None:
    rows = funnel_rows(GRID)
    assert [(row["day"], row["state"], row["listed"], row["landed"], row["pending"]) for row in rows] == [
        ("2026-11-24", "suspect", 1204, 1200, 4),
        ("2026-11-23", "missing", 0, 0, 0),
        ("2026-11-20", "landed", 0, 3, 0),
    ]
    assert period_of(touched_days(REPORT)) == Days.one(date(2026, 11, 24))


def test_of_many_sources_the_table_has_a_line_each() -> None:
    rows = funnel_rows_of_sources([*GRID, Day("theissue", "2026-11-24", State.LANDED, account=ACCOUNT)])
    told = [(row["source"], row["days"], row["listed"], row["landed"], row["pending"]) for row in rows]
    assert told == [("tass", 3, 1204, 1203, 4), ("theissue", 1, 1204, 1200, 4)]


def test_days_of_capture_count_only_where_nothing_gave_an_article() -> None:
    got = Counter({("_unknown", "2026-11-25"): 2})
    assert touched_days(RunReport(got=got)) == [("_unknown", "2026-11-25")]
    assert touched_days(RunReport(got=got, articles=Counter({PLACE: 1}))) == [PLACE]


def test_the_page_shows_the_calendar_what_to_do_samples_and_counts() -> None:
    page = run_page(REPORT, GRID, RUN)
    assert page.startswith("Run `1` on lake `lake`\n\n```\n2026-11  1   5")
    assert "■  ·▣" in page
    assert "- look at this: the feed \\| is &lt;empty>" in page
    assert "- newslake backfill tass --start 2026-11-24 --end 2026-11-25 --reprocess failed" in page
    assert "- tass: https://tass.com/\\[1] (no \\| body \\\\\\[x](data:1))" in page
    assert "| &nbsp;&nbsp;&nbsp;layout | 1 |" in page
    assert "**layout**, 1 page: " in page


def test_l09_the_page_names_field_day_since_when_and_what_to_do() -> None:
    lines = run_page(REPORT, GRID, RUN).splitlines()
    assert "- suspect: tass 2026-11-24: title: 40 % \\| &lt;b>" in lines
    assert "- warning: tass 2026-11-24: lead: 10 %" in lines
    assert "- tass: suspect since 2026-11-20: 1 day, 20 captures" in lines
    assert "- look at one: newslake show 'https://tass.com/&lt;script>\\|''" in lines
    assert any(line.startswith("- or change them: newslake reparse tass --start 2026-11-24 --accept") for line in lines)


def test_many_findings_are_cut() -> None:
    assert "- … and 20 more findings" in run_page(RunReport(findings=(BROKEN,) * 30), [], RUN)


def test_of_a_run_without_anything_only_the_counts_are_shown() -> None:
    assert run_page(RunReport(), [], RUN).split("\n\n")[1] == "## Counts"
