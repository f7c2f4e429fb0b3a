"""What an answer says of an address, when it is asked again, and when it is given up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.intake.web.fetching import FetchError, FetchReason
from infra.lake.fetches import Fetch, FetchOutcome
from infra.work.live.verdicts import (
    BELIEVED_AFTER,
    LEAST_DAYS,
    PAUSES,
    Verdict,
    after,
    given_up,
    verdict_of_error,
    verdict_of_reject,
)
from parsers.record.outcome import Rejected, RejectReason
from parsers.registry import sources

SOURCE = sources()["tass"]
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = NOON.date()
HOUR = timedelta(hours=1)
NEW = Fetch(source="tass", url="https://tass.com/world/1", listed_at=NOON, reason="not_asked", since=NOON)


def error(reason: FetchReason, status: int | None = None, retry_after: float | None = None) -> FetchError:
    return FetchError(reason, "as told", status=status, retry_after=retry_after)


def asked(verdict: Verdict, *times: datetime, row: Fetch = NEW) -> Fetch:
    """The row after the same answer at some times."""
    for at in times:
        row = after(row, verdict, at, source=SOURCE, day=DAY)
    return row


def of_status(status: int) -> Verdict:
    reason = FetchReason.STATUS if status < 500 else FetchReason.SERVER_ERROR
    return verdict_of_error(error(reason, status))


@pytest.mark.parametrize("reason", FetchReason)
def test_each_reason_of_a_fetch_is_of_one_kind(reason: FetchReason) -> None:
    row = asked(verdict_of_error(error(reason)), NOON)
    expected = FetchOutcome.PENDING
    if reason.value in ("scheme", "url", "port"):
        expected = FetchOutcome.FINAL
    elif reason.value in ("robots", "robots_unreachable"):
        expected = FetchOutcome.REFUSED
    assert (row.outcome, row.reason) == (expected, reason.value)
    assert (row.due_at is None) == (row.outcome == FetchOutcome.FINAL)


@pytest.mark.parametrize(
    "reason", [FetchReason.SCHEME, FetchReason.URL, FetchReason.PORT, FetchReason.ADDRESS, FetchReason.OFF_SITE]
)
def test_a_redirect_out_of_the_site_is_believed_once_it_is_said_again_six_hours_later(reason: FetchReason) -> None:
    astray = verdict_of_error(error(reason, 302))
    row = asked(astray, NOON)
    assert (row.outcome, row.due_at) == (FetchOutcome.PENDING, NOON + BELIEVED_AFTER)
    assert asked(astray, NOON + BELIEVED_AFTER, row=row).outcome == FetchOutcome.FINAL


@pytest.mark.parametrize("status", [400, 401, 402, 403, 405, 406, 408, 418, 423, 425, 429, 451, 500, 503, 522, 999])
def test_f29_whatever_a_site_may_take_back_is_asked_for_again_however_often_it_says_so(status: int) -> None:
    row = asked(of_status(status), NOON, NOON + BELIEVED_AFTER, NOON + 3 * BELIEVED_AFTER)
    assert (row.outcome, row.http_status, row.times_asked) == (FetchOutcome.PENDING, status, 3)


@pytest.mark.parametrize("status", [404, 410])
def test_f29_what_is_said_to_be_gone_is_believed_once_it_is_said_again_six_hours_later(status: int) -> None:
    gone = of_status(status)
    assert asked(gone, NOON, NOON + BELIEVED_AFTER - HOUR).outcome == FetchOutcome.PENDING
    row = asked(gone, NOON, NOON + HOUR, NOON + BELIEVED_AFTER)
    assert (row.outcome, row.due_at, row.since) == (FetchOutcome.FINAL, None, NOON)
    blocked = asked(of_status(403), NOON)
    assert (
        asked(gone, NOON + BELIEVED_AFTER, row=blocked).outcome == FetchOutcome.PENDING
    )  # it is said for the first time


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        *((reason, FetchOutcome.PENDING) for reason in ("challenge", "consent", "soft_error", "empty", "encoding")),
        *((reason, FetchOutcome.FINAL) for reason in ("not_article", "not_html", "parser_crash", "timeout")),
    ],
)
def test_a_page_in_place_of_the_page_may_pass_and_no_article_is_none(reason: str, outcome: FetchOutcome) -> None:
    rejected = Rejected(RejectReason[reason.upper()], "as told")
    row = asked(verdict_of_reject(rejected, 200), NOON, NOON + BELIEVED_AFTER)
    assert (row.outcome, row.reason) == (outcome, reason)


def test_a_page_that_nobody_can_read_is_looked_at_once_more_hours_later() -> None:
    unread = verdict_of_reject(Rejected(RejectReason.LAYOUT, "no layout"), 200)
    once = asked(unread, NOON)
    assert (once.outcome, once.due_at) == (FetchOutcome.PENDING, NOON + BELIEVED_AFTER)
    assert asked(unread, NOON + BELIEVED_AFTER, row=once).outcome == FetchOutcome.FINAL


def test_pauses_grow_and_the_server_may_ask_for_longer_ones() -> None:
    row, pauses, at = NEW, [], NOON
    for _ in range(len(PAUSES) + 1):
        row = asked(of_status(403), at, row=row)
        assert row.due_at
        pauses.append(row.due_at - at)
        at = row.due_at
    assert pauses == [*PAUSES, PAUSES[-1]]
    limited = verdict_of_error(error(FetchReason.RATE_LIMITED, 429, retry_after=7200))
    assert asked(limited, NOON).due_at == NOON + timedelta(hours=2)
    for_years = verdict_of_error(error(FetchReason.RATE_LIMITED, 429, retry_after=1e12))
    assert asked(for_years, NOON).due_at == NOON + timedelta(days=31)


def test_what_was_not_asked_counts_as_not_asked() -> None:
    row = asked(verdict_of_error(error(FetchReason.BUDGET)), NOON)
    assert (row.outcome, row.reason, row.times_asked, row.last_asked_at) == (FetchOutcome.PENDING, "budget", 0, None)


def test_an_address_is_given_up_with_its_reason_once_its_time_is_over() -> None:
    row = asked(of_status(403), NOON)
    over = datetime(2026, 11, 26, tzinfo=UTC) + timedelta(days=LEAST_DAYS)
    assert given_up(row, over - HOUR, source=SOURCE, day=DAY) == row
    given = given_up(row, over, source=SOURCE, day=DAY)
    assert (given.outcome, given.reason, given.due_at) == (FetchOutcome.FINAL, "status", None)
    late = asked(of_status(403), over)  # of a backfill: the time begins when it is first asked for
    assert late.outcome == FetchOutcome.PENDING
    assert given_up(replace(NEW, listed_at=NOON), over, source=SOURCE, day=DAY).outcome == FetchOutcome.FINAL


@given(st.lists(st.tuples(st.sampled_from([403, 404, 410, 429, 500]), st.integers(0, 9)), max_size=12))
def test_counts_and_times_of_a_row_never_go_back(answers: list[tuple[int, int]]) -> None:
    row, at = NEW, NOON
    for status, hours in answers:
        at += hours * HOUR
        before, row = row, asked(of_status(status), at, row=row)
        assert (row.times_asked, row.last_asked_at) == (before.times_asked + 1, at)
        assert row.first_asked_at == (before.first_asked_at or at)
        assert (row.due_at is not None and row.due_at >= at) == (row.outcome == FetchOutcome.PENDING)
