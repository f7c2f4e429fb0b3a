"""What CDX servers answer, whatever the bytes are."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.intake.cdx.formats import CdxCapture, read_common_crawl, read_page_count, read_wayback

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


def _wayback(*rows: Any) -> list[CdxCapture]:
    return read_wayback(json.dumps([HEADER, *rows]).encode())[0]


def _crawl(**changes: Any) -> list[CdxCapture]:
    fields = {name: value for name, value in (LINE | changes).items() if value is not ...}
    return read_common_crawl(json.dumps(fields).encode())


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
def test_a05_a_line_without_a_usable_place_or_address_is_left_out(changes: dict[str, Any]) -> None:
    assert _crawl()
    assert _crawl(**changes) == []


@given(st.binary() | Json.map(lambda value: json.dumps(value).encode()))
def test_arbitrary_bytes_give_captures_or_a_value_error(body: bytes) -> None:
    for read in (read_wayback, read_common_crawl):
        with contextlib.suppress(ValueError):
            read(body)
    with contextlib.suppress(ValueError):
        assert read_page_count(body) >= 0
