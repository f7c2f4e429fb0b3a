"""From answers to captures: what is fetched is kept as it came, whatever it is."""

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

import ada_url

from infra.intake.web.fetch_many import fetch_or_wait
from infra.intake.web.fetching import FINAL_STATUSES, Answer, FetchError, FetchReason
from infra.intake.web.polite_client import PoliteClient
from parsers.fields.urls import identity
from parsers.page.content import media_type_of
from parsers.record.capture import Capture, CapturedAtBasis
from parsers.source.definition import Source

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)
# How often the consumer hears that none comes: it may hold pages that are not kept yet.
IDLE_SECONDS = 2.0
SHARED = 3  # addresses redirected to one page; two may be of the same article


@dataclass(frozen=True, slots=True)
class Fetched:
    """What asking for one address gave: bytes to keep, or the error that kept it from being a whole page, or both."""

    url: str
    capture: Capture | None
    error: FetchError | None = None


def fetch_pages(
    wanted: Iterable[tuple[str, Source | None]],
    client: PoliteClient,
    now: Callable[[], datetime],
    *,
    source: str | None = None,
) -> Generator[Fetched | None, None, None]:
    """Ask for addresses, each with its source if any claims it; one `Fetched` for each, as they come in.

    None is yielded where nothing came for a while. `source` is the name of the source of all, where the user says it.
    """
    with closing(fetch_or_wait(wanted, client, IDLE_SECONDS)) as answers:
        for found in answers:
            if found is None:
                yield None
                continue
            url, answer = found
            if isinstance(answer, FetchError):
                yield Fetched(url, _capture_of_error(url, answer, now(), source), answer)
            elif _is_home_page(url, answer.final_url):
                detail = f"redirected to the home page {answer.final_url}"
                yield Fetched(url, None, FetchError(FetchReason.HOME_PAGE, detail, final_url=answer.final_url))
            else:
                yield Fetched(url, capture_of(url, answer, source))


def without_shared_pages(captures: Iterable[Capture]) -> tuple[list[Capture], list[Fetched]]:
    """Captures without those of a page to which several addresses were redirected, and the errors that these are.

    Two addresses may be of one article. More are led to a notice, whatever it looks like: it would land in their place.
    """
    captures = list(captures)
    led = Counter(page for page, _ in {(_led_to(each), each.url) for each in captures})
    kept, errors = list[Capture](), list[Fetched]()
    for each in captures:
        page = _led_to(each)
        if page is None or led[page] < SHARED or each.url is None:
            kept.append(each)
            continue
        detail = f"redirected to {each.final_url}, as other addresses are"
        error = FetchError(FetchReason.SHARED_PAGE, detail, final_url=each.final_url)
        errors.append(Fetched(each.url, None, error))
    return kept, errors


def _led_to(capture: Capture) -> str | None:
    """The page that answered, where it is another than the one that was asked for, not just another way to write it."""
    asked, answered = capture.url, capture.final_url
    return identity(answered) if asked and answered and identity(asked) != identity(answered) else None


def capture_of(url: str, answer: Answer, source: str | None = None) -> Capture:
    """The capture of a whole answer, under the address that was asked for. One that may be cut off is truncated."""
    return _capture(url, answer, answer.fetched_at, source, truncated="maybe_truncated" in answer.flags)


def _capture_of_error(url: str, error: FetchError, now: datetime, source: str | None) -> Capture | None:
    """What is kept of an error: an answer of final status, and a page that broke off."""
    final = error.status in FINAL_STATUSES and not error.reason.transient
    broke_off = error.reason is FetchReason.TRUNCATED and error.body
    if not final and not broke_off:
        return None
    return _capture(url, error, now, source, truncated=error.reason is FetchReason.TRUNCATED)


def _capture(url: str, came: Answer | FetchError, at: datetime, source: str | None, *, truncated: bool) -> Capture:
    content_type = next((value for name, value in came.headers if name.lower() == "content-type"), "")
    return Capture(
        body=came.body,
        media_type=media_type_of(came.body, says_html="html" in content_type.lower()),
        captured_at=at,
        captured_at_basis=CapturedAtBasis.LIVE,
        url=url,
        source=source,
        http_status=came.status,
        http_charset=_charset_of(content_type),
        http_headers=came.headers,
        request_headers=came.request_headers,
        final_url=came.final_url if came.final_url != url else None,
        truncated=truncated,
    )


def _charset_of(content_type: str) -> str | None:
    match = _CHARSET.search(content_type)
    return match[1] if match else None


def _is_home_page(asked: str, answered: str) -> bool:
    """Whether an article's address led to the site's front page, as many sites answer for a page that is gone."""
    return ada_url.URL(answered).pathname == "/" != ada_url.URL(asked).pathname and asked != answered
