"""Which days become suspect, and what a reparse leaves as it was. What was read always lands otherwise."""

from dataclasses import replace
from typing import Any

import pytest

from infra.base.errors import NewslakeError
from infra.lake.lake import Lake
from infra.lake.staged_rows import FOLDER, StagingLake, land_staged
from infra.lake.suspects import SuspectCapture, SuspectDay, close_suspect, mark_suspect, suspect_days
from infra.work.gate import judge_landed
from infra.work.ingest import land_left
from infra.work.land_outcomes import land_outcomes
from infra.work.run import ParsedCapture, Run, RunReport
from parsers.record.outcome import RejectReason
from parsers.source.checks import Check, Finding, Severity
from tests.gated_days import LATER, RUN, SOURCE, day, examined, key, land_history, landed_week, published_at, refused
from tests.memory_store import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    return landed_week()


def reparse(store: MemoryStore, batch: list[ParsedCapture], **changes: Any) -> RunReport:
    reparsed = {SOURCE: [each.archived.capture.identity for each in batch]}
    return land_outcomes(batch, Lake(store), replace(LATER, **changes), mode="reparse", reparsed=reparsed)


def live(store: MemoryStore, batch: list[ParsedCapture], *whole: int, later: bool = False) -> RunReport:
    whole_days = [(SOURCE, day(number)) for number in whole]
    return land_outcomes(batch, Lake(store), LATER if later else RUN, mode="live", whole_days=whole_days)


def partitions(store: MemoryStore) -> dict[str, bytes]:
    return {name: body for name, body in store.objects.items() if name.startswith("articles/")}


def suspects(store: MemoryStore) -> dict[str, SuspectDay]:
    return {suspect.date: suspect for suspect in suspect_days(store, SOURCE)}


def subjects(report: RunReport, severity: Severity = Severity.SUSPECT) -> set[tuple[str, str]]:
    return {finding.subject for finding in report.findings if finding.severity is severity}


class TestCounts:
    """L09: rows drop by 90 % against the week before."""

    def test_l09_a_day_with_a_tenth_of_the_usual_articles_lands_and_is_suspect(self, store: MemoryStore) -> None:
        live(store, [examined(7, 0)])
        report = live(store, [examined(7, 1)], 7, later=True)
        assert (subjects(report), bool(report.suspect_findings)) == ({(Check.ARTICLES, "")}, True)
        assert Lake(store).read_partition(SOURCE, day(7)).num_rows == 2
        (finding,) = suspects(store)[day(7)].findings
        assert (finding.observed, finding.expected) == (2, 3)

    def test_articles_that_are_landed_already_count_as_articles_of_the_day(self, store: MemoryStore) -> None:
        live(store, [examined(7, number) for number in range(29)])
        assert live(store, [examined(7, 29)], 7, later=True).findings == ()

    def test_the_day_is_in_order_once_it_is_whole(self, store: MemoryStore) -> None:
        live(store, [examined(7, 0)], 7)
        rest = [examined(7, number) for number in range(30)]
        live(store, rest, later=True)
        assert list(suspects(store)) == [day(7)]  # nobody said that this is all
        live(store, rest, 7, later=True)
        assert suspects(store) == {}


