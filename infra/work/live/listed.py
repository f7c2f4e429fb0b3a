"""The addresses of some days of a source: what their accounts say, and what the lists name beyond that."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from infra.base.days import Days
from infra.lake.accounts import LOST, DayAccount, read_accounts, row_key, write_account
from infra.lake.changes import Changes
from infra.lake.fetches import Fetch, FetchOutcome
from infra.lake.lake import Lake
from infra.lake.landing import zipped
from infra.lake.partition import ARTICLES, FETCHES, REJECTS, read_rows
from infra.store.object_store import ObjectStore
from infra.work.live.captured import Captured
from infra.work.live.verdicts import Verdict, after, verdict_of_reject
from parsers.record.outcome import Rejected, RejectReason
from parsers.source.definition import Source
from parsers.source.discovery import Link


@dataclass(frozen=True, slots=True)
class Listed:
    """Addresses by their key."""

    rows: Mapping[str, Fetch]  # what is known of each
    days: Mapping[str, str]  # the day that each is listed for, YYYY-MM-DD
    stored: Mapping[str, str]  # the day of the account that has the row now; absent for those that are new
    changed: frozenset[str] = frozenset()  # the lake says something else now than their account
    elsewhere: int = 0  # that a list names and whose archived page is an article of another day
    whole_at: Mapping[str, datetime] = field(default_factory=dict)  # when the lists of a day were last read whole

    def wanted(self, days: Days, now: datetime, *, pending_too: bool) -> list[Fetch]:
        """Addresses of some days to ask for now; with `pending_too` also those that are not due yet."""
        within = {day.isoformat() for day in days}
        return [row for key, row in self.rows.items() if self.days[key] in within and _is_due(row, now, pending_too)]

    def written_down(self, store: ObjectStore) -> "Listed":
        """Write the addresses that are new into the accounts, before they are asked for.

        A run that is killed leaves its pages, but what it read in the lists would be gone: a feed that has moved on
        names other articles by the next run, and the day would be called whole without those.
        """
        new: defaultdict[str, list[Fetch]] = defaultdict(list)
        for key, row in self.rows.items():
            if key not in self.stored and row.outcome == FetchOutcome.PENDING:
                new[self.days[key]].append(row)
        with Changes(store) as changes:
            changes.expect(FETCHES.key(rows[0].source, day) for day, rows in new.items())
            for day, rows in sorted(new.items()):
                write_account(changes, rows[0].source, day, rows)
        return replace(self, stored={**self.stored, **{row_key(row.url): day for day in new for row in new[day]}})


def _is_due(row: Fetch, now: datetime, pending_too: bool) -> bool:
    if row.outcome not in (FetchOutcome.PENDING, FetchOutcome.REFUSED):
        return False
    return pending_too or row.due_at is None or row.due_at <= now


def listed_addresses(
    source: Source,
    days: Days,
    links: Mapping[date, Iterable[Link]],
    *,
    store: ObjectStore,
    captured: Captured,
    listed_in: Mapping[str, str],
    now: datetime,
) -> Listed:
    """Join what the lists name, by day, with the accounts of their days and with what the archive holds."""
    accounts = read_accounts(store, source.name, _around(days))
    stored = {key: day for day, account in accounts.items() for key in account.rows}
    within = {day.isoformat() for day in days}
    places = {key: day for key, day in stored.items() if day in within}
    new: dict[str, Fetch] = {}
    for day, of_day in links.items():
        for link in of_day:
            key = row_key(link.url)
            if key in stored or key in new:
                continue
            new[key] = Fetch(
                source=source.name, url=link.url, list_url=listed_in.get(link.url), hint=link.hint, listed_at=now,
                reason="not_asked", since=now,
            )  # fmt: skip
            places[key] = day.isoformat()
    rows = {
        key: row
        for day in within & accounts.keys()
        for key, row in _present(store, source.name, day, accounts[day]).items()
    }
    lacking = {key: row for key, row in rows.items() if row.outcome in (FetchOutcome.PENDING, FetchOutcome.FINAL)}
    open_rows = lacking | new
    held = {key: captured.pages[key] for key in open_rows if key in captured.pages}
    known = _landed(store, source, days, open_rows, held) if held else {}
    rest = {key: at for key, at in held.items() if key not in known and _is_news(open_rows[key], at)}
    known |= _rejected(store, source, open_rows, rest)
    elsewhere = [key for key in held if key in new and key not in known]
    for key in elsewhere:
        del new[key], places[key]
    for key, (row, article_day) in known.items():
        new[key] = row
        places[key] = article_day or places[key]
    return Listed(
        rows=rows | new,
        days=places,
        stored={key: day for key, day in stored.items() if key in rows},
        changed=frozenset(known) | {key for key, row in rows.items() if row.reason == LOST},
        elsewhere=len(elsewhere),
        whole_at={day: at for day, account in accounts.items() if (at := account.lists.whole_at)},
    )


def _present(store: ObjectStore, source: str, day: str, account: DayAccount) -> dict[str, Fetch]:
    """The rows of a day; those whose article is not there any more are open again."""
    rows = dict(account.rows)
    landed = {key: row for key, row in rows.items() if row.outcome == FetchOutcome.LANDED}
    manifest = Lake(store).read_manifest(source, day) if landed else None
    if len(landed) <= (manifest.rows if manifest else 0):
        return rows
    ids = Lake(store).identities(source, day)
    lost = {key: row for key, row in landed.items() if row.article_id not in ids}
    final = FetchOutcome.FINAL.value
    return rows | {key: replace(row, outcome=final, reason=LOST, article_id=None) for key, row in lost.items()}


def _is_news(row: Fetch, captured_at: datetime) -> bool:
    """Whether a page was captured since its address was last asked for, by an ingest or by `fetch`."""
    return row.last_asked_at is None or captured_at > row.last_asked_at


def _around(days: Days) -> Days:
    """The days and their neighbours: a list and an article may disagree by a time zone."""
    return Days(days.start - timedelta(days=1), days.end + timedelta(days=1))


def _landed(
    store: ObjectStore, source: Source, days: Days, new: Mapping[str, Fetch], held: Mapping[str, datetime]
) -> dict[str, tuple[Fetch, str | None]]:
    """Addresses that came into the lake in another way than by a live run: as articles of these days."""
    found: dict[str, tuple[Fetch, str | None]] = {}
    for day in map(date.isoformat, _around(days)):
        table = read_rows(store, ARTICLES, source.name, day)
        for url, article_id, at in zipped(table, ("url", "article_id", "captured_at")):
            key = row_key(url or "")
            if key in held and key not in found:
                verdict = Verdict(FetchOutcome.LANDED, article_id=article_id, was_asked=False)
                found[key] = _known(new[key], verdict, at, source), day
    return found


def _rejected(
    store: ObjectStore, source: Source, new: Mapping[str, Fetch], held: Mapping[str, datetime]
) -> dict[str, tuple[Fetch, str | None]]:
    found: dict[str, tuple[Fetch, str | None]] = {}
    for day in sorted({at.astimezone(UTC).date().isoformat() for at in held.values()}):
        table = read_rows(store, REJECTS, source.name, day)
        columns = ("url", "captured_at", "reason", "detail", "http_status")
        for url, at, reason, detail, status in zipped(table, columns):
            key = row_key(url or "")
            if key in held and held[key] == at:
                verdict = verdict_of_reject(Rejected(RejectReason[reason.upper()], detail), status)
                found[key] = _known(new[key], verdict, at, source), None
    return found


def _known(row: Fetch, verdict: Verdict, at: datetime, source: Source) -> Fetch:
    return replace(after(row, verdict, at, source=source, day=None), fetched_at=at)
