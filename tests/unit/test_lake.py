"""The lake as a whole: where articles and rejections land, once, whatever is repeated or runs beside it."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from infra.base.errors import NewslakeError, UsageError
from infra.base.known_sources import UNKNOWN_SOURCE
from infra.lake.lake import Lake, LandingReport
from infra.lake.partition import REJECTS
from parsers.record.article import NULL_PARTITION
from parsers.record.outcome import RejectReason
from tests.lake_samples import NOON, Landed, broken, capture_of, landed, rejected
from tests.memory_store import MemoryStore

DAY = "2024-05-01"
ARTICLES_KEY = f"articles/source=gazette/date={DAY}/articles.parquet"
REJECTS_KEY = f"rejects/source=gazette/date={DAY}/rejects.parquet"


def titles(lake: Lake, date: str = DAY, source: str = "gazette") -> list[str]:
    return list(lake.read_partition(source, date)["title"].to_pylist())


def reject_states(lake: Lake, date: str = DAY, source: str = "gazette") -> list[tuple[str, str]]:
    table = lake.read_partition(source, date, REJECTS)
    return list(zip(table["reason"].to_pylist(), table["state"].to_pylist(), strict=True))


class TestWhereRowsLand:
    """A partition is a source and the UTC day of publication."""

    def test_the_day_is_that_of_utc_whatever_zone_the_time_is_in(self, lake: Lake) -> None:
        early_in_moscow = datetime(2024, 5, 1, 1, tzinfo=timezone(timedelta(hours=3)))
        assert lake.land([landed(0, published_at=early_in_moscow)]).written == (("gazette", "2024-04-30"),)

    def test_l10_an_undated_article_lands_in_the_null_partition(self, lake: Lake) -> None:
        report = lake.land([landed(0, published_at=None)])
        assert report.written == (("gazette", NULL_PARTITION),)
        assert titles(lake, NULL_PARTITION) == ["Ferry 0 leaves late"]

    def test_a06_an_article_that_an_archive_and_the_live_site_give_is_one_row(self, lake: Lake) -> None:
        archived = landed(0, mode="ingest", captured_at_basis="warc", capture_uri="raw/archived.warc.gz", lead="Early")
        live = landed(0, captured_at=NOON + timedelta(hours=5), capture_uri="raw/live.warc.gz", lead="Late")
        lake.land([live])
        lake.land([archived])
        (row,) = lake.read_partition("gazette", DAY).to_pylist()
        assert (row["lead"], row["mode"], row["capture_uri"]) == ("Late", "live", "raw/live.warc.gz")
        assert row["first_captured_at"] == NOON + timedelta(hours=2)

    def test_l08_an_empty_day_is_landed_and_a_day_not_looked_at_is_missing(self, lake: Lake) -> None:
        lake.land([], looked_at=[("gazette", DAY)])
        assert titles(lake) == []
        manifest = lake.read_manifest("gazette", DAY)
        assert manifest is not None
        assert manifest.looked_at
        assert lake.read_manifest("gazette", "2024-05-02") is None
        with pytest.raises(NewslakeError, match="memory has no articles/source=gazette/date=2024-05-02"):
            lake.read_partition("gazette", "2024-05-02")

    @pytest.mark.parametrize("source", ["..", "a/b", "", "Gazette"])
    def test_l06_a_bad_source_is_refused_before_any_write(self, source: str, lake: Lake, store: MemoryStore) -> None:
        good = [landed(0)]
        for bad in (
            {"articles": [*good, landed(1, source=source)]},
            {"articles": good, "rejects": [rejected(1, source=source)]},
            {"articles": good, "looked_at": [(source, DAY)]},
            {"articles": good, "reparsed": {source: [capture_of(0)]}},
        ):
            with pytest.raises(UsageError, match="is no name of a source"):
                lake.land(**bad)
        assert store.objects == {}


class TestRepetition:
    """L04: what was landed once is as it was, byte for byte."""

    def test_l04_a_second_run_writes_nothing(self, lake: Lake, store: MemoryStore) -> None:
        rows, rejects = [landed(number) for number in range(5)], [rejected(7)]
        lake.land(rows, rejects, looked_at=[("gazette", DAY)])
        before = dict(store.objects)
        store.puts.clear()
        again = [landed(number, run_id="20250101T000000-b") for number in reversed(range(5))]
        report = lake.land(again, [rejected(7, run_id="20250101T000000-b")], looked_at=[("gazette", DAY)])
        assert report == LandingReport(unchanged=(("gazette", DAY),))
        assert store.puts == []
        assert store.objects == before

    def test_l11_a_damaged_partition_is_named_and_not_overwritten(self, lake: Lake, store: MemoryStore) -> None:
        store.objects[ARTICLES_KEY] = b"not parquet"
        with pytest.raises(NewslakeError, match=f"{ARTICLES_KEY} is damaged"):
            lake.land([landed(0)])
        with pytest.raises(NewslakeError, match="is damaged"):
            lake.read_partition("gazette", DAY)
        assert store.objects[ARTICLES_KEY] == b"not parquet"


class TestQuarantine:
    """Rejections land by the day of their capture and close when their capture becomes an article."""

    def test_l01_a_record_that_does_not_fit_is_quarantined_and_the_others_land(self, lake: Lake) -> None:
        report = lake.land([landed(0), broken(1, title="\ud83d"), landed(2)])
        assert len(report.unfit) == 1
        assert titles(lake) == ["Ferry 0 leaves late", "Ferry 2 leaves late"]
        (row,) = lake.read_partition("gazette", DAY, REJECTS).to_pylist()
        assert (row["reason"], row["capture_offset"], row["state"]) == ("invalid_record", 1000, "open")
        assert row["url"] == landed(1)[0].url
        assert row["detail"].startswith("title: ")

    def test_a_landed_article_closes_the_rejection_of_its_capture(self, lake: Lake) -> None:
        lake.land([], [rejected(0), rejected(1)])
        lake.land([landed(0, parser_version=2)])
        assert sorted(reject_states(lake)) == [("layout", "closed"), ("layout", "open")]
        manifest = lake.read_manifest("gazette", DAY, REJECTS)
        assert manifest is not None
        assert manifest.open_rejects == {"layout": 1}

    def test_a_capture_of_no_known_source_is_closed_by_the_source_that_learned_it(self, lake: Lake) -> None:
        unknown = rejected(0, source=UNKNOWN_SOURCE, reason=RejectReason.UNKNOWN_SOURCE, parser_version=None)
        lake.land([], [unknown])
        lake.land([landed(0)])
        assert reject_states(lake, source=UNKNOWN_SOURCE) == [("unknown_source", "closed")]

    def test_a_rejection_that_does_not_fit_is_a_bug_that_is_named(self, lake: Lake, store: MemoryStore) -> None:
        with pytest.raises(NewslakeError, match=f"A rejection for {REJECTS_KEY} has a wrong http_status: "):
            lake.land([landed(0)], [rejected(0, http_status="200")])
        assert store.objects == {}


class TestReparse:
    """A capture parsed again is where its newest outcome says, and nowhere else."""

    def reparse(self, lake: Lake, rows: list[Landed], *numbers: int, **more: Any) -> LandingReport:
        return lake.land(rows, reparsed={"gazette": [capture_of(number) for number in numbers]}, **more)

    def test_an_article_whose_day_was_mended_moves_and_is_never_missing(self, lake: Lake, store: MemoryStore) -> None:
        lake.land([landed(0), landed(1)])
        store.puts.clear()
        report = self.reparse(lake, [landed(0, parser_version=2, published_at=NOON - timedelta(days=1))], 0)
        assert report.written == (("gazette", "2024-04-30"), ("gazette", DAY))
        written = [key for key in store.puts if not key.startswith("_catalog/")]
        assert written == [ARTICLES_KEY.replace(DAY, "2024-04-30"), ARTICLES_KEY]
        assert titles(lake) == ["Ferry 1 leaves late"]
        assert titles(lake, "2024-04-30") == ["Ferry 0 leaves late"]

    def test_an_article_that_is_rejected_now_goes_and_comes_back_when_it_parses(self, lake: Lake) -> None:
        lake.land([landed(0), landed(1)])
        self.reparse(lake, [], 0, rejects=[rejected(0, parser_version=2, reason=RejectReason.NOT_ARTICLE)])
        assert titles(lake) == ["Ferry 1 leaves late"]
        assert reject_states(lake) == [("not_article", "open")]
        self.reparse(lake, [landed(0, parser_version=3)], 0)
        assert titles(lake) == ["Ferry 0 leaves late", "Ferry 1 leaves late"]
        assert reject_states(lake) == [("not_article", "closed")]

    @pytest.mark.parametrize("reason", ["timeout", RejectReason.PARSER_CRASH, RejectReason.PARSER_ERROR])
    def test_a_failure_of_ours_is_recorded_and_takes_no_article_away(self, reason: str, lake: Lake) -> None:
        lake.land([landed(0)])
        self.reparse(lake, [], 0, rejects=[rejected(0, parser_version=2, reason=reason)])
        assert reject_states(lake) == [(reason, "open")]
        assert titles(lake) == ["Ferry 0 leaves late"]

    def test_a_capture_moves_to_the_source_that_claims_it_now_and_rows_of_others_stay(self, lake: Lake) -> None:
        lake.land([landed(0, parser_version=7), landed(0, source="herald", lead="Theirs")])
        self.reparse(lake, [], 0)
        assert (titles(lake), titles(lake, source="herald")) == ([], ["Ferry 0 leaves late"])
        lake.land([landed(1, parser_version=7)])
        self.reparse(lake, [landed(1, source="herald")], 1)
        assert titles(lake) == []
        assert titles(lake, source="herald") == ["Ferry 0 leaves late", "Ferry 1 leaves late"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"url": "https://gazette.example/else"},
            {"captured_at": NOON + timedelta(microseconds=1)},
            {"capture_digest": f"sha256:{7:064x}"},
        ],
        ids=["url", "time", "bytes"],
    )
    def test_a_row_of_another_capture_stays(self, changes: dict[str, Any], lake: Lake) -> None:
        lake.land([landed(0, **changes)])
        self.reparse(lake, [], 0)
        assert titles(lake) == ["Ferry 0 leaves late"]