class TestFill:
    """L09: the headline is found on 40 % of the pages."""

    def test_l09_pages_rejected_for_want_of_a_headline_count_as_articles_without_one(self, store: MemoryStore) -> None:
        report = live(store, [examined(7, n) if n % 5 < 2 else refused(7, n) for n in range(30)])
        assert subjects(report) == {(Check.FILL, "title"), (Check.REJECTS, "")}
        assert report.withheld == {}
        assert Lake(store).read_partition(SOURCE, day(7)).num_rows == 12  # what could be read
        assert suspects(store)[day(7)].captures == 18
        assert len(suspects(store)[day(7)].samples) == 5

    @pytest.mark.parametrize("broken", ["rejected", "authors"])
    def test_pages_that_come_one_a_run_are_judged_together(self, broken: str) -> None:
        store = MemoryStore()
        land_history(store, days=14, each=6)
        pages = [refused(14, n) if broken == "rejected" else examined(14, n, authors=()) for n in range(5)]
        *_, last = [live(store, [page], later=number % 2 == 1) for number, page in enumerate(pages)]
        expected = {(Check.FILL, "title"), (Check.REJECTS, "")} if broken == "rejected" else {(Check.FILL, broken)}
        assert subjects(last) == expected
        live(store, [examined(14, 9)], later=True)  # one good page: what was broken stays on record
        assert suspects(store)[day(14)].subjects == expected
        assert suspects(store)[day(14)].samples[0].url == pages[4].archived.capture.url

    def test_flags_that_nearly_all_pages_carry_all_at_once_are_a_warning(self) -> None:
        store = MemoryStore()
        land_history(store, days=14, each=6)
        flagged = [examined(14, n, flags=("charset_guessed:windows-1252",)) for n in range(6)]
        report = live(store, flagged)
        assert subjects(report, Severity.WARNING) == {(Check.FILL, "flags")}
        assert [each.detail for each in report.findings] == ["flags: 0 % of 6 articles carry none; 100 % are usual"]
        assert (suspects(store), Lake(store).read_partition(SOURCE, day(14)).num_rows) == ({}, 6)
        assert live(store, [examined(15, n) for n in range(6)], later=True).findings == ()

    def test_pages_without_a_body_say_nothing_about_their_authors(self) -> None:
        store = MemoryStore()
        land_history(store, days=14, each=6)
        batch = [refused(14, number, RejectReason.MISSING_BODY) for number in range(5)]
        report = live(store, [*batch, examined(14, 5, authors=())])
        assert subjects(report) == {(Check.FILL, "body"), (Check.REJECTS, "")}

    def test_days_too_small_to_be_judged_alone_are_judged_together(self, store: MemoryStore) -> None:
        batch = [examined(on, number, title=None) for on in range(7, 11) for number in range(2)]
        report = live(store, batch)
        assert subjects(report) == {(Check.FILL, "title")}
        assert list(suspects(store)) == [day(on) for on in range(7, 11)]

    def test_only_the_days_that_show_it_are_suspect(self, store: MemoryStore) -> None:
        good = [examined(on, number) for on in (8, 9) for number in range(30)]
        report = live(store, good + [examined(7, number, title=None) for number in range(20)])
        assert (subjects(report), list(suspects(store))) == ({(Check.FILL, "title")}, [day(7)])

    def test_text_captures_may_lack_what_their_pages_had(self, store: MemoryStore) -> None:
        batch = [examined(7, number, title=None, fidelity="partial") for number in range(30)]
        assert land_outcomes(batch, Lake(store), RUN, mode="ingest").findings == ()


