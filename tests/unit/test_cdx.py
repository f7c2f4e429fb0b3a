"""Captures of a source from a CDX index, and their pages from the archive behind it."""

import contextlib
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from infra.base.days import Days
from infra.base.settings import Settings
from infra.intake import cdx
from infra.intake.cdx import CdxCapture, CdxIndex, read_wayback
from infra.intake.web.fetching import FetchError, FetchReason
from infra.intake.web.polite_client import PoliteClient
from parsers.record.capture import CapturedAtBasis, MediaType
from parsers.source.definition import Source
from tests.cdx_archive import CdxArchive, DirectClient, Line
from tests.servers import Answer, scripted_server
from tests.warc_builder import HTML

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
URL: Final = "https://gazette.example/news/1"
CAPTURE: Final = CdxCapture(URL, URL, datetime(2024, 5, 1, 12, tzinfo=UTC))


def _line(number: int, timestamp: str = "20240501120000", **fields: Any) -> Line:
    return Line(fields.pop("url", f"https://gazette.example/news/{number}"), timestamp, **fields)


def _index(index_url: str = WAYBACK, **settings: Any) -> CdxIndex:
    return CdxIndex(Settings(cdx_url=index_url, **settings))


def _captures(*lines: Line, **options: Any) -> tuple[list[CdxCapture], list[str]]:
    return _index().captures(SOURCE, DAYS, DirectClient(CdxArchive(list(lines), **options)))


def test_captures_of_the_days_and_of_the_week_after_are_found_by_time() -> None:
    times = ("20240430235959", "20240509235959", "20240501000000", "20240510000000", "20240503070000")
    found, alarms = _captures(*(_line(number, time) for number, time in enumerate(times)))
    assert [capture.url.rpartition("/")[2] for capture in found] == ["2", "4", "1"]
    assert found[0].captured_at == datetime(2024, 5, 1, tzinfo=UTC)
    assert alarms == []


def test_a03_of_several_captures_of_an_address_the_earliest_is_taken() -> None:
    captures = [
        _line(1, "20240502120000"),
        _line(1, "20240501120000", url="http://www.gazette.example/news/1?utm_source=x"),
        _line(1, "20240503120000"),
    ]
    found, _ = _captures(*captures)
    assert [capture.captured_at.day for capture in found] == [1]


def test_what_is_no_article_of_the_source_is_left_out() -> None:
    found, _ = _captures(
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

    assert _index().captures(SOURCE, DAYS, DirectClient(Careless())) == ([], [])


def test_the_index_is_read_page_by_page_to_its_end() -> None:
    archive = CdxArchive([_line(number) for number in range(10)], page_lines=3)
    client = DirectClient(archive)
    found, _ = _index().captures(SOURCE, DAYS, client)
    assert len(found) == 10
    assert len(archive.requests) == 4
    assert set(client.limits) == {cdx.MAX_INDEX_BYTES}
    assert set(client.hosts) == {("archive.example",)}


def test_pages_of_the_index_beyond_the_limit_are_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdx, "MAX_PAGES", 2)
    found, alarms = _captures(*(_line(number) for number in range(5)), page_lines=2)
    assert len(found) == 4
    assert alarms == [f"{WAYBACK} has more than 2 pages of captures of gazette.example: the rest was not read"]


def test_a_page_comes_back_byte_for_byte_with_the_time_of_the_index() -> None:
    bodies = [HTML + str(number).encode() for number in range(3)]
    client = DirectClient(CdxArchive([_line(number, body=body) for number, body in enumerate(bodies)]))
    index = _index()
    pages = [index.get(capture, client) for capture in index.captures(SOURCE, DAYS, client)[0]]
    assert [page.body for page in pages] == bodies
    assert [page.url for page in pages] == [f"https://gazette.example/news/{number}" for number in range(3)]
    for page in pages:
        assert (page.captured_at, page.captured_at_basis) == (CAPTURE.captured_at, CapturedAtBasis.WARC)
        assert (page.http_status, page.media_type, page.truncated) == (200, MediaType.HTML, False)


def test_a06_pages_come_over_the_wire_and_a_replay_may_lead_to_another_capture() -> None:
    archive = CdxArchive([_line(number, f"2024050112{number:02}00") for number in range(3)], page_lines=2)
    with scripted_server(archive.answer) as server:
        index = _index(WAYBACK.replace("http://archive.example", server.endpoint))
        private = server.endpoint.removeprefix("http://")
        with PoliteClient.open(Settings(allowed_private_hosts=private, host_interval_seconds=0)) as client:
            captures, alarms = index.captures(SOURCE, DAYS, client)
            assert ([index.get(each, client).body for each in captures], alarms) == ([HTML] * 3, [])
            archive.lines[0] = _line(0, "20240501130000")
            assert index.get(captures[0], client).captured_at == datetime(2024, 5, 1, 13, tzinfo=UTC)


def test_a_replayed_page_keeps_the_headers_that_it_came_with() -> None:
    page = _index().get(CAPTURE, DirectClient(CdxArchive([_line(1)])))
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
        _index().get(CAPTURE, Redirecting(CdxArchive([_line(1)])))
    assert caught.value.reason is FetchReason.ARCHIVE_DAMAGED


# What CDX servers answer, whatever the bytes are.


HEADER = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
ROW = ["example,gazette)/1", "20240501120000", "http://gazette.example:80/1?utm_a=b", "text/html", "200", "ABC", "9"]
Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def _wayback(*rows: Any) -> list[CdxCapture]:
    return read_wayback(json.dumps([HEADER, *rows]).encode())[0]


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'"x"', b"[1]", b"[[1]", b"[" * 100_000, b"\xff"])
def test_a_wayback_answer_of_another_form_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_wayback(body)


@pytest.mark.parametrize(
    ("place", "value"), [(1, "2024"), (1, "20240230120000"), (1, None), (2, ""), (2, 7), (2, "dns:gazette.example")]
)
def test_a_wayback_row_that_cannot_be_read_costs_no_other(place: int, value: object) -> None:
    row: list[object] = [*ROW]
    row[place] = value
    assert _wayback(ROW, row, ROW[:2]) == _wayback(ROW) != []


@pytest.mark.parametrize(("place", "value"), [(3, "image/png"), (3, None), (3, "warc/revisit"), (4, "301"), (4, "-")])
def test_a02_what_is_no_html_page_of_status_200_is_passed_over(place: int, value: object) -> None:
    row: list[object] = [*ROW]
    row[place] = value
    assert _wayback(row) == []


@given(st.binary() | Json.map(lambda value: json.dumps(value).encode()))
def test_arbitrary_bytes_give_captures_or_a_value_error(body: bytes) -> None:
    with contextlib.suppress(ValueError):
        read_wayback(body)
