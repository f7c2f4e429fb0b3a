"""What exceptions, statuses and headers mean."""

import ssl
from datetime import UTC, datetime
from http.client import BadStatusLine

import pytest
import urllib3.exceptions
from hypothesis import given
from hypothesis import strategies as st

from infra.intake.web.fetching import FetchReason
from infra.intake.web.http_body import MAX_DETAIL, failure_of, printable, retry_after_seconds

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 23 Nov 2026 12:01:40 GMT", 100),
        ("Monday, 23-Nov-26 12:01:40 GMT", 100),
        ("Mon, 23 Nov 2026 12:01:40 -0000", 100),
        ("Mon, 23 Nov 2026 13:01:40 +0100", 100),
        ("Mon, 23 Nov 2020 12:00:00 GMT", 0),
        ("315360000", 315360000),
        ("Fri, 20 Nov 2036 12:00:00 GMT", 315360000),
        *(
            (value, None)
            for value in [None, "", "soon", "-5", "1.5", "1e3", "٣", "9" * 5000, "Mon, 99 Nov 2026 12:00:00 GMT"]
        ),
        *((value, None) for value in ["Mon, 23 Nov 99999 12:00:00 GMT", "inf", "nan", "0x10", "120, 240"]),
    ],
)
def test_f30_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{1,9} Nov \d{1,9} \d{1,9}:\d{1,9}:\d{1,9} [-+A-Z0-9]{0,9}"))
def test_f30_no_retry_after_is_misread_as_negative_or_raises(value: str) -> None:
    seconds = retry_after_seconds(value, NOW)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (urllib3.exceptions.SSLError(ssl.SSLEOFError(8, "EOF")), FetchReason.CONNECTION),
        (ssl.SSLError(1, "wrong version number"), FetchReason.TLS),
        (urllib3.exceptions.InvalidHeader("x"), FetchReason.PROTOCOL),
        (urllib3.exceptions.LocationParseError("x"), FetchReason.URL),
        (OSError(113, "No route to host"), FetchReason.CONNECTION),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), FetchReason.PROTOCOL),
        (ValueError("x"), FetchReason.PROTOCOL),
    ],
)
def test_exceptions_that_no_server_of_the_tests_causes_have_a_reason(error: Exception, reason: FetchReason) -> None:
    assert failure_of(error).reason is reason


def test_f26_what_a_server_chose_is_shown_short_and_without_escape_sequences() -> None:
    detail = failure_of(BadStatusLine("\x1b[31m" + "x" * 1000)).detail
    assert "\x1b" not in detail
    assert len(detail) == MAX_DETAIL
    assert printable("a\nb\u202ec") == "a\ufffdb\ufffdc"
