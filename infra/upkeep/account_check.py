"""Does the account of a day add up? Every address has one of four outcomes, and the footer sums up the rows."""

from collections.abc import Iterator

from infra.base.errors import NewslakeError
from infra.lake.accounts import read_account
from infra.lake.fetches import Fetch, FetchOutcome
from infra.lake.partition import ARTICLES
from infra.store.object_store import ObjectStore

OUTCOMES = frozenset(FetchOutcome)


def account_faults(store: ObjectStore, source: str, day: str) -> Iterator[str]:
    """What is wrong with the account of a day."""
    try:
        account = read_account(store, source, day)  # refuses a footer that says something else
    except NewslakeError as error:
        yield str(error)
        return
    if account.summary.landed and next(iter(store.list(ARTICLES.key(source, day))), None) is None:
        yield f"says that {account.summary.landed} articles landed, and their partition is gone: run the day again"
    for row in account.rows.values():
        yield from (f"url {row.url} {fault}" for fault in _row_faults(row))


def _row_faults(row: Fetch) -> Iterator[str]:
    if row.outcome not in OUTCOMES:
        yield f"has the outcome {row.outcome}, which is none of {', '.join(FetchOutcome)}"
    if (row.outcome == FetchOutcome.LANDED) != (row.article_id is not None):
        yield f"is {row.outcome} with the article {row.article_id}"
    if (row.outcome == FetchOutcome.LANDED) == (row.reason is not None):
        yield f"is {row.outcome} for the reason {row.reason}"
    if row.due_at and row.outcome not in (FetchOutcome.PENDING, FetchOutcome.REFUSED):
        yield f"is {row.outcome} and due at {row.due_at}"
    if (row.first_asked_at is None) != (row.last_asked_at is None) or (row.times_asked > 0) != bool(row.last_asked_at):
        yield f"was asked {row.times_asked} times, first at {row.first_asked_at} and last at {row.last_asked_at}"
