"""CC-NEWS by day: which files, their bytes by range whatever the connection does, and once each into the lake."""

import gzip
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.archive import archive_records
from infra.archive.raw_archive import RawArchive
from infra.base.days import Days
from infra.base.settings import load_settings
from infra.intake import cc_news
from infra.intake.cc_news import find_parts
from infra.intake.files.s3_objects import Ranges
from infra.lake.lake import Lake
from infra.lake.quarantine import rejects_in
from infra.store.open_store import open_store
from tests import sample_pages as pages
from tests.archive_reading import read, read_one_part
from tests.commands import Cli
from tests.servers import Answer, scripted_server
from tests.warc_builder import answer, gzipped, record

FOLDER = "/crawl-data/CC-NEWS/"
Fault = Callable[[Answer], Answer]  # what becomes of an answer


def refused(status: int, **headers: str) -> Fault:
    """The status in place of the answer."""
    return lambda _: Answer(status, b"", headers)


def dropped(kept: int) -> Fault:
    """The connection ends after so many bytes."""
    return lambda said: Answer(
        said.status, said.body[:kept], {**(said.headers or {}), "Content-Length": str(len(said.body))}
    )


def replaced(said: Answer) -> Answer:
    """Another file lies there now."""
    return Answer(412) if said.status == 206 else said


@dataclass
class CcNewsSite:
    """What the server holds, what becomes of its answers, and what was asked."""

    files: dict[str, bytes] = field(default_factory=dict)  # by path
    listed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # by month: 2024/05
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))  # by path, one a request
    asked: list[tuple[str, int, int]] = field(default_factory=list)  # path, first and last byte
    etag: str = '"one"'
    fails_from: int | None = None  # ranges that begin there or later are refused

    def add(self, begun: str, records: Iterable[bytes] | bytes, number: int = 1) -> str:
        """A file that is listed; its path."""
        path = f"{FOLDER}{begun[:4]}/{begun[4:6]}/CC-NEWS-{begun}-{number:05}.warc.gz"
        self.files[path] = records if isinstance(records, bytes) else gzipped(records)
        self.listed[f"{begun[:4]}/{begun[4:6]}"].append(path.removeprefix("/"))
        return path

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        month = re.fullmatch(rf"{FOLDER}(\d{{4}}/\d\d)/warc\.paths\.gz", path)
        if path in self.files and (bounds := re.fullmatch(r"bytes=(\d+)-(\d+)", headers.get("Range", ""))):
            said = self._range(path, int(bounds[1]), int(bounds[2]), headers)
        elif month and month[1] in self.listed:
            said = Answer(200, gzip.compress("\n".join([*self.listed[month[1]], ""]).encode()))
        else:
            said = Answer(404)
        return self.faults[path].pop(0)(said) if self.faults[path] else said

    def _range(self, path: str, first: int, last: int, headers: Mapping[str, str]) -> Answer:
        self.asked.append((path, first, last))
        if headers.get("If-Match", self.etag) != self.etag:
            return Answer(412)
        if self.fails_from is not None and first >= self.fails_from:
            return Answer(503)
        content = self.files[path]
        part = content[first : last + 1]
        stated = f"bytes {first}-{first + len(part) - 1}/{len(content)}"
        return Answer(206, part, {"Content-Range": stated, "ETag": self.etag})


def story(number: int, at: str, url: str | None = None, padding: int = 0) -> bytes:
    """The record of a page of TASS, or of the same page at another address, got at a time."""
    moment = datetime.fromisoformat(at)
    comment = b"<!-- %s -->" % random.Random(number).randbytes(padding).hex().encode()  # gzip halves it
    page = answer(pages.page(number, days=1) + comment)
    return record(page, uri=url or pages.url(number), date=f"{moment:%Y-%m-%dT%H:%M:%SZ}", digest=True)


DAYS = Days(date(2024, 5, 1), date(2024, 5, 2))
ONE_DAY = ("ingest", "--cc-news", "--start", "2024-05-01", "--end", "2024-05-02")
OF_TASS = (*ONE_DAY, "--source", "tass")
ELSEWHERE = "https://elsewhere.example/story/1"
AT = "2024-05-01T12:00:00"


@pytest.fixture
def site(alone: Path, monkeypatch: pytest.MonkeyPatch, no_pauses: None) -> Iterator[CcNewsSite]:
    """A CC-NEWS that the settings name, with one file of the day and some before."""
    site = CcNewsSite()
    with scripted_server(site.answer) as server:
        monkeypatch.setenv("NEWSLAKE_COMMON_CRAWL_URL", server.endpoint)
        monkeypatch.setenv("NEWSLAKE_ALLOWED_PRIVATE_HOSTS", server.endpoint.removeprefix("http://"))
        monkeypatch.setenv("NEWSLAKE_HOST_INTERVAL_SECONDS", "0")
        monkeypatch.setenv("NEWSLAKE_LAKE", str(alone / "lake"))
        yield site


def _landed() -> list[str]:
    """Addresses of what landed, one for each row."""
    lake = Lake(open_store("lake"))
    return sorted(row["url"] for row in lake.read_partition("tass", "2024-01-10").to_pylist())


