"""What is held back, what is not, and what a hold leaves as it was."""

from dataclasses import replace
from typing import Any

import pytest

from infra.lake.holds import HoldState, read_hold, read_holds
from infra.lake.lake import Lake
from infra.lake.partition import Coverage
from infra.work.land_outcomes import land_outcomes
from infra.work.run import ParsedCapture
from infra.work.run_report import RunReport
from parsers.record.article import Image
from parsers.record.capture import CaptureIdentity
from parsers.record.outcome import Rejected, RejectReason
from parsers.registry import by_name
from parsers.source.checks import Check, Severity
from tests.gated_days import LATER, RUN, SOURCE, day, examined, key, land_history, landed_week, published_at, refused
from tests.memory_store import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    return landed_week()


def reparsed(captures: list[ParsedCapture]) -> dict[str, list[CaptureIdentity]]:
    return {SOURCE: [each.archived.capture.identity for each in captures]}


def partitions(store: MemoryStore) -> dict[str, bytes]:
    return {name: body for name, body in store.objects.items() if name.startswith("articles/")}


def state_of(store: MemoryStore, number: int) -> HoldState | None:
    hold = read_hold(store, SOURCE, day(number))
    return hold.state if hold else None


def subjects(report: RunReport, severity: Severity = Severity.FATAL) -> set[tuple[str, str]]:
    return {finding.subject for finding in report.findings if finding.severity is severity}


class TestCounts:
    """L09: rows drop by 90 % against the week before."""

    def test_l09_a_day_with_a_tenth_of_the_usual_articles_is_held_and_its_partition_stays(
        self, store: MemoryStore
    ) -> None:
        land_outcomes([examined(7, 0)], Lake(store), RUN, mode="live")
        before = partitions(store)
        report = land_outcomes(
            [examined(7, 1)],
            Lake(store),
            LATER,
            mode="live",
            coverage={(SOURCE, day(7)): Coverage(1, 1, 1)},
            whole_days=[(SOURCE, day(7))],
        )
        assert partitions(store) == before
        assert (report.held, report.needs_attention) == ({(SOURCE, day(7)): 1}, True)
        assert subjects(report) == {(Check.ARTICLES, "")}
        hold = read_hold(store, SOURCE, day(7))
        assert hold is not None
        assert (hold.state, hold.captures, hold.articles) == (HoldState.HELD, 1, 1)
        assert [sample.url for sample in hold.samples] == ["https://tass.com/society/1738001"]
        assert (hold.findings[0].observed, hold.findings[0].expected) == (2, 3)

    def test_s08_a_day_of_which_nothing_was_found_is_held_not_empty(self, store: MemoryStore) -> None:
        nothing = {(SOURCE, day(7)): Coverage()}
        report = land_outcomes([], Lake(store), RUN, mode="live", coverage=nothing, whole_days=list(nothing))
        assert report.needs_attention
        assert key(7) not in store.objects
        assert state_of(store, 7) is HoldState.HELD

    def test_a_few_captures_that_claim_no_whole_day_are_never_held_for_their_number(self, store: MemoryStore) -> None:
        report = land_outcomes([examined(7, 0)], Lake(store), RUN, mode="ingest")
        assert (report.needs_attention, report.findings) == (False, ())
        assert key(7) in store.objects

    def test_articles_that_are_landed_already_count_as_articles_of_the_day(self, store: MemoryStore) -> None:
        land_outcomes([examined(7, number) for number in range(29)], Lake(store), RUN, mode="live")
        report = land_outcomes([examined(7, 29)], Lake(store), LATER, mode="live", whole_days=[(SOURCE, day(7))])
        assert report.findings == ()

    def test_articles_that_a_reparse_takes_away_do_not_count(self, store: MemoryStore) -> None:
        before = partitions(store)
        again = [examined(3, 0), *(refused(3, number, RejectReason.NOT_HTML) for number in range(1, 30))]
        whole = [(SOURCE, day(3))]
        report = land_outcomes(again, Lake(store), LATER, mode="reparse", reparsed=reparsed(again), whole_days=whole)
        assert subjects(report) == {(Check.ARTICLES, "")}
        assert partitions(store) == before

    def test_half_the_usual_number_is_landed_and_flagged(self, store: MemoryStore) -> None:
        batch = [examined(7, number) for number in range(12)]
        report = land_outcomes(batch, Lake(store), RUN, mode="live", whole_days=[(SOURCE, day(7))])
        assert subjects(report, Severity.WARNING) == {(Check.ARTICLES, "")}
        assert (report.needs_attention, state_of(store, 7)) == (False, None)
        assert key(7) in store.objects

    def test_the_hold_is_closed_once_the_whole_day_is_there(self, store: MemoryStore) -> None:
        land_outcomes([examined(7, 0)], Lake(store), RUN, mode="live", whole_days=[(SOURCE, day(7))])
        rest = [examined(7, number) for number in range(30)]
        land_outcomes(rest, Lake(store), LATER, mode="live")
        assert state_of(store, 7) is HoldState.HELD  # nobody said that this is all
        land_outcomes(rest, Lake(store), LATER, mode="live", whole_days=[(SOURCE, day(7))])
        hold = read_hold(store, SOURCE, day(7))
        assert hold is not None
        assert (hold.state, hold.ended_by) == (HoldState.CLOSED, LATER.run_id)


