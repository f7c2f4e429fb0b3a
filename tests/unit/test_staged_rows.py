"""Rows that an ingest stages: landed together, once, whatever ends or repeats the landing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from typing_extensions import override

from infra.base.errors import NewslakeError
from infra.lake import staged_rows
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES
from infra.lake.rejects import Reject
from infra.lake.staged_rows import FOLDER, StagingLake, land_staged, staged_bytes
from parsers.record.article import SCHEMA_VERSION
from tests.lake_samples import NOON, Landed, broken, capture_of, landed, rejected
from tests.memory_store import MemoryStore
from tests.passing_stores import CountingStore, Killed, PassingStore, SteppedStore, kill

WEB_HOSTS = [f"paper{number}.example" for number in range(5)]
# The same article with another text in the next batch; one that moves to another day; a page rejected first.
FIRST: Sequence[Landed] = [*map(landed, range(6)), landed(9, published_at=None)]
SECOND: Sequence[Landed] = [
    landed(0, captured_at=NOON + timedelta(hours=3), lead="Later"),
    landed(1, captured_at=NOON + timedelta(hours=3), published_at=NOON + timedelta(days=1)),
    *(landed(n, source="web", url=f"https://{host}/a") for n, host in enumerate(WEB_HOSTS, start=20)),
]
BATCHES: list[tuple[Sequence[Landed], Sequence[Reject]]] = [
    (FIRST, [rejected(7), rejected(8)]),
    (SECOND, [rejected(8)]),
    ([landed(7, parser_version=2), broken(30, title=5)], []),
]


def landed_at_once() -> dict[str, bytes]:
    store = MemoryStore()
    for articles, rejects in BATCHES:
        Lake(store).land(articles, rejects)
    return store.tables


@pytest.fixture
def staged() -> MemoryStore:
    store = MemoryStore()
    for articles, rejects in BATCHES:
        StagingLake(store).land(articles, rejects)
    return store


def left(store: MemoryStore) -> list[str]:
    return [key for key in store.objects if key.startswith(FOLDER)]


def test_rows_land_together_as_if_each_batch_had_landed_at_once(staged: MemoryStore) -> None:
    assert set(staged.tables) == {*left(staged)}
    assert staged_bytes(staged) > 0
    report = land_staged(Lake(staged))
    assert ("gazette", "2024-05-02") in report.written
    assert staged.tables == landed_at_once()
    assert left(staged) == []
    assert land_staged(Lake(staged)).written == ()


def test_an_article_that_does_not_fit_is_told_when_it_is_staged(staged: MemoryStore) -> None:
    wrong = broken(31, title=5)
    assert StagingLake(staged).land([wrong]).unfit == (wrong[0].article_id,)
    with pytest.raises(ValueError, match="are landed at once"):
        StagingLake(staged).land([], looked_at=[("gazette", "2024-05-01")])
    with pytest.raises(ValueError, match="are landed at once"):
        StagingLake(staged).land([], reparsed={"gazette": [capture_of(0)]})


@pytest.mark.parametrize("group_bytes", [1, 1 << 30], ids=["partition by partition", "all at once"])
def test_each_partition_is_written_once_whatever_the_number_of_batches(
    group_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staged_rows, "GROUP_BYTES", group_bytes)
    puts = []
    for batches in (2, 20):
        store = CountingStore(MemoryStore())
        for number in range(batches):
            StagingLake(store).land([landed(number), landed(number + 100, source="web")], [rejected(number + 50)])
        store.requests.clear()
        land_staged(Lake(store))
        puts.append(store.requests["put"])
    assert puts[0] == puts[1]


def test_l02_a_landing_that_is_killed_anywhere_is_ended_by_the_next(staged: MemoryStore) -> None:
    before, expected = dict(staged.objects), landed_at_once()
    for at in range(1, 1_000, 3):
        store = MemoryStore()
        store.objects |= before
        try:
            land_staged(Lake(SteppedStore(store, at=at, act=kill)))
        except Killed:
            land_staged(Lake(store))
        else:
            break
        assert store.tables == expected
        assert left(store) == []
    assert at > len(expected)


@dataclass
class Rivalled(PassingStore):
    """Somebody else lands all of it before one of the requests of a kind."""

    kind: str = ""
    at: int = 0
    seen: int = field(default=0)

    @override
    def before(self, request: str) -> None:
        if request == self.kind:
            self.seen += 1
            if self.seen == self.at:
                land_staged(Lake(self.base))


@pytest.mark.parametrize(("kind", "at"), [("get", 1), ("get", 3), ("get", 4), ("get", 6), ("put", 1), ("delete", 1)])
def test_l03_two_that_land_the_same_do_no_harm(kind: str, at: int, staged: MemoryStore) -> None:
    land_staged(Lake(Rivalled(staged, kind, at)))
    assert staged.tables == landed_at_once()
    assert left(staged) == []


def test_l07_rows_that_an_older_newslake_staged_get_the_columns_of_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    newest = next(column for column in ARTICLES.columns if column.since == SCHEMA_VERSION)
    older = replace(ARTICLES, columns=tuple(column for column in ARTICLES.columns if column is not newest))
    with monkeypatch.context() as patched:
        for module in ("staged_rows", "rows"):
            patched.setattr(f"infra.lake.{module}.ARTICLES", older)
        patched.setattr(staged_rows, "SCHEMA_VERSION", SCHEMA_VERSION - 1)
        StagingLake(store).land([landed(0)])
    land_staged(Lake(store))
    (row,) = Lake(store).read_partition("gazette", "2024-05-01").to_pylist()
    assert row[newest.name] == newest.encode(newest.default)


def test_an_index_longer_than_what_is_read_at_first(staged: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staged_rows, "HEAD_BYTES", 10)
    land_staged(Lake(staged))
    assert staged.tables == landed_at_once()


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: body[:50],
        lambda body: body[:-1],
        lambda body: body.replace(b"2024-05-01", b"2024-05-02"),
        lambda body: b"{}\n" + body,
        lambda body: b"[1]\n",
        lambda body: body.replace(b"\x28\xb5\x2f\xfd", b"abcd"),
        lambda body: b"",
    ],
    ids=[
        "cut",
        "cut in its rows",
        "another day in its index",
        "no index",
        "a list",
        "other rows",
        "empty",
    ],
)
def test_l05_damaged_rows_are_named_and_nothing_lands(damage: Any, staged: MemoryStore) -> None:
    key = left(staged)[0]
    staged.objects[key] = damage(staged.objects[key])
    with pytest.raises(NewslakeError, match=f"{key} is damaged: ") as told:
        land_staged(Lake(staged))
    assert "ingest what was being read again" in told.value.remedy
    assert len(left(staged)) == len(BATCHES)


def test_l05_a_bit_that_flips_anywhere_is_found(staged: MemoryStore) -> None:
    key = left(staged)[0]
    body = staged.objects[key]
    for place in range(0, len(body), 101):
        staged.objects[key] = bytes((*body[:place], body[place] ^ 1, *body[place + 1 :]))
        with pytest.raises(NewslakeError, match=f"{key} is damaged: "):
            land_staged(Lake(staged))


class TestShards:
    """A day of `web` lies in several objects, by host; all others are one."""

    def test_articles_of_a_host_share_one_and_readers_see_one_table(self) -> None:
        store = MemoryStore()
        lake = Lake(store)
        lake.land([landed(n, source="web", url=f"https://{'www.' * (n % 2)}one.example/{n}") for n in range(4)])
        ((_, name, _),) = lake.partitions("web")
        assert name.startswith("2024-05-01.")
        lake.land([landed(n, source="web", url=f"https://{host}/a") for n, host in enumerate(WEB_HOSTS)])
        names = {name for _, name, _ in lake.partitions("web")}
        assert len(names) > 3
        assert sum(lake.read_partition("web", name).num_rows for name in names) == 9

    def test_an_article_stays_in_one_day_of_its_shard(self) -> None:
        store = MemoryStore()
        for day in (1, 0):
            at = NOON + timedelta(days=day)
            Lake(store).land([landed(0, source="web", published_at=at, captured_at=at)])
        held = {name: Lake(store).read_partition("web", name).num_rows for _, name, _ in Lake(store).partitions("web")}
        assert sorted(held.values()) == [0, 1]

    @pytest.mark.parametrize("later", [0, 1])
    def test_a_day_of_an_older_newslake_is_read_and_joined(self, later: int) -> None:
        store = MemoryStore()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("infra.lake.rows.name_of", lambda source, day, url: day)
            Lake(store).land([landed(n, source="web") for n in range(3)])
        Lake(store).land([landed(1, source="web", captured_at=NOON + timedelta(days=later), lead="Now")])
        rows = [
            (row["url"][-1], row["lead"])
            for _, name, _ in Lake(store).partitions("web")
            for row in Lake(store).read_partition("web", name).to_pylist()
        ]
        assert sorted(number for number, _ in rows) == ["0", "1", "2"]
        assert (("1", "Now") in rows) == bool(later)
        assert Lake(store).read_partition("web", "2024-05-01").num_rows == 0
        before = dict(store.objects)
        assert Lake(store).land([landed(n, source="web") for n in range(3)]).written == ()
        assert store.tables == {key: body for key, body in before.items() if not key.startswith("_catalog/")}
