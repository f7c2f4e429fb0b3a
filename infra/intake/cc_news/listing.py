"""Which files of CC-NEWS hold the captures of some days.

A month's list, `crawl-data/CC-NEWS/YYYY/MM/warc.paths.gz`, names its files. Each is named by when it was begun, and
ends where the next one begins: at 1 GB, or after a day.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Final

from infra.base.days import Days
from infra.base.settings import Settings
from infra.intake.cc_news.remote_file import RemoteFile, explained, look_up
from infra.intake.cdx.formats import instant_of
from infra.intake.files.input_types import Input, RemotePart
from infra.intake.web.addresses import own_host
from infra.intake.web.fetching import FetchError
from infra.intake.web.polite_client import PoliteClient
from infra.intake.web.politeness import RequestBudget
from parsers.record.capture import CapturedAtBasis

MAX_LIST_BYTES: Final = 8 << 20  # a list has some 400 lines of 70 bytes
PATH: Final = re.compile(r"crawl-data/CC-NEWS/\d{4}/\d{2}/CC-NEWS-(\d{14})-\d{1,9}\.warc\.gz")
LONGEST: Final = timedelta(days=1)  # from the first record of a file to its last
# A page is written minutes after it was got at most, so the first file after midnight may begin with pages from before.
DELAY: Final = timedelta(minutes=10)
# A task: seconds of work. A part is read anew by a run that was killed in it.
PART_BYTES: Final = 128 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of some days."""

    parts: tuple[Input, ...]  # in the order of time
    skipped: Counter[str]
    alarms: tuple[str, ...]


def find_parts(days: Days, settings: Settings) -> Found:
    """All files that may hold captures of the days, in parts.

    NewslakeError if a month of these days has no list, or a list or file cannot be had; one that is listed and is not
    there is an alarm.
    """
    base = f"{settings.common_crawl_url.rstrip('/')}/"
    skipped: Counter[str] = Counter()
    parts: list[Input] = []
    alarms: list[str] = []
    budget = RequestBudget(settings.request_budget * (days.end - days.start).days)
    with PoliteClient.open(settings, budget=budget) as client:
        listed = {path for month in _months(days) for path in _listed(base, *month, client)}
        begun = {path: at for path in sorted(listed) if (at := _begun(path))}
        skipped["other line of a list"] = len(listed) - len(begun)
        for path, at in _of_days(begun, days):
            try:
                parts += _parts(look_up(f"{base}{path}", client), at)
            except FetchError as error:
                if error.status != HTTPStatus.NOT_FOUND:
                    raise explained(error, f"{base}{path}") from error
                skipped["listed file that is not there"] += 1
                alarms.append(f"{base}{path} is listed, but not there (404)")
    return Found(tuple(parts), +skipped, tuple(alarms))


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


def _begun(path: str) -> datetime | None:
    named = PATH.fullmatch(path)
    try:
        return instant_of(named[1]) if named else None
    except ValueError:
        return None


def _of_days(begun: dict[str, datetime], days: Days) -> list[tuple[str, datetime]]:
    """The files that were begun in the days, and the ones before and after that may reach into them."""
    start, end = (datetime.combine(day, time(), UTC) for day in (days.start, days.end))
    before = [at for at in begun.values() if start - LONGEST <= at < start]
    first = max(before, default=start)
    chosen = [(path, at) for path, at in begun.items() if first <= at < end + DELAY]
    return sorted(chosen, key=lambda each: (each[1], each[0]))


def _parts(file: RemoteFile, begun: datetime) -> Iterator[Input]:
    for start in range(0, file.size, PART_BYTES):
        end = min(start + PART_BYTES, file.size)
        part = RemotePart(start, end, file.size, file.etag)
        yield Input(file.url, end - start, begun, CapturedAtBasis.MTIME, part=part)
