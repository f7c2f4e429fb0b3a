"""What CDX servers answer, whatever the bytes are."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.archive.raw_index import Pointer
from infra.intake.cdx.formats import (
    IndexPage,
    instant_of,
    read_common_crawl,
    read_page_count,
    read_wayback,
    timestamp_of,
)

MOMENT = datetime(2024, 5, 1, 12, tzinfo=UTC)
HEADER = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
ROW = ["example,gazette)/1", "20240501120000", "http://gazette.example:80/1?utm_a=b", "text/html", "200", "ABC", "9"]
LINE = {
    "urlkey": "example,gazette)/1",
    "timestamp": "20240501120000",
    "url": "https://gazette.example/1",
    "mime": "text/html",
    "status": "200",
    "filename": "crawl-data/CC-MAIN-2024-18/x.warc.gz",
    "offset": "12",
    "length": "34",
}
Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def _wayback(*rows: Any) -> IndexPage:
    return read_wayback(json.dumps([HEADER, *rows]).encode())


def _crawl(**changes: Any) -> IndexPage:
    fields = {name: value for name, value in (LINE | changes).items() if value is not ...}
    return read_common_crawl(json.dumps(fields).encode())


def test_a_wayback_answer_gives_captures_by_the_names_of_its_columns() -> None:
    (capture,) = _wayback(ROW).captures
    assert capture.url == "https://gazette.example/1"
    assert capture.original == "http://gazette.example:80/1?utm_a=b"
    assert (capture.captured_at, capture.place) == (MOMENT, None)


@pytest.mark.parametrize("body", [b"", b"\n", b"[]", json.dumps([HEADER]).encode()])
def test_a_wayback_answer_without_rows_has_no_captures(body: bytes) -> None:
    assert read_wayback(body) == IndexPage(())


def test_a_resume_key_says_that_there_is_more() -> None:
    page = _wayback(ROW, [], ["example,gazette)/1 20240501"])
    assert (page.resume_key, len(page.captures), page.malformed) == ("example,gazette)/1 20240501", 1, 0)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'"x"', b"[1]", b"[[1]", b"[" * 100_000, b"\xff"])
def test_a_wayback_answer_of_another_form_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_wayback(body)


@pytest.mark.parametrize(
    ("place", "value"), [(1, "2024"), (1, "20240230120000"), (1, None), (2, ""), (2, 7), (2, "dns:gazette.example")]
)
def test_a_wayback_row_that_cannot_be_read_is_counted(place: int, value: object) -> None:
    row: list[object] = [*ROW]
    row[place] = value
    assert _wayback(ROW, row, ROW[:2]) == IndexPage(_wayback(ROW).captures, malformed=2)


@pytest.mark.parametrize(("place", "value"), [(3, "image/png"), (3, None), (3, "warc/revisit"), (4, "301"), (4, "-")])
def test_a02_what_is_no_html_page_of_status_200_is_passed_over(place: int, value: object) -> None:
    row: list[object] = [*ROW]
    row[place] = value
    assert _wayback(row) == IndexPage((), others=1)


def test_a_line_of_common_crawl_says_where_the_record_lies() -> None:
    (capture,) = _crawl().captures
    assert capture.captured_at == MOMENT
    assert capture.place == Pointer("crawl-data/CC-MAIN-2024-18/x.warc.gz", 12, 34)


@pytest.mark.parametrize("changes", [{"mime": "unk", "mime-detected": "text/html"}, {"mime": "Application/XHTML+xml"}])
def test_a_page_is_html_by_either_type(changes: dict[str, str]) -> None:
    assert len(_crawl(**changes).captures) == 1


@pytest.mark.parametrize("changes", [{"mime": "text/plain"}, {"status": "404"}, {"status": 301}, {"mime": None}])
def test_a02_other_lines_of_common_crawl_are_passed_over(changes: dict[str, Any]) -> None:
    assert _crawl(**changes) == IndexPage((), others=1)


@pytest.mark.parametrize(
    "changes",
    [
        *({name: ...} for name in ("timestamp", "url", "mime", "status", "filename", "offset", "length")),
        *(
            {"filename": name}
            for name in ("", "/etc/passwd", "../x.warc.gz", "a/../b", "https://evil.example/x", "a b")
        ),
        *({"offset": number} for number in (-1, "x", None, "1" * 16, "٣", 1.5)),
        *({"length": number} for number in (0, -1, "", "9" * 400)),
        *({"url": url} for url in (None, "mailto:a@gazette.example", "https://" + "a" * 9000)),
    ],
)
def test_a05_a_line_without_a_usable_place_or_address_is_counted(changes: dict[str, Any]) -> None:
    assert _crawl(**changes) == IndexPage((), malformed=1)


def test_a_damaged_line_costs_no_other() -> None:
    good = json.dumps(LINE).encode()
    page = read_common_crawl(b"\n".join([good, b"{", b"[]", b"\xff\xfe", good]))
    assert (len(page.captures), page.malformed) == (2, 3)


@pytest.mark.parametrize(("body", "pages"), [(b'{"pages": 3, "blocks": 14}', 3), (b"0", 0)])
def test_the_number_of_pages_is_read(body: bytes, pages: int) -> None:
    assert read_page_count(body) == pages


@pytest.mark.parametrize("body", [b"", b"{}", b'{"pages": "3"}', b"-1", b"[]", b"null", b'{"pages": 1e99}'])
def test_an_answer_without_a_number_of_pages_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_page_count(body)


@pytest.mark.parametrize("text", ["", "2024", "20240501120000 ", "20241301000000", "٢٠٢٤٠٥٠١١٢٠٠٠٠"])
def test_what_is_no_timestamp_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        instant_of(text)


@given(st.datetimes(timezones=st.just(UTC)))
def test_timestamps_come_back(moment: datetime) -> None:
    assert instant_of(timestamp_of(moment)) == moment.replace(microsecond=0)


@given(st.binary() | Json.map(lambda value: json.dumps(value).encode()))
def test_arbitrary_bytes_give_captures_or_a_value_error(body: bytes) -> None:
    for read in (read_wayback, read_common_crawl):
        try:
            page = read(body)
        except ValueError:
            continue
        assert page.others >= 0
    with contextlib.suppress(ValueError):
        assert read_page_count(body) >= 0


@given(st.lists(st.lists(Json, max_size=8) | st.permutations(ROW), max_size=5))
def test_every_row_is_a_capture_or_counted(rows: list[list[Any]]) -> None:
    page = _wayback(*rows)
    taken = 2 if page.resume_key is not None else 0
    assert len(page.captures) + page.others + page.malformed == len(rows) - taken


@given(st.dictionaries(st.sampled_from(sorted(LINE)), Json))
def test_every_line_is_a_capture_or_counted(changes: dict[str, Any]) -> None:
    page = _crawl(**changes)
    assert len(page.captures) + page.others + page.malformed == 1