class TestFill:
    """L09: the headline is found on 40 % of the pages."""

    def test_l09_a_day_with_two_headlines_in_five_is_held_and_its_partition_stays(self, store: MemoryStore) -> None:
        before = partitions(store)
        again = [examined(3, number, title=None if number % 5 > 1 else "Cranes") for number in range(30)]
        report = land_outcomes(again, Lake(store), LATER, mode="reparse", reparsed=reparsed(again))
        assert partitions(store) == before
        assert report.held == {(SOURCE, day(3)): 30}
        assert subjects(report) == {(Check.FILL, "title")}
        assert "title: 40 % of 30 articles have it; usual are 100 %" in {each.detail for each in report.findings}
        hold = read_hold(store, SOURCE, day(3))
        assert hold is not None
        assert len(hold.samples) == 5
        assert {sample.capture_offset // 1000 % 5 > 1 for sample in hold.samples} == {True}

    def test_l09_pages_rejected_for_want_of_a_headline_count_as_articles_without_one(self, store: MemoryStore) -> None:
        batch = [examined(7, n) if n % 5 < 2 else refused(7, n) for n in range(30)]
        report = land_outcomes(batch, Lake(store), RUN, mode="live")
        assert subjects(report) == {(Check.FILL, "title"), (Check.REJECTS, "")}
        assert report.held == {(SOURCE, day(7)): 30}
        assert key(7) not in store.objects
        assert report.rejected == {"missing_title": 18}
        assert f"rejects/source={SOURCE}/date={day(7)}/rejects.parquet" in store.objects

    def test_days_too_small_to_be_judged_alone_are_judged_together(self, store: MemoryStore) -> None:
        batch = [examined(on, number, title=None) for on in range(3, 7) for number in range(4)]
        before = partitions(store)
        report = land_outcomes(batch, Lake(store), LATER, mode="reparse", reparsed=reparsed(batch))
        assert sorted(report.held) == [(SOURCE, day(on)) for on in range(3, 7)]
        assert partitions(store) == before

    def test_articles_that_lose_their_dates_stay_where_they_are(self, store: MemoryStore) -> None:
        before = partitions(store)
        batch = [examined(3, number, published_at=None) for number in range(30)]
        report = land_outcomes(batch, Lake(store), LATER, mode="reparse", reparsed=reparsed(batch))
        assert subjects(report) == {(Check.FILL, "published_at")}
        assert report.held == {(SOURCE, day(3)): 30}  # the day on which they were got
        assert partitions(store) == before

    def test_a_lost_section_is_landed_and_flagged(self, store: MemoryStore) -> None:
        land_history(store, start=20, section="Society")
        batch = [examined(27, number) for number in range(30)]
        report = land_outcomes(batch, Lake(store), RUN, mode="live")
        assert subjects(report, Severity.WARNING) == set()  # of the 14 days nearest, half never had one
        batch = [examined(26, number, section=None) for number in range(30)]
        land_history(store, days=20, start=28, section="Society")
        report = land_outcomes(batch, Lake(store), LATER, mode="live")
        assert (subjects(report, Severity.WARNING), report.needs_attention) == ({(Check.FILL, "section")}, False)

    def test_text_captures_may_lack_what_their_pages_had(self, store: MemoryStore) -> None:
        batch = [examined(7, number, title=None, fidelity="partial") for number in range(30)]
        assert land_outcomes(batch, Lake(store), RUN, mode="ingest").findings == ()

    def test_a_lake_without_history_holds_nothing(self) -> None:
        store = MemoryStore()
        batch = [examined(0, number, title=None) for number in range(30)]
        assert land_outcomes(batch, Lake(store), RUN, mode="ingest").findings == ()

    def test_one_bad_day_leaves_the_others_alone(self, store: MemoryStore) -> None:
        good = [examined(on, number) for on in (8, 9) for number in range(30)]
        bad = [examined(7, number, title=None) for number in range(20)]
        report = land_outcomes(good + bad, Lake(store), RUN, mode="live")
        assert report.held == {(SOURCE, day(7)): 20}
        assert (key(7) in store.objects, key(8) in store.objects) == (False, True)


class TestReparse:
    """A broken parser takes nothing out of the lake."""

    def test_l09_a_parser_that_rejects_everything_removes_nothing(self, store: MemoryStore) -> None:
        before = partitions(store)
        batch = [refused(on, number, RejectReason.LAYOUT) for on in range(7) for number in range(30)]
        report = land_outcomes(batch, Lake(store), LATER, mode="reparse", reparsed=reparsed(batch))
        assert partitions(store) == before
        assert report.held == {(SOURCE, day(on)): 30 for on in range(7)}
        assert report.rejected == {"layout": 210}

    def test_a_row_of_a_held_day_does_not_leave_for_another(self, store: MemoryStore) -> None:
        before = store.objects[key(3)]
        bad = [examined(3, number, title=None) for number in range(20)]
        moved = [examined(3, number, published_at=published_at(9)) for number in (20, 21)]
        gone = [refused(3, 22, RejectReason.NOT_HTML)]
        good = [examined(9, number) for number in range(30, 80)]
        batch = bad + moved + gone + good
        report = land_outcomes(batch, Lake(store), LATER, mode="reparse", reparsed=reparsed(batch))
        assert store.objects[key(3)] == before
        assert report.held == {(SOURCE, day(3)): 23}
        assert Lake(store).read_partition(SOURCE, day(9)).num_rows == 50

    def test_what_the_parsers_no_longer_know_to_be_of_the_source_stays_too(self, store: MemoryStore) -> None:
        before = partitions(store)
        batch = [refused(3, number) for number in range(20)]
        forgotten = [examined(3, number).archived.capture.identity for number in range(20, 30)]
        again = {SOURCE: [*reparsed(batch)[SOURCE], *forgotten]}
        land_outcomes(batch, Lake(store), LATER, mode="reparse", reparsed=again)
        assert partitions(store) == before

    def test_rejections_that_are_known_are_no_news(self, store: MemoryStore) -> None:
        batch = [refused(5, number, RejectReason.LAYOUT) for number in range(30, 50)]
        land_outcomes(batch, Lake(store), replace(RUN, accept="old pages"), mode="ingest")
        report = land_outcomes(batch, Lake(store), LATER, mode="reparse", reparsed=reparsed(batch))
        assert report.findings == ()

    def test_running_a_held_day_again_does_not_open_the_gate(self, store: MemoryStore) -> None:
        batch = [examined(7, n) if n % 5 < 2 else refused(7, n) for n in range(30)]
        for run in (RUN, LATER):
            land_outcomes(batch, Lake(store), run, mode="reparse", reparsed=reparsed(batch))
            assert state_of(store, 7) is HoldState.HELD
            assert key(7) not in store.objects

    def test_a_parser_that_is_mended_lands_the_day_and_closes_the_hold(self, store: MemoryStore) -> None:
        broken = [refused(7, number) for number in range(30)]
        land_outcomes(broken, Lake(store), RUN, mode="live")
        mended = [examined(7, number) for number in range(30)]
        report = land_outcomes(mended, Lake(store), LATER, mode="reparse", reparsed=reparsed(mended))
        assert (report.findings, state_of(store, 7)) == ((), HoldState.CLOSED)
        assert Lake(store).read_partition(SOURCE, day(7)).num_rows == 30


class TestAccepting:
    """A person can land a day in spite of its findings, and the reason is on record."""

    def test_l09_a_reason_lands_the_day_and_stays_with_it(self, store: MemoryStore) -> None:
        batch = [examined(7, number, title=None) for number in range(30)]
        run = replace(RUN, accept="The strike: no headlines.")
        report = land_outcomes(batch, Lake(store), run, mode="live")
        assert (report.needs_attention, report.held) == (False, {})
        assert "accepted: The strike" in report.findings[0].detail
        hold = read_hold(store, SOURCE, day(7))
        assert hold is not None
        assert (hold.state, hold.reason, hold.captures) == (HoldState.RELEASED, "The strike: no headlines.", 30)
        assert Lake(store).read_partition(SOURCE, day(7)).num_rows == 30

    def test_what_was_accepted_once_stands_for_the_same_finding_only(self, store: MemoryStore) -> None:
        batch = [examined(7, number, title=None) for number in range(30)]
        land_outcomes(batch, Lake(store), replace(RUN, accept="The strike."), mode="live")
        report = land_outcomes(batch, Lake(store), LATER, mode="reparse", reparsed=reparsed(batch))
        assert (report.needs_attention, state_of(store, 7)) == (False, HoldState.RELEASED)
        worse = [examined(7, number, title=None, body=()) for number in range(30)]
        report = land_outcomes(worse, Lake(store), LATER, mode="reparse", reparsed=reparsed(worse))
        assert (report.needs_attention, state_of(store, 7)) == (True, HoldState.HELD)

    def test_a_reason_for_one_day_lands_no_other(self, store: MemoryStore) -> None:
        batch = [examined(on, number, title=None) for on in (7, 8) for number in range(30)]
        run = replace(RUN, accept="Seen.", accepted_days=frozenset({day(7)}))
        report = land_outcomes(batch, Lake(store), run, mode="live")
        assert report.held == {(SOURCE, day(8)): 30}
        assert (key(7) in store.objects, key(8) in store.objects) == (True, False)

    def test_a_reason_is_not_asked_for_where_nothing_is_wrong(self, store: MemoryStore) -> None:
        batch = [examined(7, number) for number in range(30)]
        land_outcomes(batch, Lake(store), replace(RUN, accept="Just in case."), mode="live")
        assert read_holds(store) == []


def test_declared_numbers_count_without_any_history(monkeypatch: pytest.MonkeyPatch) -> None:
    from infra.work.gate import gate
    from parsers.source.checks import Checks

    source = by_name(SOURCE)
    assert source is not None
    strict = replace(source, checks=Checks(max_reject_share=0.1, fill={"section": 0.5}))
    monkeypatch.setattr(gate, "by_name", {SOURCE: strict}.get)
    store = MemoryStore()
    batch = [*(examined(0, number) for number in range(16)), *(refused(0, number) for number in range(16, 20))]
    report = land_outcomes(batch, Lake(store), RUN, mode="live")
    assert subjects(report) == {(Check.REJECTS, "")}
    assert subjects(report, Severity.WARNING) == {(Check.FILL, "section")}


def test_repeating_a_held_run_changes_nothing(store: MemoryStore) -> None:
    batch = [examined(7, n) if n % 5 < 2 else refused(7, n) for n in range(30)]
    land_outcomes(batch, Lake(store), RUN, mode="live")
    before = dict(store.objects)
    for run in (RUN, LATER):
        land_outcomes(batch, Lake(store), run, mode="live")
        assert store.objects == before


def test_a_batch_in_which_all_is_well_reads_no_history(store: MemoryStore) -> None:
    full: dict[str, Any] = {
        "section": "Sea",
        "topics": ("Ice",),
        "lead": "It froze.",
        "images": (Image("https://a.de/i"),),
    }
    land_outcomes([examined(7, number, **full) for number in range(30)], Lake(store), RUN, mode="live")
    assert not [name for name in store.gets if name.startswith(("_catalog/profiles", "holds/"))]


def test_captures_of_no_known_source_pass() -> None:
    store = MemoryStore()
    unknown = [ParsedCapture(refused(7, 1).archived, Rejected(RejectReason.UNKNOWN_SOURCE, "nobody's"))]
    report = land_outcomes(unknown, Lake(store), RUN, mode="ingest")
    assert report.rejected == {"unknown_source": 1}


def test_what_was_accepted_keeps_its_first_reason(store: MemoryStore) -> None:
    batch = [examined(7, number, title=None) for number in range(30)]
    for reason in ("The strike.", "Another."):
        land_outcomes(batch, Lake(store), replace(RUN, accept=reason), mode="live")
    hold = read_hold(store, SOURCE, day(7))
    assert hold is not None
    assert hold.reason == "The strike."
