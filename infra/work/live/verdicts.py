"""What an answer says of an address, and when it is asked again. The one place that decides what may pass.

Whatever a site may take back stays pending, is asked again with growing pauses, and given up after some days. What says
that there is no such page is believed when it is said twice, hours apart: while sites are being moved, all answers 404.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Final

from infra.base.days import midnight
from infra.intake.web.fetching import FetchError, FetchReason
from infra.lake.fetches import Fetch, FetchOutcome
from infra.lake.rejects import writable
from parsers.record.outcome import Outcome, Parsed, Rejected, RejectReason
from parsers.source.definition import Source

# Between asking again for an address: the next run may at once, since what failed once mostly was an accident.
PAUSES: Final = tuple(timedelta(hours=each) for each in (0, 0.25, 1, 4, 16, 24))
# Two looks within one outage, or one deployment of a site, are one: it has to last from one shift to the next.
BELIEVED_AFTER: Final = timedelta(hours=6)
# How long an address is asked for: as long as its source lists the day, but for the longest outage over a long weekend
# at least, and no longer than a month: what does not come back by then is gone.
LEAST_DAYS: Final = 7
MOST_DAYS: Final = 31

# Refused before anything is sent: no answer will ever be a page of the source. With a status, a redirect led there,
# which is the site's word of the moment: in an outage to a status page, a consent service or a host within its network.
_UNUSABLE: Final = frozenset({FetchReason.SCHEME, FetchReason.URL, FetchReason.PORT})
_LED_ASTRAY: Final = _UNUSABLE | {FetchReason.ADDRESS, FetchReason.OFF_SITE}
_ROBOTS: Final = frozenset({FetchReason.ROBOTS, FetchReason.ROBOTS_UNREACHABLE})
# Nothing was sent: the run stopped asking before it came to the address, or never may.
_NOT_ASKED: Final = (
    _UNUSABLE | _ROBOTS | {*(FetchReason.ADDRESS, FetchReason.NO_CONTACT, FetchReason.BUDGET, FetchReason.HOST_DOWN)}
)
GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_BELIEVED_TWICE: Final = frozenset(
    {
        *(FetchReason.HOME_PAGE, FetchReason.TOO_LARGE),
        *(RejectReason.LAYOUT, RejectReason.MISSING_TITLE, RejectReason.MISSING_BODY, RejectReason.TOO_LARGE),
        RejectReason.NOT_HTML,
    }
)
# Pages in place of the one that was asked for, and pages that did not come as they were sent.
_PASSING: Final = frozenset(
    {
        *(RejectReason.CHALLENGE, RejectReason.CONSENT, RejectReason.SOFT_ERROR, RejectReason.EMPTY),
        *(RejectReason.ENCODING, RejectReason.TRUNCATED, RejectReason.ARCHIVE_DAMAGED, RejectReason.HTTP_STATUS),
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one answer says of an address."""

    outcome: FetchOutcome
    reason: str | None = None
    detail: str | None = None
    http_status: int | None = None
    article_id: str | None = None
    believed_twice: bool = False  # final once it is said again hours later; pending until then
    wait: timedelta = timedelta(0)  # how long the server asks to be left alone
    was_asked: bool = True  # False where no request was sent


def verdict_of_error(error: FetchError) -> Verdict:
    """What an error says that came instead of a page."""
    outcome, astray = FetchOutcome.PENDING, error.status is not None and error.reason in _LED_ASTRAY
    if error.reason in _UNUSABLE and not astray:
        outcome = FetchOutcome.FINAL
    elif error.reason in _ROBOTS:
        outcome = FetchOutcome.REFUSED
    return Verdict(
        outcome,
        error.reason.value,
        error.detail,
        error.status,
        believed_twice=error.reason in _BELIEVED_TWICE or error.status in GONE or astray,
        wait=timedelta(seconds=min(error.retry_after or 0.0, timedelta(days=MOST_DAYS).total_seconds())),
        was_asked=astray or error.reason not in _NOT_ASKED,
    )


def verdict_of_outcome(outcome: Outcome, http_status: int | None, *, cut: bool, before: Fetch) -> Verdict:
    """What a parsed page says. One that was `cut` short is asked for once more: twice cut, it is as good as it gets."""
    if isinstance(outcome, Parsed):
        again = cut and before.reason != RejectReason.TRUNCATED
        kind = FetchOutcome.PENDING if again else FetchOutcome.LANDED
        reason = RejectReason.TRUNCATED if again else None
        return Verdict(kind, reason, reason and reason.meaning, http_status, outcome.article.article_id)
    return verdict_of_reject(outcome, http_status)


def verdict_of_reject(rejected: Rejected, http_status: int | None) -> Verdict:
    """What a page says that gave no article. A parser's fault is final here: the page is kept, a reparse mends it."""
    twice = rejected.reason in _BELIEVED_TWICE or http_status in GONE
    passing = twice or rejected.reason in _PASSING
    outcome = FetchOutcome.PENDING if passing else FetchOutcome.FINAL
    return Verdict(outcome, rejected.reason.value, rejected.detail, http_status, believed_twice=twice)


def after(row: Fetch, verdict: Verdict, at: datetime, *, source: Source, day: date | None) -> Fetch:
    """The row of an address after an answer that came `at` some time; `day` is that it is listed for, if known."""
    same = (row.outcome, row.reason) == (verdict.outcome, verdict.reason) and row.http_status == verdict.http_status
    since = row.since if same and row.since else at
    outcome = verdict.outcome
    if verdict.believed_twice and at - since >= BELIEVED_AFTER:
        outcome = FetchOutcome.FINAL
    changed = replace(
        row,
        outcome=outcome.value,
        reason=verdict.reason,
        detail=None if verdict.detail is None else writable(verdict.detail),
        http_status=verdict.http_status,
        article_id=verdict.article_id if outcome is FetchOutcome.LANDED else None,
        since=since,
    )
    if verdict.was_asked:
        asked = row.times_asked + 1
        changed = replace(changed, first_asked_at=row.first_asked_at or at, last_asked_at=at, times_asked=asked)
    due = replace(changed, due_at=_due(changed, verdict, at))
    return given_up(due, at, source=source, day=day)


def given_up(row: Fetch, now: datetime, *, source: Source, day: date | None) -> Fetch:
    """The row, final with its reason where it has been asked for long enough."""
    if row.outcome != FetchOutcome.PENDING:
        return row
    length = timedelta(days=max(LEAST_DAYS, min(MOST_DAYS, source.horizon_days)))
    began = row.first_asked_at or row.listed_at
    if day:
        began = max(began, midnight(day) + timedelta(days=1))
    return replace(row, outcome=FetchOutcome.FINAL.value, due_at=None) if now >= began + length else row


def _due(row: Fetch, verdict: Verdict, at: datetime) -> datetime | None:
    if row.outcome == FetchOutcome.REFUSED:
        return at  # the robots file is asked for in any case, and the page only where it allows that
    if row.outcome != FetchOutcome.PENDING:
        return None
    if verdict.believed_twice and verdict.http_status not in GONE and row.since:
        return max(at, row.since + BELIEVED_AFTER)
    return at + max(PAUSES[min(max(row.times_asked, 1), len(PAUSES)) - 1], verdict.wait)
