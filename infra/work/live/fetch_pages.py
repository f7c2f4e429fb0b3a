"""From answers to captures, in batches: what is fetched is kept as it came, whatever it is."""

import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Final

import ada_url

from infra.base.lanes import side_by_side
from infra.intake.web.fetching import FINAL_STATUSES, Answer, FetchError, FetchReason, page_capture
from infra.intake.web.polite_client import PoliteClient, paced_host
from parsers.fields.urls import host_of, identity
from parsers.record.capture import Capture
from parsers.source.definition import Source

# A run that is killed asks again for no more than one batch. Smaller ones would cost more requests to S3.
BATCH_PAGES: Final = 50
BATCH_BYTES: Final = 16 << 20
HOSTS_AT_ONCE: Final = 64
SHARED: Final = 3  # addresses redirected to one page; two may be of the same article


@dataclass(frozen=True, slots=True)
class Fetched:
    """What asking for one address gave: bytes to keep, or the error that kept it from being a whole page, or both."""

    url: str
    capture: Capture | None
    error: FetchError | None = None


def fetch_pages(
    wanted: Iterable[tuple[str, Source | None]], client: PoliteClient, *, source: str | None = None
) -> Generator[Fetched | None, None, None]:
    """Ask for addresses, hosts in parallel, those of one host in this order; None while none comes.

    Each comes with the source whose interval holds, and to whose hosts redirects may lead besides the address's own
    (None: to any public one). Closing the iterator ends all: requests that are under way end by themselves.
    """
    ending = Event()

    def ask(request: tuple[str, Source | None]) -> Answer:
        url, of = request
        hosts = (*of.hosts, *filter(None, [host_of(url)])) if of else None
        return client.get(url, source=of, stop=ending, hosts=hosts)

    asked = side_by_side(wanted, lambda each: paced_host(each[0]), ask, FetchError, most=HOSTS_AT_ONCE, name="fetch")
    try:
        for found in asked:
            yield found and _fetched(found[0][0], found[1], source)
    finally:
        ending.set()  # for those that wait for their turn
        asked.close()


def _fetched(url: str, answer: Answer | FetchError, source: str | None) -> Fetched:
    if isinstance(answer, FetchError):
        return Fetched(url, _capture_of_error(url, answer, source), answer)
    if _is_home_page(url, answer.final_url):
        detail = f"redirected to the home page {answer.final_url}"
        return Fetched(url, None, FetchError(FetchReason.HOME_PAGE, detail))
    return Fetched(url, page_capture(url, answer, truncated=answer.maybe_truncated, source=source))


def batched(pages: Iterable[Fetched | None], seconds: float) -> Iterator[list[Fetched]]:
    """Gather pages until there are many, or `seconds` after the first one of a batch; before an exception what came."""
    batch: list[Fetched] = []
    size, began = 0, time.monotonic()
    try:
        for page in pages:
            if page:
                began = began if batch else time.monotonic()
                batch.append(page)
                size += len(page.capture.body) if page.capture else 0
            if not batch:
                continue
            if len(batch) == BATCH_PAGES or size >= BATCH_BYTES or time.monotonic() - began >= seconds:
                full, batch, size = batch, [], 0
                yield full
    except BaseException:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def without_shared_pages(captures: Iterable[Capture]) -> tuple[list[Capture], list[Fetched]]:
    """Captures without those of a page to which several addresses were redirected, a notice; and errors for these."""
    captures = list(captures)
    led = Counter(page for page, _ in {(_led_to(each), each.url) for each in captures})
    kept, errors = list[Capture](), list[Fetched]()
    for each in captures:
        page = _led_to(each)
        if page is None or led[page] < SHARED or each.url is None:
            kept.append(each)
            continue
        detail = f"redirected to {each.final_url}, as other addresses are"
        errors.append(Fetched(each.url, None, FetchError(FetchReason.SHARED_PAGE, detail)))
    return kept, errors


def _led_to(capture: Capture) -> str | None:
    """The page that answered, where it is another than the one that was asked for, not just another way to write it."""
    asked, answered = capture.url, capture.final_url
    return identity(answered) if asked and answered and identity(asked) != identity(answered) else None


def _capture_of_error(url: str, error: FetchError, source: str | None) -> Capture | None:
    """What is kept of an error: an answer of final status, and a page that broke off."""
    final = error.status in FINAL_STATUSES and not error.reason.transient
    is_cut = error.reason is FetchReason.TRUNCATED
    came = error.answer
    if came is None or not (final or (is_cut and came.body)):
        return None
    return page_capture(url, came, truncated=is_cut, source=source)


def _is_home_page(asked: str, answered: str) -> bool:
    """Whether an article's address led to the site's front page, as many sites answer for a page that is gone."""
    return ada_url.URL(answered).pathname == "/" != ada_url.URL(asked).pathname and asked != answered
