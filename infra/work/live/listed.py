"""The addresses of some days of a source: what accounts and archive say of them, and what the lists name beyond."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from infra.archive.raw_archive import RawArchive
from infra.base.days import Days
from infra.lake.accounts import LOST, DayAccount, read_accounts, row_key, write_account
from infra.lake.changes import Changes
from infra.lake.fetches import Fetch, FetchOutcome
from infra.lake.lake import Lake
from infra.lake.landing import zipped
from infra.lake.partition import ARTICLES, FETCHES, REJECTS, read_rows
from infra.store.object_store import ObjectStore
from infra.work.live.verdicts import Verdict, after, verdict_of_reject
from parsers.fields.urls import address_key
from parsers.record.outcome import Rejected, RejectReason
from parsers.source.definition import Source
from parsers.source.discovery import Link

PAGE_STATUSES: Final = (None, 200)  # of captures that may hold an article; None: without an HTTP exchange


@dataclass(frozen=True, slots=True)
class Captured:
    """The captures of one source that the raw archive has of some days: those need no request."""

    pages: dict[str, datetime]  # when the last whole page of an address was captured, by its key
    _moments: frozenset[tuple[str, datetime]]

    @classmethod
    def load(cls, store: ObjectStore, source: str, days: Days, *, today: date) -> "Captured":
        """Read the indexes of all days on which pages of some days may have been captured: up to today."""
        first = days.start - timedelta(days=1)  # a misread time zone costs a day at most
        pages: dict[str, datetime] = {}
        moments: set[tuple[str, datetime]] = set()
        for each in RawArchive(store).entries(source, first, today + timedelta(days=1)):  # by time: the last one stays
            if key := address_key(each.url):
                moments.add((key, each.captured_at))
                if each.http_status in PAGE_STATUSES and not each.truncated:
                    pages[key] = each.captured_at
        return cls(pages, frozenset(moments))

    def has_capture(self, url: str, captured_at: datetime) -> bool:
        """Whether the very capture of that time is kept, however good it is. An index names the time."""
        return (address_key(url), captured_at) in self._moments


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a day."""

    row: Fetch  # what is known of it
    day: str  # that it is listed for, YYYY-MM-DD
    account: str | None = None  # the day of the account that has its row now; None for those that are new
    is_changed: bool = False  # the lake says something else now than its account


@dataclass(frozen=True, slots=True)
class Listed:
    """The addresses of some days."""

    addresses: Mapping[str, Address]  # by key
    elsewhere: int = 0  # that a list names and whose archived page is an article of another day
    whole_at: Mapping[str, datetime] = field(default_factory=dict)  # when the lists of a day were last read whole

    def wanted(self, days: Days, now: datetime, *, pending_too: bool) -> list[Fetch]:
        """Addresses of some days to ask for now; with `pending_too` also those that are not due yet."""
        within = {day.isoformat() for day in days}
        rows = (each.row for each in self.addresses.values() if each.day in within)
        asked = (row for row in rows if row.outcome in (FetchOutcome.PENDING, FetchOutcome.REFUSED))
        return [row for row in asked if pending_too or row.due_at is None or row.due_at <= now]

    def written_down(self, store: ObjectStore) -> "Listed":
        """Write new addresses into the accounts: lists that a killed run read may name others by the next run."""
        addresses = dict(self.addresses)
        new: defaultdict[str, list[Fetch]] = defaultdict(list)
        for key, each in self.addresses.items():
            if each.account is None and each.row.outcome == FetchOutcome.PENDING:
                new[each.day].append(each.row)
                addresses[key] = replace(each, account=each.day)
        with Changes(store) as changes:
            changes.expect(FETCHES.key(rows[0].source, day) for day, rows in new.items())
            for day, rows in sorted(new.items()):
                write_account(changes, rows[0].source, day, rows)
        return replace(self, addresses=addresses)


def listed_addresses(
    source: Source,
    days: Days,
    links: Mapping[date, Iterable[Link]],
    listed_in: Mapping[str, str],
    *,
    store: ObjectStore,
    captured: Captured,
    now: datetime,
) -> Listed:
    """Join what the lists name, by day, with the accounts of their days and with what the archive holds."""
    accounts = read_accounts(store, source.name, _around(days))
    stored = {key for account in accounts.values() for key in account.rows}
    addresses = {
        key: Address(row, day, day, is_changed=row.reason == LOST)
        for day in map(date.isoformat, days)
        if day in accounts
        for key, row in _present(store, source.name, day, accounts[day]).items()
    }
    for day, of_day in links.items():
        for link in of_day:
            key = row_key(link.url)
            if key not in stored and key not in addresses:
                row = Fetch(
                    source=source.name, url=link.url, list_url=listed_in.get(link.url), hint=link.hint, listed_at=now,
                    reason="not_asked", since=now,
                )  # fmt: skip
                addresses[key] = Address(row, day.isoformat())
    is_open = (FetchOutcome.PENDING, FetchOutcome.FINAL)
    rows = {key: each.row for key, each in addresses.items() if each.row.outcome in is_open and key in captured.pages}
    held = {key: captured.pages[key] for key in rows}
    known = _landed(store, source, days, rows, held) if held else {}
    # Captured since the address was last asked for, by an ingest or by `fetch`.
    news = {key: at for key, at in held.items() if (asked := rows[key].last_asked_at) is None or at > asked}
    rest = {key: at for key, at in news.items() if key not in known}
    known |= _rejected(store, source, rows, rest)
    elsewhere = [key for key in held if addresses[key].account is None and key not in known]
    for key in elsewhere:
        del addresses[key]
    for key, (row, article_day) in known.items():
        addresses[key] = replace(addresses[key], row=row, day=article_day or addresses[key].day, is_changed=True)
    whole_at = {day: at for day, account in accounts.items() if (at := account.lists.whole_at)}
    return Listed(addresses, len(elsewhere), whole_at)


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