def _stories(count: int, padding: int = 0) -> list[bytes]:
    return [story(number, f"2024-05-01T12:00:{number:02}", padding=padding) for number in range(count)]


def test_files_of_the_days_and_those_that_reach_into_them_are_found(site: CcNewsSite) -> None:
    begun = [
        *("20240429080000", "20240430010000", "20240430230000"),  # of these the last one reaches into the day
        *("20240501000000", "20240501120000", "20240502000500"),  # the third may begin with pages from before midnight
        *("20240502001500", "20240502120000"),
    ]
    for each in begun:
        site.add(each, _stories(1))
    site.listed["2024/05"] += ["crawl-data/CC-NEWS/2024/05/README", "crawl-data/CC-NEWS/2024/05/../x.warc.gz"]
    parts, skipped, _ = find_parts(DAYS, load_settings())
    assert [part.location.rsplit("-", 2)[1] for part in parts] == begun[2:6]
    assert skipped == {"other line of a list": 2}
    assert parts[0].captured_at.isoformat() == "2024-04-30T23:00:00+00:00"


def test_pages_of_a_source_and_its_days_land_and_all_others_are_counted(site: CcNewsSite, cli: Cli) -> None:
    site.add("20240430233000", [story(0, "2024-04-30T23:59:59"), story(1, "2024-05-01T00:00:01")])
    site.add("20240501110000", [record(b"", kind="warcinfo", uri=None), story(2, AT), story(3, AT, ELSEWHERE)])
    summary = cli.json(*OF_TASS)
    assert (summary["captures"], summary["parsed"]) == (2, 2)
    assert summary["skipped"] == {"other day": 1, "other host": 1, "warcinfo": 1}
    assert _landed() == [pages.url(1), pages.url(2)]
    (first, second) = RawArchive(open_store("lake")).entries("tass")
    assert (f"{first.captured_at:%d %H:%M:%S}", f"{second.captured_at:%d %H:%M:%S}") == ("01 00:00:01", "01 12:00:00")


def test_hosts_and_generic_choose_too(site: CcNewsSite, cli: Cli) -> None:
    site.add("20240501110000", [story(1, AT), story(2, AT, ELSEWHERE)])
    summary = cli.json(*ONE_DAY, "--host", "elsewhere.example", "--generic")
    assert [(day["source"], day["articles"]) for day in summary["articles"]] == [("web", 1)]
    assert cli.json(*ONE_DAY, "--generic")["parsed"] == 2  # another choice: the file is read for it


def test_what_was_read_is_not_asked_for_again(site: CcNewsSite, cli: Cli) -> None:
    site.add("20240501110000", _stories(3))
    cli.json(*OF_TASS)
    site.asked.clear()
    summary = cli.json(*OF_TASS)
    assert (summary["captures"], summary["skipped"]) == (0, {"part that was read before": 1})
    assert [last for _, _, last in site.asked] == [0]  # the look for its size


def test_a_file_that_was_replaced_is_read_again(site: CcNewsSite, cli: Cli) -> None:
    site.add("20240501110000", _stories(1))
    cli.json(*OF_TASS)
    site.files.clear()
    site.listed.clear()
    site.add("20240501110000", _stories(2))
    site.etag = '"two"'
    assert cli.json(*OF_TASS)["captures"] == 2
    assert len(_landed()) == 2


def test_a_run_that_ended_goes_on_at_its_part(site: CcNewsSite, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    path = site.add("20240501110000", _stories(8, padding=60_000))
    part_bytes = len(site.files[path]) // 4 + 1
    monkeypatch.setattr(archive_records, "SCAN_BYTES", 10_000)  # else all of so small a file is looked at
    monkeypatch.setattr(cc_news, "PART_BYTES", part_bytes)
    monkeypatch.setattr("infra.work.ingest.CHUNK_BYTES", part_bytes)
    monkeypatch.setattr(cc_news, "RANGE_BYTES", 100_000)
    site.fails_from = 2 * part_bytes + 50_000
    line = cli.fails(*OF_TASS, code=1)
    assert "status 503" in line
    assert "it goes on where it stopped" in line
    assert 0 < len(_landed()) < 8
    assert len(site.asked) > cc_news.TRIES
    site.fails_from = None
    site.asked.clear()
    assert cli.json(*OF_TASS)["skipped"]["part that was read before"] == 2
    assert min(first for _, first, last in site.asked if last) == 2 * part_bytes - 1
    assert _landed() == sorted(pages.url(number) for number in range(8))
    assert len(RawArchive(open_store("lake")).entries("tass")) == 8


def test_after_a_dropped_connection_the_rest_is_asked_for(site: CcNewsSite, cli: Cli) -> None:
    path = site.add("20240501110000", _stories(6))
    last = len(site.files[path]) - 1
    site.faults[path] = [lambda said: said, dropped(700), dropped(0), dropped(900)]
    assert cli.json(*OF_TASS)["parsed"] == 6
    assert [asked[1:] for asked in site.asked] == [(0, 0), (0, last), (700, last), (700, last), (1600, last)]


@pytest.mark.parametrize("fault", [refused(503), refused(429, **{"Retry-After": "1"}), dropped(0)])
def test_what_may_pass_is_tried_again(fault: Any, site: CcNewsSite, cli: Cli) -> None:
    path = site.add("20240501110000", _stories(2))
    site.faults["/crawl-data/CC-NEWS/2024/05/warc.paths.gz"] = [fault]
    site.faults[path] = [fault, lambda said: said, *[fault] * 4]
    assert cli.json(*OF_TASS)["parsed"] == 2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (refused(403), "status 403"),
        (replaced, "The file was replaced while it was read: run this again."),
        (lambda said: Answer(206, said.body, {"Content-Range": "bytes 1-5/9"}), "other bytes than those"),
    ],
)
def test_what_stays_wrong_is_one_line_with_its_remedy(fault: Any, said: str, site: CcNewsSite, cli: Cli) -> None:
    path = site.add("20240501110000", _stories(2))
    site.faults[path] = [lambda said: said, fault]
    line = cli.fails(*OF_TASS, code=1)
    assert path in line
    assert said in line