class TestReparse:
    """A broken parser takes nothing out of the lake, and nothing from its rows."""

    @pytest.mark.parametrize("reason", [RejectReason.LAYOUT, RejectReason.UNKNOWN_SOURCE])
    def test_l09_a_parser_that_rejects_all_removes_nothing(self, reason: RejectReason, store: MemoryStore) -> None:
        before = partitions(store)
        report = reparse(store, [refused(on, number, reason) for on in range(7) for number in range(30)])
        assert partitions(store) == before
        assert report.withheld == {(SOURCE, day(on)): 30 for on in range(7)}
        assert report.rejected == {reason.value: 210}
        assert {suspect.withheld for suspect in suspects(store).values()} == {30}

    def test_l09_rows_that_would_lose_their_headlines_stay_and_the_others_are_rebuilt(self, store: MemoryStore) -> None:
        again = [
            examined(3, number, title=None if number % 5 > 1 else "Cranes", parser_version=99) for number in range(30)
        ]
        report = reparse(store, again)
        assert report.withheld == {(SOURCE, day(3)): 18}
        rows = Lake(store).read_partition(SOURCE, day(3)).to_pylist()
        assert None not in {row["title"] for row in rows}
        assert sum(row["title"] == "Cranes" for row in rows) == 12
        assert "title: 40 % of 30 articles have it; 100 % are usual" in {each.detail for each in report.findings}

    def test_articles_that_lose_their_dates_stay_where_they_are(self, store: MemoryStore) -> None:
        before = partitions(store)
        report = reparse(store, [examined(3, number, published_at=None) for number in range(30)])
        assert subjects(report) == {(Check.FILL, "published_at")}
        assert report.withheld == {(SOURCE, day(3)): 30}
        assert partitions(store) == before

    def test_new_articles_land_even_when_the_field_that_broke_is_missing(self, store: MemoryStore) -> None:
        new = [examined(3, number, title=None) for number in range(30, 60)]
        report = reparse(store, new)
        assert (subjects(report), report.withheld) == ({(Check.FILL, "title")}, {})
        assert Lake(store).read_partition(SOURCE, day(3)).num_rows == 60

    def test_a_few_rejections_are_the_parsers_word(self, store: MemoryStore) -> None:
        good = [examined(3, number) for number in range(27)]
        report = reparse(store, [*good, *(refused(3, number, RejectReason.NOT_ARTICLE) for number in range(27, 30))])
        assert (report.findings, report.withheld) == ((), {})
        assert Lake(store).read_partition(SOURCE, day(3)).num_rows == 27

    def test_rejections_that_are_known_are_no_news(self, store: MemoryStore) -> None:
        batch = [refused(5, number, RejectReason.LAYOUT) for number in range(30, 50)]
        land_outcomes(batch, Lake(store), RUN, mode="ingest")
        assert reparse(store, batch).findings == ()

    def test_a_parser_that_is_mended_lands_the_day_and_puts_it_in_order(self, store: MemoryStore) -> None:
        live(store, [refused(7, number) for number in range(30)])
        report = reparse(store, [examined(7, number) for number in range(30)])
        assert (report.findings, suspects(store)) == ((), {})
        assert Lake(store).read_partition(SOURCE, day(7)).num_rows == 30

    def test_a_row_of_another_day_is_found_where_it_is(self, store: MemoryStore) -> None:
        before = store.objects[key(3)]
        bad = [examined(3, number, title=None, published_at=published_at(9)) for number in range(30)]
        assert reparse(store, bad).withheld == {(SOURCE, day(9)): 30}
        assert store.objects[key(3)] == before


class TestAccepting:
    def test_l09_a_reason_lets_a_reparse_remove_and_worsen_rows(self, store: MemoryStore) -> None:
        reparse(store, [refused(3, number, RejectReason.LAYOUT) for number in range(30)])
        assert list(suspects(store)) == [day(3)]
        batch = [refused(3, number, RejectReason.NOT_ARTICLE) for number in range(30)]
        report = reparse(store, batch, run_id="20240203T000000Z-000003", accept="They were galleries.")
        assert (bool(report.suspect_findings), report.withheld) == (False, {})
        assert Lake(store).read_partition(SOURCE, day(3)).num_rows == 0
        assert suspects(store) == {}

    def test_a_change_that_is_meant_is_usual_once_two_weeks_and_a_day_of_it_are_accepted(self) -> None:
        store = MemoryStore()
        land_history(store, days=28, each=12)
        days = {number: [examined(number, n, authors=()) for n in range(12)] for number in range(28, 44)}
        last = days.pop(43)
        for batch in days.values():
            live(store, batch)
        assert len(suspects(store)) == 15
        assert subjects(live(store, last)) == {(Check.FILL, "authors")}
        for batch in days.values():
            reparse(store, batch, accept="They no longer sign.")
        assert live(store, last, later=True).findings == ()

    def test_it_is_said_with_the_finding(self, store: MemoryStore) -> None:
        batch = [examined(3, number, title=None, parser_version=99) for number in range(30)]
        report = reparse(store, batch, accept="The strike: no headlines.")
        assert [finding.severity for finding in report.findings] == [Severity.WARNING]
        assert "accepted: The strike" in report.findings[0].detail
        assert Lake(store).read_partition(SOURCE, day(3))["title"].null_count == 30


