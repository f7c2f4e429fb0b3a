"""The page of a run: what it did, what it missed, and what to do next."""

from collections import Counter
from datetime import date

from flows.reports.next_steps import next_steps, period_of, touched_days
from flows.reports.run_page import day_rows, pictured, run_page
from infra.base.days import Days
from infra.lake.day_states import Day, State
from infra.work.run_report import RunReport

DAYS = Days(date(2026, 11, 23), date(2026, 11, 25))
GRID = [
    Day("tass", "2026-11-23", State.MISSING),
    Day("tass", "2026-11-24", State.REJECTS, articles=1200),
    Day("tass", "2026-11-20", State.LANDED, articles=3),
]
REPORT = RunReport(
    captures=3,
    parsed=1,
    rejected=Counter(layout=2),
    failed=Counter(server_error=1),
    articles=Counter({("tass", "2026-11-24"): 1}),
    missed=Counter({("tass", "2026-11-24"): 1}),
    turned_down=Counter({("tass", "2026-11-24"): 2}),
    listed=Counter({("tass", "2026-11-24"): 4}),
    pending=Counter({("tass", "2026-11-24"): 1}),
    pending_reasons=Counter(server_error=1),
    alarms=("the feed | is <empty>",),
)


def test_the_table_has_the_requested_days_latest_first_and_else_those_of_the_report() -> None:
    rows = day_rows(REPORT, GRID, DAYS)
    assert [(row["day"], row["state"], row["rejected"], row["failed"]) for row in rows] == [
        ("2026-11-24", "▲ pages rejected", 2, 1),
        ("2026-11-23", "· missing", 0, 0),
    ]
    assert [row["day"] for row in day_rows(REPORT, GRID, None)] == ["2026-11-24"]
    assert period_of(touched_days(REPORT)) == Days.one(date(2026, 11, 24))


def test_the_page_shows_alarms_pictures_counts_and_links_the_forms_of_next_steps() -> None:
    steps = list(next_steps(REPORT, ["tass"], DAYS, missing=1))
    page = run_page(REPORT, GRID, place="Run `1`", gate="", steps=steps, forms={"backfill": "id-1"})
    assert page.startswith("Run `1`\n\n![Grid of sources and days: ")
    assert page.count("data:image/png;base64,") == 2
    assert "- the feed \\| is &lt;empty>" in page
    assert "| &nbsp;&nbsp;&nbsp;layout | 2 |" in page
    again = (
        "`newslake backfill tass --start 2026-11-23 --end 2026-11-25 --reprocess failed` | [backfill form, filled in]"
    )
    assert again + "(/v2/deployments/deployment/id-1/run?parameters=%7B%22start%22" in page
    assert "`newslake reparse tass --only-rejects --diff` |  |" in page  # the server has no such form


def test_nothing_to_do_offers_only_a_look_at_the_lake() -> None:
    assert [step.command for step in next_steps(RunReport(), [], None)] == ["newslake status"]


def test_pictures_show_a_month_at_least_and_a_quarter_at_most() -> None:
    assert pictured(DAYS) == Days(date(2026, 10, 25), DAYS.end)
    assert pictured(Days(date(2020, 1, 1), DAYS.end)) == Days(date(2026, 8, 25), DAYS.end)