@pytest.mark.parametrize("whole", [Answer(200, b"x"), Answer(200, bytes(2_000))])
def test_a_server_without_ranges_is_told(whole: Answer, site: CcNewsSite, cli: Cli) -> None:
    site.faults[site.add("20240501110000", _stories(1))] = [lambda _: whole]
    line = cli.fails(*OF_TASS, code=1)
    assert "The server knows no ranges" in line


def test_a_month_without_a_list_is_named_and_one_beside_the_days_may_be_missing(site: CcNewsSite, cli: Cli) -> None:
    site.add("20240501110000", _stories(1))
    line = cli.fails(*OF_TASS[:3], "2024-05-30", "--end", "2024-06-02", "--source", "tass", code=1)
    assert "CC-NEWS/2024/06/warc.paths.gz cannot be read" in line
    assert "Check the days and NEWSLAKE_COMMON_CRAWL_URL." in line
    assert cli.json(*OF_TASS)["parsed"] == 1


def test_a_listed_file_that_is_not_there_costs_only_itself(site: CcNewsSite, cli: Cli) -> None:
    lost = site.add("20240501090000", _stories(1))
    site.add("20240501110000", _stories(2))
    del site.files[lost]
    summary = cli.json(*OF_TASS)
    assert (summary["parsed"], summary["skipped"]) == (2, {"listed file that is not there": 1})
    assert [alarm.rpartition("/")[2] for alarm in summary["alarms"]] == [
        "CC-NEWS-20240501090000-00001.warc.gz is listed, but not there (404)"
    ]


def test_a01_a_damaged_member_is_told_with_file_and_offset_and_its_neighbours_land(site: CcNewsSite, cli: Cli) -> None:
    members = [bytearray(gzipped([each])) for each in _stories(3)]
    members[1][len(members[1]) // 2] ^= 0xFF
    path = site.add("20240501110000", b"".join(members))
    summary = cli.json(*OF_TASS, code=3)
    assert (summary["parsed"], summary["rejected"]) == (2, {"archive_damaged": 1})
    (reject,) = rejects_in(open_store("lake"))
    assert f"{path}@{len(members[0])})" in reject["detail"]


def test_a_dry_run_writes_nothing(site: CcNewsSite, alone: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cc_news, "PART_BYTES", 500)
    paths = [site.add("20240501090000", _stories(2)), site.add("20240501110000", _stories(3))]
    sizes = [len(site.files[path]) for path in paths]
    shown = cli.json(*OF_TASS, "--dry-run")
    assert [(path in each["location"], each["bytes"]) for path, each in zip(paths, shown["inputs"], strict=True)] == [
        (True, size) for size in sizes
    ]
    assert shown["bytes"] == sum(sizes)
    assert f"{sum(sizes):,}" in cli(*OF_TASS, "--dry-run")
    assert not (alone / "lake").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (ONE_DAY, "none is chosen. Give --source or --host; or --generic for all pages."),
        (("ingest", "--cc-news", "--source", "tass"), "no days without --start and --end."),
        ((*OF_TASS[:4], "--end", "2999-01-01", "--source", "tass"), "in the future"),
        ((*OF_TASS, "pages"), "paths says something of files"),
        ((*OF_TASS, "--column", "url=link"), "columns says something of files"),
    ],
)
def test_o01_what_is_not_chosen_is_asked_for(arguments: tuple[str, ...], line: str, alone: Path, cli: Cli) -> None:
    said = cli.fails(*arguments, code=2)
    assert line in said
    assert not (alone / "lake").exists()


def test_an_archive_is_fetched_about_once() -> None:
    content = gzipped(record(answer(random.Random(number).randbytes(20_000)), digest=True) for number in range(50))
    fetched: list[tuple[int, int]] = []

    def fetch(start: int, length: int) -> bytes:
        fetched.append((start, length))
        return content[start : start + length]

    stream: Any = Ranges(fetch, len(content), 256 << 10)
    assert read_one_part(stream, 0, len(content)) == read(content)
    assert sum(length for _, length in fetched) == len(content)