def test_repeating_a_run_changes_nothing(store: MemoryStore) -> None:
    batch = [examined(7, n) if n % 5 < 2 else refused(7, n) for n in range(30)]
    live(store, batch)
    before = dict(store.objects)
    for later in (False, True):
        live(store, batch, later=later)
        assert store.objects == before


KEY = "suspects/source=tass/date=2024-05-01/findings.json"
FINDING = Finding("tass", "2024-05-01", Check.FILL, Severity.SUSPECT, "title", 0.4, 0.5, "title: 40 % have it")
OTHER = replace(FINDING, check=Check.REJECTS, field=None, detail="half rejected")
SAMPLE = SuspectCapture("https://tass.com/1", None, "raw/source=tass/date=2024-05-01/a.warc.gz", 0, 900)
SUSPECT = SuspectDay("tass", "2024-05-01", "run-1", 12, 0, (FINDING,), (SAMPLE,))


def test_batches_of_one_run_are_joined_and_another_run_replaces(store: MemoryStore) -> None:
    mark_suspect(store, SUSPECT)
    mark_suspect(store, replace(SUSPECT, findings=(OTHER,), captures=3, withheld=2))
    (found,) = suspect_days(store)
    assert (found.captures, found.withheld, set(found.findings)) == (12, 2, {FINDING, OTHER})
    mark_suspect(store, replace(SUSPECT, run_id="run-2", findings=(OTHER,)))
    assert suspect_days(store)[0].findings == (OTHER,)


def test_a_day_in_order_is_closed_unless_something_else_was_found_meanwhile(store: MemoryStore) -> None:
    mark_suspect(store, SUSPECT)
    newer = replace(SUSPECT, run_id="run-2", findings=(OTHER,))
    mark_suspect(store, newer)
    close_suspect(store, SUSPECT)
    assert suspect_days(store) == [newer]
    close_suspect(store, newer)
    assert suspect_days(store) == []
    mark_suspect(store, SUSPECT)
    assert suspect_days(store) == [SUSPECT]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"source": "tass"}'])
def test_a_damaged_object_is_named(body: bytes, store: MemoryStore) -> None:
    store.objects[KEY] = body
    with pytest.raises(NewslakeError, match=r"findings\.json is damaged"):
        suspect_days(store)


class TestLandedTogether:
    """What an ingest reads lands together, so its days are no history of one another until then."""

    def test_days_are_judged_by_what_has_landed(self) -> None:
        store = MemoryStore()
        for on in range(40):
            broken: dict[str, Any] = {"title": None} if on >= 7 else {}
            batch = [examined(on, number, **broken) for number in range(30)]
            land_outcomes(batch, StagingLake(store), RUN, mode="ingest")
        lake = Lake(store)
        assert judge_landed(lake, RUN, [(SOURCE, day(0))]) == ()
        found = judge_landed(lake, RUN, land_staged(lake).written)
        assert {(finding.check, finding.field) for finding in found} == {(Check.FILL, "title")}
        assert [finding.date for finding in found] == [day(on) for on in range(7, 40)]
        assert suspects(store).keys() == {day(on) for on in range(7, 40)}
        assert judge_landed(lake, RUN, [(SOURCE, day(8)), ("web", "2024-01-01.0b")]) == ()  # it is suspect already

    def test_days_that_a_killed_landing_had_got_to_are_judged_by_the_next(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = MemoryStore()
        for on in range(10):
            broken: dict[str, Any] = {"title": None} if on >= 7 else {}
            land_outcomes(
                [examined(on, number, **broken) for number in range(30)], StagingLake(store), RUN, mode="ingest"
            )
        staged = {name: body for name, body in store.objects.items() if name.startswith(FOLDER)}
        land_staged(Lake(store))
        store.objects |= staged
        monkeypatch.setattr(Run, "open_store", lambda _: store)
        assert [finding.date for finding in land_left(RUN).findings] == [day(7), day(8), day(9)]
        assert suspects(store).keys() == {day(7), day(8), day(9)}
