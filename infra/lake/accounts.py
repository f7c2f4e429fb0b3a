"""The account of each day: one object `fetches/source=…/date=…/fetches.parquet`, a row an address that was listed.

An address has one row in the account of a source: under the day of its article once that is known, before that under
the day that the list gave it. The footer sums the account up, so that the state of a day takes no more than a footer.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from infra.base.days import Days, midnight
from infra.base.errors import NewslakeError
from infra.base.stop import Threads
from infra.lake.changes import Changes
from infra.lake.fetches import Fetch, FetchOutcome
from infra.lake.partition import FETCHES, damaged, read_file, said_in, write_file
from infra.lake.schema import conform, to_table
from infra.store.object_store import ObjectStore
from parsers.fields.urls import address_key
from parsers.record.article import SCHEMA_VERSION

DUPLICATE: Final = "duplicate"
LOST: Final = "lost"  # it landed, and is not in the lake any more: a reparse took it away, or its partition was deleted
EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ListsRead:
    """How the lists of a day were read."""

    read_at: datetime | None = None  # when last; None: never, the rows came with the lists of other days
    whole_at: datetime | None = None  # when they were last read whole
    lacking: tuple[str, ...] = ()  # what was not read whole the last time, for a person

    def join(self, other: "ListsRead") -> "ListsRead":
        """Both together, in any order."""
        last = max(self, other, key=lambda each: (each.read_at or EARLIEST, each.lacking))
        whole = max(filter(None, (self.whole_at, other.whole_at)), default=None)
        return replace(last, whole_at=whole)


@dataclass(frozen=True, slots=True)
class DaySummary:
    """The account of a day in numbers. listed = landed + final + refused + pending."""

    listed: int = 0
    landed: int = 0
    final: int = 0
    refused: int = 0
    pending: int = 0
    fetched: int = 0  # addresses of which a page came
    parsed: int = 0  # whose page gave an article, be it one that another address gave too
    next_due_at: datetime | None = None  # when the first pending address may be asked again
    lists: ListsRead = ListsRead()
    schema_version: int = SCHEMA_VERSION

    def is_whole(self, day: date) -> bool:
        """Whether nothing of the day is lacking: its lists were read whole after it ended, and nothing is pending."""
        end = midnight(day) + timedelta(days=1)
        return not self.pending and self.lists.whole_at is not None and self.lists.whole_at >= end


@dataclass(frozen=True, slots=True)
class DayAccount:
    """The account of a day: its rows by `row_key`, and how its lists were read."""

    rows: Mapping[str, Fetch]
    lists: ListsRead = ListsRead()

    @property
    def summary(self) -> DaySummary:
        """The account in numbers."""
        rows = self.rows.values()
        counts = Counter(row.outcome for row in rows)
        due = [row.due_at for row in rows if row.outcome == FetchOutcome.PENDING and row.due_at]
        return DaySummary(
            listed=len(rows),
            **{outcome.value: counts[outcome] for outcome in FetchOutcome},
            fetched=sum(row.fetched_at is not None for row in rows),
            parsed=sum(row.article_id is not None or row.reason == DUPLICATE for row in rows),
            next_due_at=min(due, default=None),
            lists=self.lists,
        )


def row_key(url: str) -> str:
    """What names an address: the same for all ways to write it."""
    return address_key(url) or url


def read_account(store: ObjectStore, source: str, day: str) -> DayAccount:
    """The account of a day; an empty one where there is none."""
    key = FETCHES.key(source, day)
    stored = store.get(key)
    return _decoded(source, stored.body if stored else None, key)


def read_accounts(store: ObjectStore, source: str, days: Days) -> dict[str, DayAccount]:
    """The accounts of some days; those that there are."""
    prefix = FETCHES.key(source, days.start.isoformat()).partition("date=")[0]
    wanted = {day.isoformat() for day in days}
    found = [key[1] for info in store.list(prefix) if (key := FETCHES.parse_key(info.key)) and key[1] in wanted]
    with Threads() as pool:
        return dict(zip(found, pool.map(lambda day: read_account(store, source, day), found), strict=True))


def write_account(
    changes: Changes,
    source: str,
    day: str,
    rows: Sequence[Fetch],
    *,
    lists: ListsRead | None = None,
    moved: Collection[str] = (),
) -> DayAccount:
    """Merge rows into the account of a day, so that no other writer's are lost, and give what it is now.

    `moved` has keys of rows that have their place in another day's account now. Write that one first: a row may be seen
    twice for a moment, never not at all.
    """
    key = FETCHES.key(source, day)

    def merge(old: bytes | None) -> tuple[bytes | None, DayAccount]:
        before = _decoded(source, old, key)
        result = _merged(before, rows, lists, moved)
        unchanged = old is not None or not (result.rows or lists)
        return old if unchanged and result == before else _encoded(result), result

    return changes.merge(key, merge)[1]


def _merged(before: DayAccount, rows: Sequence[Fetch], lists: ListsRead | None, moved: Collection[str]) -> DayAccount:
    joined = {key: row for key, row in before.rows.items() if key not in moved}
    for row in rows:
        known = joined.get(row_key(row.url))
        joined[row_key(row.url)] = _later(known, row) if known and row.reason != LOST else row
    articles: set[str | None] = set()
    for key, row in sorted(joined.items(), key=lambda each: (each[1].fetched_at or EARLIEST, each[0])):
        if row.outcome == FetchOutcome.LANDED and row.article_id in articles:
            joined[key] = replace(row, outcome=FetchOutcome.FINAL.value, reason=DUPLICATE, article_id=None)
        elif row.outcome == FetchOutcome.LANDED:
            articles.add(row.article_id)
    return DayAccount(joined, before.lists.join(lists) if lists else before.lists)


def _later(one: Fetch, other: Fetch) -> Fetch:
    """The row of an address that two runs know: what landed stays, else the later answer counts."""

    def rank(row: Fetch) -> tuple[bool, datetime, int, datetime, bool, str]:
        is_landed, is_settled = row.outcome == FetchOutcome.LANDED, row.outcome != FetchOutcome.PENDING
        last, since = row.last_asked_at or EARLIEST, row.since or EARLIEST
        return is_landed, last, row.times_asked, since, is_settled, row.outcome

    first = min(one, other, key=lambda row: row.listed_at)
    return replace(max(one, other, key=rank), listed_at=first.listed_at, list_url=first.list_url, url=first.url)


def _decoded(source: str, body: bytes | None, name: str) -> DayAccount:
    if body is None:
        return DayAccount({})
    table, footer = read_file(body, name)
    summary = said_in(footer, DaySummary, name)
    rows = conform(table, SCHEMA_VERSION, FETCHES.columns, name).to_pylist()
    account = DayAccount({row_key(row["url"]): Fetch(source=source, **row) for row in rows}, summary.lists)
    if account.summary != replace(summary, schema_version=SCHEMA_VERSION):
        raise damaged(name, "its rows are not what its footer sums up")
    return account


def _encoded(account: DayAccount) -> bytes:
    rows: list[tuple[Any, ...]] = [(row,) for row in account.rows.values()]
    table, wrong = to_table(rows, FETCHES.columns)
    if wrong:
        raise NewslakeError(f"A row of an account has a wrong {wrong[0][1]}", "This is a bug: please report it.")
    return write_file(FETCHES, table, account.summary)
