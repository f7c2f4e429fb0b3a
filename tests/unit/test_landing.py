"""Landing is a join: any order, repetition and grouping gives the same bytes, and the better row stays."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.landing import land_articles, land_rejects
from infra.lake.partition import ARTICLES, REJECTS, decode, encode
from infra.lake.rejects import Reject
from infra.lake.schema import to_table
from parsers.record.article import Block, BlockType, Fidelity, Image
from parsers.record.capture import CaptureIdentity
from tests.lake_samples import NOON, Landed, capture_of, landed, rejected

CAPTURE = capture_of(1)


def land(
    old: bytes | None,
    *rows: Landed,
    looked_at: bool = False,
    reparsed: Mapping[CaptureIdentity, int | None] | None = None,
) -> tuple[bytes | None, int]:
    table, wrong = to_table(rows, ARTICLES.columns)
    assert wrong == []
    return land_articles(old, table, reparsed or {}, "x", looked_at=looked_at)


def rows_of(body: bytes | None) -> list[dict[str, Any]]:
    assert body is not None
    rows: list[dict[str, Any]] = decode(ARTICLES, body, "x")[0].to_pylist()
    return rows


def one_row(body: bytes | None) -> dict[str, Any]:
    (row,) = rows_of(body)
    return row


texts = st.sampled_from(["", "a", "b", "a\x1fb", "é"])
optional = st.none() | texts


@st.composite
def variants(draw: st.DrawFn) -> Landed:
    """Rows of three articles that differ in whatever may differ; ties in the leading columns are frequent."""
    return landed(
        draw(st.integers(0, 2)),
        title="same",
        body=draw(st.sampled_from([(), (Block(BlockType.LEAD, "a"),), (Block(BlockType.QUOTE, "a"),)])),
        fidelity=draw(st.sampled_from(Fidelity)),
        captured_at=NOON + timedelta(hours=draw(st.integers(0, 2))),
        first_captured_at=NOON - timedelta(hours=draw(st.integers(0, 2))),
        parser_version=draw(st.integers(1, 2)),
        lead=draw(optional),
        topics=tuple(draw(st.lists(texts, max_size=2))),
        images=tuple(Image("u", caption) for caption in draw(st.lists(optional, max_size=2))),
        http_status=draw(st.sampled_from([None, 200, 203])),
        run_id=draw(st.sampled_from(["r1", "r2"])),
        mode=draw(st.sampled_from(["live", "ingest"])),
        capture_uri=draw(st.sampled_from(["raw/a", "raw/b"])),
        capture_offset=draw(st.sampled_from([5, 10])),
    )


batches = st.tuples(st.lists(variants(), max_size=4), st.booleans())


@given(st.lists(batches, min_size=1, max_size=4), st.data())
def test_l04_any_order_gives_the_same_bytes(landings: list[tuple[list[Landed], bool]], data: st.DataObject) -> None:
    def all_landed(order: Sequence[tuple[list[Landed], bool]]) -> bytes | None:
        body = None
        for rows, looked_at in order:
            body, _ = land(body, *rows, looked_at=looked_at)
        return body

    in_order = all_landed(landings)
    repeated = data.draw(st.lists(st.sampled_from(landings), max_size=3))
    shuffled = data.draw(st.permutations([*landings, *repeated]))
    assert all_landed(shuffled) == in_order
    every_row = data.draw(st.permutations([row for rows, _ in landings for row in rows]))
    one_by_one: list[tuple[list[Landed], bool]] = [([row], False) for row in every_row] + [
        ([], looked_at) for _, looked_at in landings
    ]
    assert all_landed(one_by_one) == in_order


ORDER = [
    ({"fidelity": Fidelity.TEXT}, {"fidelity": Fidelity.HTML}),
    ({"fidelity": Fidelity.PARTIAL, "captured_at": NOON + timedelta(days=9)}, {"fidelity": Fidelity.TEXT}),
    ({"captured_at": NOON}, {"captured_at": NOON + timedelta(microseconds=1)}),
    ({"captured_at": NOON, "parser_version": 9}, {"captured_at": NOON + timedelta(days=1)}),
    ({"parser_version": 9, "lead": "z"}, {"parser_version": 10, "lead": "a"}),
]


@pytest.mark.parametrize(("lesser", "greater"), ORDER, ids=["html", "stub", "time", "time-first", "version"])
def test_the_better_row_stays_whichever_comes_first(lesser: dict[str, Any], greater: dict[str, Any]) -> None:
    worse, better = landed(1, section="worse", **lesser), landed(1, section="better", **greater)
    alone, _ = land(None, better)
    up, down = land(land(None, worse)[0], better)[0], land(alone, worse)[0]
    assert one_row(up)["section"] == one_row(down)["section"] == "better"
    assert (down is alone) == (worse[1].captured_at >= better[1].captured_at)  # else it was captured earlier, too


def test_an_earlier_run_gives_the_row_its_name_and_pointer() -> None:
    body, _ = land(None, landed(1))
    earlier = landed(1, run_id="20230101T000000-z", capture_uri="raw/z", capture_offset=77)
    row = one_row(land(body, earlier)[0])
    assert (row["run_id"], row["capture_uri"], row["capture_offset"]) == ("20230101T000000-z", "raw/z", 77)


def test_a_partition_in_which_an_article_is_twice_is_mended_by_the_next_landing() -> None:
    twice, _ = to_table([landed(1), landed(1, captured_at=NOON + timedelta(days=1)), landed(2)], ARTICLES.columns)
    mended, _ = land(encode(ARTICLES, twice), landed(3))
    assert [row["title"] for row in rows_of(mended)] == [f"Ferry {number} leaves late" for number in (1, 2, 3)]


class TestReparsed:
    """A capture parsed again has one outcome, that of the newest parser."""

    old, _ = land(None, landed(1), landed(2))

    def test_its_new_row_replaces_the_old_one_even_where_it_is_of_lower_fidelity(self) -> None:
        old, _ = land(None, landed(1, first_captured_at=NOON - timedelta(days=3)))
        stub = landed(1, fidelity=Fidelity.PARTIAL, parser_version=2, mode="reparse", run_id="2025")
        body, exposed = land(old, stub, reparsed={CAPTURE: 2})
        row = one_row(body)
        assert (row["fidelity"], row["parser_version"], row["mode"], row["run_id"]) == ("partial", 2, "reparse", "2025")
        assert row["first_captured_at"] == NOON - timedelta(days=3)
        assert exposed == 1

    def test_a_row_under_another_identity_replaces_it_and_keeps_the_earliest_capture_of_its_own(self) -> None:
        renamed = landed(1, canonical_url="https://gazette.example/one", article_id=32 * "1", parser_version=2)
        body, exposed = land(self.old, renamed, reparsed={CAPTURE: 2})
        assert [row["article_id"] for row in rows_of(body)] == [32 * "1", landed(2)[0].article_id]
        assert exposed == 1

    def test_a_row_follows_its_capture_to_the_copy_that_was_read(self) -> None:
        """The other may be gone: no landing else would let go of a place that sorts before."""
        old, _ = land(None, landed(1, capture_uri="raw/a"))
        body, exposed = land(old, landed(1), reparsed={CAPTURE: 1})
        assert one_row(body)["capture_uri"] == landed(1)[1].capture_uri
        assert exposed == 0
        assert land(body, landed(1, run_id="2026"), reparsed={CAPTURE: 1}) == (body, 0)

    @pytest.mark.parametrize("late", [(), (landed(1, fidelity=Fidelity.HTML),)], ids=["rejected", "parsed"])
    def test_l04_an_old_reparse_that_finishes_late_changes_nothing(self, late: tuple[Landed, ...]) -> None:
        newest, _ = land(None, landed(1, parser_version=3, fidelity=Fidelity.PARTIAL))
        body, exposed = land(newest, *late, reparsed={CAPTURE: 1})
        assert (body is newest, exposed) == (True, 0)


def land_rejected(
    old: bytes | None, *rows: Reject, closed: Mapping[CaptureIdentity, int] | None = None
) -> tuple[bytes | None, int]:
    table, wrong = to_table([(row,) for row in rows], REJECTS.columns)
    assert wrong == []
    return land_rejects(old, table, closed or {}, "x")


def one_reject(body: bytes | None) -> dict[str, Any]:
    assert body is not None
    (row,) = decode(REJECTS, body, "x")[0].to_pylist()
    return dict(row)


class TestRejects:
    """A rejection stands until a parser of its version or a later one makes an article of the capture."""

    old, _ = land_rejected(None, rejected(1))

    def test_an_article_closes_it_and_a_newer_parser_reopens_it(self) -> None:
        body, _ = land_rejected(self.old, closed={CAPTURE: 2})
        row = one_reject(body)
        assert (row["state"], row["parser_version"], row["reason"]) == ("closed", 2, "layout")
        assert land_rejected(body, closed={CAPTURE: 2})[0] is body
        reopened = one_reject(land_rejected(body, rejected(1, parser_version=3))[0])
        assert (reopened["state"], reopened["parser_version"]) == ("open", 3)

    def test_l04_an_older_parser_neither_closes_nor_reopens(self) -> None:
        newer, _ = land_rejected(None, rejected(1, parser_version=3))
        assert land_rejected(newer, closed={CAPTURE: 2})[0] is newer
        closed, _ = land_rejected(self.old, closed={CAPTURE: 2})
        assert land_rejected(closed, rejected(1), rejected(1, parser_version=2, reason="empty"))[0] is closed


rejections = st.builds(
    rejected,
    st.integers(0, 1),
    captured_at=st.sampled_from([NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=2)]),
    url=st.sampled_from([None, "https://gazette.example/a", "https://gazette.example/b"]),
    reason=st.sampled_from(["layout", "empty"]),
    detail=st.sampled_from(["a", "b"]),
    parser_version=st.sampled_from([None, 1, 2]),
    run_id=st.sampled_from(["r1", "r2"]),
    capture_offset=st.sampled_from([None, 5, 10]),
)


@given(st.lists(rejections, min_size=1, max_size=5), st.data())
def test_l04_rejections_land_in_any_order(rows: list[Reject], data: st.DataObject) -> None:
    in_order = None
    for row in rows:
        in_order, _ = land_rejected(in_order, row)
    shuffled = data.draw(st.permutations(rows + rows[:2]))
    assert land_rejected(None, *shuffled)[0] == in_order
    cut = data.draw(st.integers(0, len(shuffled)))
    assert land_rejected(land_rejected(None, *shuffled[:cut])[0], *shuffled[cut:])[0] == in_order
    assert land_rejected(in_order, *shuffled)[0] is in_order
