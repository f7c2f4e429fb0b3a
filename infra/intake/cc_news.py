"""CC-NEWS, the news crawl of Common Crawl: which of its files hold the captures of some days, read by ranges.

A month's list names its files, each by when it was begun; it ends where the next one begins, at 1 GB or after a day.
Ranges are read whole, of the version of the file that was seen first.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from http import HTTPStatus
from typing import BinaryIO, Final, cast

from infra.base.days import Days
from infra.base.errors import NewslakeError
from infra.base.settings import Settings, load_settings
from infra.intake.files.input_types import Input, RemotePart
from infra.intake.files.s3_objects import Ranges
from infra.intake.files.stated import instant_of
from infra.intake.web.addresses import own_host
from infra.intake.web.fetching import Answer, FetchError, FetchReason
from infra.intake.web.polite_client import MAY_PASS, PoliteClient, RequestBudget
from parsers.record.capture import CapturedAtBasis

MAX_LIST_BYTES: Final = 8 << 20  # a list has some 400 lines of 70 bytes
PATH: Final = re.compile(r"crawl-data/CC-NEWS/\d{4}/\d{2}/CC-NEWS-(\d{14})-\d{1,9}\.warc\.gz")
LONGEST: Final = timedelta(days=1)  # from the first record of a file to its last
# A page is written minutes after it was got at most, so the first file after midnight may begin with pages from before.
DELAY: Final = timedelta(minutes=10)
# A task: seconds of work. A part is read anew by a run that was killed in it.
PART_BYTES: Final = 128 << 20
# At a request a second, as the settings say, 16 MB a second; the deadline of 30 s asks for 0.5 MB a second.
RANGE_BYTES: Final = 16 << 20
# Failures in a row that gave no byte, with a longer pause after each: a minute in all, or what Retry-After asks for.
# One more, and the client takes the host to be down (`infra.intake.web.polite_client.DOWN_AFTER`).
TRIES: Final = 8
CONTENT_RANGE: Final = re.compile(r"bytes (\d{1,13})-(\d{1,13})/(\d{1,13})")  # 10 TB: a server states what it likes
REMEDIES: Final[Mapping[int, str]] = {
    HTTPStatus.OK: "The server knows no ranges: name another by NEWSLAKE_COMMON_CRAWL_URL.",
    HTTPStatus.FORBIDDEN: "The server turns you away: wait a day, or set NEWSLAKE_HOST_INTERVAL_SECONDS higher.",
    HTTPStatus.NOT_FOUND: "Check the days and NEWSLAKE_COMMON_CRAWL_URL.",
    HTTPStatus.PRECONDITION_FAILED: "The file was replaced while it was read: run this again.",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "The file was replaced while it was read: run this again.",
}
AGAIN: Final = "Run this again later: it goes on where it stopped."


@contextmanager
def open_part(url: str, part: RemotePart) -> Iterator[BinaryIO]:
    """A file as a seekable stream, of which little beyond the part will be read."""
    with PoliteClient.open(load_settings()) as client:
        stream = Ranges(partial(read_range, url, part, client), part.file_bytes, RANGE_BYTES, end=part.end)
        yield cast("BinaryIO", stream)


def look_up(url: str, client: PoliteClient) -> tuple[int, str]:
    """Size of a file, by asking for its first byte, and its ETag, which is empty where it tells no versions apart."""
    answer = client.get(url, headers=_headers(0, 0), max_bytes=1, hosts=own_host(url))
    found = _content_range(answer)
    if answer.status != HTTPStatus.PARTIAL_CONTENT or found is None:
        raise FetchError(FetchReason.PROTOCOL, "an answer without Content-Range", status=HTTPStatus.OK)
    etag = answer.header("etag") or ""
    return found[2], "" if etag.startswith("W/") else etag


def read_range(url: str, part: RemotePart, client: PoliteClient, start: int, length: int) -> bytes:
    """Bytes of a file, all of them: after a dropped connection, the next request begins where it broke."""
    content = bytearray()
    failures = 0
    while len(content) < length:
        first, last = start + len(content), start + length - 1
        headers = _headers(first, last) | ({"If-Match": part.etag} if part.etag else {})
        answer: Answer | None
        try:
            answer = client.get(url, headers=headers, max_bytes=last - first + 1, hosts=own_host(url), tries=1)
            came = answer.body
        except FetchError as error:
            answer = error.answer
            came = answer.body if answer and answer.status == HTTPStatus.PARTIAL_CONTENT else b""
            failures = 0 if came else failures + 1
            if error.reason not in MAY_PASS or failures == TRIES:
                raise explained(error, url) from error
        if answer and came and _content_range(answer) != (first, last, part.file_bytes):
            raise NewslakeError(f"{url} gives other bytes than those that were asked for", AGAIN)
        content += came
    return bytes(content)


def explained(error: FetchError, url: str) -> NewslakeError:
    """What a failure means for the whole command."""
    return NewslakeError(f"{url} cannot be read ({error})", REMEDIES.get(error.status or 0, AGAIN))


def _headers(first: int, last: int) -> dict[str, str]:
    return {"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}


def _content_range(answer: Answer) -> tuple[int, int, int] | None:
    found = CONTENT_RANGE.fullmatch((answer.header("content-range") or "").strip())
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def find_parts(days: Days, settings: Settings) -> tuple[list[Input], Counter[str], tuple[str, ...]]:
    """All files that may hold captures of the days, in parts by time; what was skipped, by kind; and alarms."""
    base = f"{settings.common_crawl_url.rstrip('/')}/"
    skipped: Counter[str] = Counter()
    parts: list[Input] = []
    alarms: list[str] = []
    budget = RequestBudget(settings.request_budget * (days.end - days.start).days)
    with PoliteClient.open(settings, budget=budget) as client:
        listed = {path for month in _months(days) for path in _listed(base, *month, client)}
        named = filter(None, map(PATH.fullmatch, sorted(listed)))
        begun = {path[0]: at for path in named if (at := instant_of(path[1]))}
        skipped["other line of a list"] = len(listed) - len(begun)
        for path, at in _of_days(begun, days):
            try:
                parts += _parts(f"{base}{path}", *look_up(f"{base}{path}", client), at)
            except FetchError as error:
                if error.status != HTTPStatus.NOT_FOUND:
                    raise explained(error, f"{base}{path}") from error
                skipped["listed file that is not there"] += 1
                alarms.append(f"{base}{path} is listed, but not there (404)")
    return parts, +skipped, tuple(alarms)


def _months(days: Days) -> Iterator[tuple[date, bool]]:
    """The first days of the months whose lists matter, and whether the days themselves are in it."""
    asked = {day.replace(day=1) for day in days}
    beside = {(days.start - LONGEST).replace(day=1), days.end.replace(day=1)}
    return ((month, month in asked) for month in sorted(asked | beside))


def _listed(base: str, month: date, is_asked: bool, client: PoliteClient) -> list[str]:
    """The lines of a month's list; none where there is no such month and nobody asked for it."""
    url = f"{base}crawl-data/CC-NEWS/{month:%Y/%m}/warc.paths.gz"
    try:
        answer = client.get(url, max_bytes=MAX_LIST_BYTES, hosts=own_host(url))
    except FetchError as error:
        if error.status == HTTPStatus.NOT_FOUND and not is_asked:
            return []
        raise explained(error, url) from error
    return answer.body.decode("utf-8", "replace").split()


def _of_days(begun: dict[str, datetime], days: Days) -> list[tuple[str, datetime]]:
    """The files that were begun in the days, and the ones before and after that may reach into them."""
    start, end = (datetime.combine(day, time(), UTC) for day in (days.start, days.end))
    before = [at for at in begun.values() if start - LONGEST <= at < start]
    first = max(before, default=start)
    chosen = [(path, at) for path, at in begun.items() if first <= at < end + DELAY]
    return sorted(chosen, key=lambda each: (each[1], each[0]))


def _parts(url: str, size: int, etag: str, begun: datetime) -> Iterator[Input]:
    for start in range(0, size, PART_BYTES):
        end = min(start + PART_BYTES, size)
        part = RemotePart(start, end, size, etag)
        yield Input(url, end - start, begun, CapturedAtBasis.MTIME, part=part)
