"""Captures of a source from a CDX index, and their pages from the archive behind it."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from typing_extensions import override

from infra.archive.raw_index import Pointer
from infra.base.days import Days
from infra.base.settings import Settings
from infra.intake.cdx import index as cdx
from infra.intake.cdx.index import CdxCapture, CdxIndex
from infra.intake.web.fetching import FetchError, FetchReason
from parsers.record.capture import CapturedAtBasis, MediaType
from parsers.source.definition import Source
from tests.cdx_archive import WARC, CdxArchive, DirectClient, Line
from tests.servers import Answer
from tests.warc_builder import HTML, gzipped, record
from tests.warc_builder import answer as http_answer

SOURCE = Source(
    name="gazette",
    title="Gazette",
    hosts=("gazette.example",),
    language="en",
    timezone="UTC",
    version=1,
    article_url=re.compile(r"^/news/\d+(\?|$)"),
)
DAYS = Days(date(2024, 5, 1), date(2024, 5, 3))
WAYBACK: Final = "http://archive.example/cdx/search/cdx"
CRAWL: Final = "http://archive.example/CC-MAIN-2024-18-index"
URL: Final = "https://gazette.example/news/1"
CAPTURE: Final = CdxCapture(URL, URL, datetime(2024, 5, 1, 12, tzinfo=UTC), None)
BOTH = pytest.mark.parametrize("index_url", [WAYBACK, CRAWL])


def _line(number: int, timestamp: str = "20240501120000", **fields: Any) -> Line:
    return Line(fields.pop("url", f"https://gazette.example/news/{number}"), timestamp, **fields)


def _index(index_url: str, **settings: Any) -> CdxIndex:
    index = CdxIndex.from_settings(Settings(cdx_url=index_url, **settings))
    assert index
    return index


def _captures(index_url: str, *lines: Line, **options: Any) -> tuple[list[CdxCapture], list[str]]:
    return _index(index_url).captures(SOURCE, DAYS, DirectClient(CdxArchive(list(lines), **options)))


@pytest.mark.parametrize(
    ("cdx_url", "cdx_pages_url", "expected"),
    [
        (WAYBACK, "", "http://archive.example/web/"),
        (CRAWL, "", "http://archive.example/"),
        ("https://index.commoncrawl.org/CC-MAIN-2024-18-index", "", "https://data.commoncrawl.org/"),
        (WAYBACK, "https://pages.example/replay", "https://pages.example/replay/"),
        (WAYBACK, "https://pages.example/replay/", "https://pages.example/replay/"),
    ],
)
def test_settings_say_where_the_pages_are_or_the_index_does(cdx_url: str, cdx_pages_url: str, expected: str) -> None:
    assert _index(cdx_url, cdx_pages_url=cdx_pages_url).pages_url == expected


@BOTH
def test_captures_of_the_days_and_of_the_week_after_are_found_by_time(index_url: str) -> None:
    times = ("20240430235959", "20240509235959", "20240501000000", "20240510000000", "20240503070000")
    found, alarms = _captures(index_url, *(_line(number, time) for number, time in enumerate(times)))
    assert [capture.url.rpartition("/")[2] for capture in found] == ["2", "4", "1"]
    assert found[0].captured_at == datetime(2024, 5, 1, tzinfo=UTC)
    assert alarms == []


@BOTH
def test_a03_of_several_captures_of_an_address_the_earliest_is_taken(index_url: str) -> None:
    captures = [
        _line(1, "20240502120000"),
        _line(1, "20240501120000", url="http://www.gazette.example/news/1?utm_source=x"),
        _line(1, "20240503120000"),
    ]
    found, _ = _captures(index_url, *captures)
    assert [capture.captured_at.day for capture in found] == [1]


@BOTH
def test_what_is_no_article_of_the_source_is_left_out(index_url: str) -> None:
    found, _ = _captures(
        index_url,
        _line(1),
        _line(0, url="https://gazette.example/about"),
        _line(2, mime="image/png"),
        _line(3, status="301"),
        _line(4, url="https://sub.gazette.example/news/4?page=2"),
    )
    assert [capture.url for capture in found] == [
        "https://gazette.example/news/1",
        "https://sub.gazette.example/news/4?page=2",
    ]


def test_an_index_that_answers_more_than_was_asked_for_is_not_believed() -> None:
    class Careless(CdxArchive):
        @override
        def answer(self, *_: Any) -> Answer:
            rows = [["timestamp", "original", "mimetype", "statuscode"]]
            rows += [["20240501000000", "https://evil.example/news/1", "text/html", "200"]]
            rows += [["20100101000000", "https://gazette.example/news/2", "text/html", "200"]]
            return Answer(200, str(rows).replace("'", '"').encode())

    assert _index(WAYBACK).captures(SOURCE, DAYS, DirectClient(Careless())) == ([], [])


@BOTH
def test_the_index_is_read_page_by_page_to_its_end(index_url: str) -> None:
    archive = CdxArchive([_line(number) for number in range(10)], page_lines=3)
    client = DirectClient(archive)
    found, _ = _index(index_url).captures(SOURCE, DAYS, client)
    assert len(found) == 10
    assert len(archive.requests) == (4 if index_url == WAYBACK else 5)
    assert set(client.limits) == {cdx.MAX_INDEX_BYTES}
    assert set(client.hosts) == {("archive.example",)}


@BOTH
def test_pages_of_the_index_beyond_the_limit_are_an_alarm(index_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdx, "MAX_PAGES", 2)
    found, alarms = _captures(index_url, *(_line(number) for number in range(5)), page_lines=2)
    assert len(found) == 4
    assert alarms == [f"{index_url} has more than 2 pages of captures of gazette.example: the rest was not read"]


@BOTH
def test_an_index_that_is_down_is_an_alarm_and_no_error(index_url: str) -> None:
    down = FetchError(FetchReason.SERVER_ERROR, "status 503", status=503)
    client = DirectClient(CdxArchive([_line(1)]), failures={"/": down})
    found, alarms = _index(index_url).captures(SOURCE, DAYS, client)
    assert found == []
    assert alarms == [f"{index_url}: server_error: status 503 (captures of gazette.example)"]


@BOTH
def test_a_page_comes_back_byte_for_byte_with_the_time_of_the_index(index_url: str) -> None:
    bodies = [HTML + str(number).encode() for number in range(3)]
    client = DirectClient(CdxArchive([_line(number, body=body) for number, body in enumerate(bodies)]))
    index = _index(index_url)
    pages = [index.get(capture, client) for capture in index.captures(SOURCE, DAYS, client)[0]]
    assert [page.body for page in pages] == bodies
    assert [page.url for page in pages] == [f"https://gazette.example/news/{number}" for number in range(3)]
    for page in pages:
        assert (page.captured_at, page.captured_at_basis) == (CAPTURE.captured_at, CapturedAtBasis.WARC)
        assert (page.http_status, page.media_type, page.truncated) == (200, MediaType.HTML, False)


def test_a_replayed_page_keeps_the_headers_that_it_came_with() -> None:
    page = _index(WAYBACK).get(CAPTURE, DirectClient(CdxArchive([_line(1)])))
    assert (page.http_headers, page.http_charset) == ((("Server", "nginx"),), "koi8-r")


@pytest.mark.parametrize(
    "location", ["/web/20240501130000id_/https://gazette.example/gone", "/web/99999999999999id_/https://x", "/login"]
)
def test_f13_a_replay_that_leads_elsewhere_is_no_capture(location: str) -> None:
    class Redirecting(DirectClient):
        @override
        def get(self, url: str, **options: Any) -> Any:
            answer = super().get(url, **options)
            return replace(answer, final_url=f"http://archive.example{location}")

    with pytest.raises(FetchError) as caught:
        _index(WAYBACK).get(CAPTURE, Redirecting(CdxArchive([_line(1)])))
    assert caught.value.reason is FetchReason.ARCHIVE_DAMAGED


WHOLE = _line(1).member


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "no page in it"),
        (b"<html>", "no record begins here"),
        (WHOLE[:200], "."),
        (WHOLE[:60] + b"\xff\x00\xff" + WHOLE[63:], "."),
        (WHOLE[7:], "no record begins here"),
        (gzipped([record(b"", kind="revisit", uri=_line(1).url)]), "no page in it"),
        (gzipped([record(http_answer(), uri=_line(1).url, length=9999)]), "."),
        (gzipped([record(http_answer(), uri="https://gazette.example/news/2")]), "is one of"),
        (gzipped([record(http_answer(), uri=None)]), "."),
        (gzipped([record(http_answer(status="404 Not Found"), uri=_line(1).url)]), "http_status"),
        (gzipped([record(http_answer(b""), uri=_line(1).url)]), "empty"),
    ],
)
def test_a01_a_damaged_record_or_one_without_the_page_is_an_error_of_its_own(content: bytes, detail: str) -> None:
    class OneRecord(CdxArchive):
        @override
        def answer(self, *_: Any) -> Answer:
            return Answer(206, content)

    capture = replace(CAPTURE, place=Pointer(WARC.removeprefix("/"), 5, max(1, len(content))))
    with pytest.raises(FetchError, match=detail) as caught:
        _index(CRAWL).get(capture, DirectClient(OneRecord()))
    assert caught.value.reason is FetchReason.ARCHIVE_DAMAGED
