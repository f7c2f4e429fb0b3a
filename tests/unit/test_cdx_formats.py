"""What CDX servers answer, whatever the bytes are."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.intake.cdx import CdxCapture, read_wayback

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
