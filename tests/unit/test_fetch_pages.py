"""What is kept of answers and errors, and what is said of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.intake.web.fetching import Answer, FetchError, FetchReason
from infra.work.live.fetch_pages import Fetched, fetch_pages
from parsers.record.capture import Capture, CapturedAtBasis, MediaType

EARLIER = datetime(2026, 11, 22, 11, tzinfo=UTC)
URL = "https://tass.com/world/1"
HTML = b"<html><body>News</body></html>"


class FakeClient:
    def __init__(self, answers: Mapping[str, Answer | FetchError]) -> None:
        self._answers = answers

    def get(self, url: str, **_: object) -> Answer:
        found = self._answers[url]
        if isinstance(found, FetchError):
            raise found
        return found


def fetched(found: Answer | FetchError, url: str = URL, source: str | None = None) -> Fetched:
    client: Any = FakeClient({url: found})
    (page,) = fetch_pages([(url, None)], client, source=source)
    assert page is not None
    return page


def captured(found: Answer | FetchError, **options: Any) -> Capture:
    page = fetched(found, **options)
    assert page.capture is not None
    return page.capture


def answer(body: bytes = HTML, content_type: str = "text/html; charset=utf-8", **changes: Any) -> Answer:
    headers = (("Content-Type", content_type),)
    return replace(Answer(URL, URL, 200, headers, body, EARLIER, request_headers=(("User-Agent", "us"),)), **changes)


def test_a_page_is_kept_under_the_address_that_was_asked_for_as_it_came() -> None:
    assert captured(answer(final_url="https://tass.com/world/1-moved"), source="tass") == Capture(
        HTML,
        MediaType.HTML,
        EARLIER,
        CapturedAtBasis.LIVE,
        url=URL,
        source="tass",
        http_status=200,
        http_charset="utf-8",
        http_headers=(("Content-Type", "text/html; charset=utf-8"),),
        request_headers=(("User-Agent", "us"),),
        final_url="https://tass.com/world/1-moved",
    )


def test_f18_f19_a_page_that_broke_off_or_may_have_is_kept_as_truncated() -> None:
    assert captured(answer(maybe_truncated=True)).truncated
    assert captured(FetchError(FetchReason.TRUNCATED, "ended early", answer=answer(HTML[:10]))).truncated


@pytest.mark.parametrize(
    "error",
    [
        FetchError(FetchReason.TRUNCATED, "ended early", answer=answer(b"")),
        FetchError(FetchReason.RATE_LIMITED, "later", answer=answer(status=429)),
        FetchError(FetchReason.SERVER_ERROR, "status 503", answer=answer(status=503)),
        FetchError(FetchReason.SERVER_ERROR, "status 408", answer=answer(status=408)),
        FetchError(FetchReason.TOO_LARGE, "too large", answer=answer()),
        FetchError(FetchReason.ADDRESS, "private"),
        FetchError(FetchReason.REDIRECT, "no target", answer=answer(status=302)),
    ],
    ids=str,
)
def test_of_other_errors_nothing_is_kept(error: FetchError) -> None:
    assert fetched(error) == Fetched(URL, None, error)
