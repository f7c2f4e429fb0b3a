"""A CDX index and the archive behind it, asked by the real client on loopback."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from infra.base.days import Days
from infra.base.settings import Settings
from infra.intake.cdx.index import CdxIndex
from infra.intake.web.addresses import AddressPolicy
from parsers.source.definition import Source
from tests.cdx_archive import CdxArchive, Line
from tests.http_clients import DirectClient
from tests.servers import scripted_server
from tests.warc_builder import HTML

SOURCE = Source(
    name="gazette",
    title="Gazette",
    hosts=("gazette.example",),
    language="en",
    timezone="UTC",
    version=1,
    article_url=re.compile(r"^/news/\d+$"),
)
DAYS = Days.one(date(2024, 5, 1))
INDEXES = pytest.mark.parametrize("index_path", ["/cdx/search/cdx", "/CC-MAIN-2024-18-index"])


@contextmanager
def _asked(archive: CdxArchive, index_path: str) -> Iterator[tuple[CdxIndex, DirectClient]]:
    with scripted_server(archive.answer) as server:
        port = server.endpoint.rpartition(":")[2]
        settings = Settings(cdx_url=server.endpoint + index_path, allowed_private_hosts=f"127.0.0.1:{port}")
        index = CdxIndex.from_settings(settings)
        assert index
        with DirectClient(
            AddressPolicy.from_settings(settings),
            user_agent="newslake-tests",
            deadline_seconds=10,
            max_bytes=settings.max_page_bytes,
        ) as client:
            yield index, client


@INDEXES
def test_a06_pages_of_an_archive_come_over_the_wire_byte_for_byte(index_path: str) -> None:
    lines = [Line(f"https://gazette.example/news/{n}", f"2024050112{n:02}00", HTML + b"%d" % n) for n in range(5)]
    with _asked(CdxArchive(lines, page_lines=2), index_path) as (index, client):
        captures, alarms = index.captures(SOURCE, DAYS, client)
        pages = [index.get(capture, client) for capture in captures]
    assert alarms == []
    assert [page.body for page in pages] == [line.body for line in lines]
    assert [page.captured_at for page in pages] == [datetime(2024, 5, 1, 12, n, tzinfo=UTC) for n in range(5)]


def test_where_the_nearest_capture_is_given_the_redirect_is_followed_within_the_archive() -> None:
    archive = CdxArchive([Line("https://gazette.example/news/1", "20240501120000")])
    with _asked(archive, "/cdx/search/cdx") as (index, client):
        (capture,), _ = index.captures(SOURCE, DAYS, client)
        archive.lines = [Line("https://gazette.example/news/1", "20240501130000")]
        page = index.get(capture, client)
    assert page.captured_at == datetime(2024, 5, 1, 13, tzinfo=UTC)
