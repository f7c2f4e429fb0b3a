"""Captures and a source made up for tests of the core, so that no real source's layout matters there."""

from datetime import UTC, datetime
from typing import Any

from parsers.record.article import Article
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import Outcome, Parsed, Rejected

AT = datetime(2024, 5, 3, 12, tzinfo=UTC)


def html_capture(body: str | bytes, **fields: Any) -> Capture:
    octets = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    return Capture(octets, MediaType.HTML, AT, fields.pop("basis", CapturedAtBasis.LIVE), **fields)


def article_of(outcome: Outcome) -> Article:
    assert isinstance(outcome, Parsed), outcome
    return outcome.article


def rejection_of(outcome: Outcome) -> Rejected:
    assert isinstance(outcome, Rejected), outcome
    return outcome
