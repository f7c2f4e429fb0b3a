"""Commands of README.md, docs/ and helps are run as typed, here or in a shell; ELSEWHERE says which are not."""

import gzip
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from flows.cli import run
from infra.authoring.cases import capture_of
from parsers.record.capture import Capture
from parsers.registry import look_in, looked_in
from tests import harbour_site as harbour
from tests import sample_pages as pages
from tests.commands import Cli
from tests.demo_site.site import DemoSite
from tests.examples import ELSEWHERE, IN_A_SHELL, ROOT, Example, examples, typed
from tests.in_this_process import parse_in_this_process
from tests.live_lake import FAST, today
from tests.outside_sources import PAPER, feed
from tests.outside_sources import page as of_paper
from tests.servers import BUCKET, Answer, S3Server, scripted_server
from tests.warc_builder import answer, gzipped, record

pytestmark = pytest.mark.xdist_group("moto")
FIXTURES = ROOT / "tests" / "fixtures" / "sources"
SITES = ("harbournews.example", "paper.example")
CC_NEWS = "CC-NEWS-20240501110000-00001.warc.gz"
MOMENT = datetime(2024, 5, 1, 12, tzinfo=UTC)
ALL = list(examples())
HERE = [each for each in ALL if IN_A_SHELL not in each.script]
LACKING = "newslake backfill tass --start 2026-11-20 --end 2026-11-21"
# How commands end that find something: 3, a day that the site no longer lists.
ENDS = {("operations.md", LACKING): 3, ("operations.md", f"{LACKING} --reprocess failed"): 3}


@dataclass(frozen=True)
class Around:
    """What an example finds: a folder with files and a lake, settings, and what stands for the reader's own words."""

    folder: Path
    settings: dict[str, str]
    yours: dict[str, str]


def page_of(name: str) -> Capture:
    return capture_of(FIXTURES / name)


def warc(*captures: Capture) -> bytes:
    return gzipped(record(answer(each.body), uri=each.url, date=f"{MOMENT:%Y-%m-%dT%H:%M:%SZ}") for each in captures)


def write_files(folder: Path, address: str) -> None:
    """What examples name: pages, archives, tables, addresses, sources."""
    ap, bbc, own = page_of("apnews/2023_wire_story"), page_of("bbc/2026-04"), pages.capture(0)
    for name in ("pages", "captures"):
        pages.write_folder(folder / name, 4)
    (folder / "crawl.warc.gz").write_bytes(warc(own))
    (folder / "CC-NEWS-20240501.warc.gz").write_bytes(warc(ap, bbc))
    row = {"page": own.body.decode(), "link": own.url, "seen": own.captured_at.isoformat()}
    (folder / "dump.jsonl").write_bytes(orjson.dumps(row) + b"\n")
    (folder / "addresses.txt").write_text(f"{address}\n")
    (folder / "cases.jsonl").write_bytes(orjson.dumps({"id": "1", "file": "page.html", "url": own.url}) + b"\n")
    for number in (1, 2):
        (folder / f"page{number}.html").write_text(harbour.article(number, host="harbournews.example", zone=""))
    for name in ("papers", ".venv/bin"):
        (folder / name).mkdir(parents=True)
    (folder / "papers" / "mypaper.py").write_text(PAPER)
    (folder / "papers" / "gazette.py").write_text(PAPER.replace("mypaper", "gazette"))
    (folder / ".venv/bin/activate").touch()


def page_html(line: str) -> bytes:
    """The page that an example means by page.html."""
    if "apnews.com" in line:
        return page_of("apnews/2023_wire_story").body
    return of_paper(MOMENT).encode() if "mypaper" in line else pages.page(0)


@pytest.fixture(scope="module")
def servers(moto: S3Server) -> Iterator[tuple[DemoSite, dict[str, str]]]:
    """The demo site, and where else hosts are asked."""

    def paper(_method: str, path: str, _headers: Mapping[str, str], _body: bytes) -> Answer:
        found = {"/feed": feed(datetime.now(UTC)), "/bridge": of_paper(datetime.now(UTC))}.get(path)
        return Answer(200, found.encode()) if found else Answer(404)

    crawl = warc(page_of("bbc/2026-04"), page_of("apnews/2023_wire_story"))
    folder = "/crawl-data/CC-NEWS/2024/05/"

    def common_crawl(_method: str, path: str, headers: Mapping[str, str], _body: bytes) -> Answer:
        if path == f"{folder}warc.paths.gz":
            return Answer(200, gzip.compress(f"{folder[1:]}{CC_NEWS}\n".encode()))
        bounds = re.fullmatch(r"bytes=(\d+)-(\d+)", headers.get("Range", ""))
        if path != f"{folder}{CC_NEWS}" or not bounds:
            return Answer(404)
        part = crawl[int(bounds[1]) : int(bounds[2]) + 1]
        stated = f"bytes {bounds[1]}-{int(bounds[1]) + len(part) - 1}/{len(crawl)}"
        return Answer(206, part, {"Content-Range": stated, "ETag": '"one"'})

    with ExitStack() as running:
        site = running.enter_context(DemoSite(today(), days=9, per_day=1))
        origins = {"mypaper.example": running.enter_context(scripted_server(paper)).endpoint}
        for host in SITES:
            origins[host] = running.enter_context(harbour.harbour_site([], host))
        crawl_url = running.enter_context(scripted_server(common_crawl)).endpoint
        yield (
            site,
            {
                "NEWSLAKE_ORIGINS": ",".join([site.origins, *(f"{host}={to}" for host, to in origins.items())]),
                "NEWSLAKE_HOST_INTERVAL_SECONDS": str(FAST),
                "NEWSLAKE_COMMON_CRAWL_URL": crawl_url,
                "NEWSLAKE_ALLOWED_PRIVATE_HOSTS": crawl_url.removeprefix("http://"),
            },
        )


@pytest.fixture(scope="module")
def prepared(
    servers: tuple[DemoSite, dict[str, str]], moto: S3Server, tmp_path_factory: pytest.TempPathFactory
) -> Around:
    """The files, and a lake with ingested pages, a day of the demo site, and one that nobody has asked for."""
    site, settings = servers
    folder = tmp_path_factory.mktemp("around")
    story = site.expected("tass", today() - timedelta(days=1))[0].url
    write_files(folder, story)
    settings |= {
        "NEWSLAKE_WORKERS": "1",
        "NEWSLAKE_QUARANTINE_LIMIT": "0.5",  # the few stories of a day that are fetched here include a gallery
        "COLUMNS": "160",
        "LAKE": "lake",
        "BACKUP": "backup",
        "POSTGRES_PASSWORD": "secret",
        "FROM": str(today() - timedelta(days=7)),
        "TO": str(today()),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "aws"),
    }
    (folder / "aws").write_text("[news]\naws_access_key_id = test\naws_secret_access_key = testsecret\n")
    with pytest.MonkeyPatch.context() as patch:
        parse_in_this_process(patch)
        patch.chdir(folder)
        for name, value in settings.items():
            patch.setenv(name, value)
        assert run(["ingest", "pages"]) == 0
        assert run(["run", "theissue"]) == 0
    yours = {
        "http://127.0.0.1:8700": site.url,
        "http://localhost:8333": moto.endpoint,
        "s3://my-bucket/": f"s3://{BUCKET}/",
        "PATH…": "pages",
        "URL…": story,
        "ARTICLE_ID_OR_URL": pages.url(0),
        " ID ": f" {pages.url(0)} ",
        "96f06aec10140e42ce2135aac4b510a8": pages.url(0),
    }
    return Around(folder, settings, yours)


@pytest.fixture
def around(
    prepared: Around, alone: Path, moto: S3Server, aws_environment: pytest.MonkeyPatch, no_pauses: None
) -> Iterator[Around]:
    """A copy of it for one example."""
    folder = alone / "here"
    shutil.copytree(prepared.folder, folder)
    aws_environment.chdir(folder)
    own = {"NEWSLAKE_SOURCES_PATH": str(folder / "papers"), "HOME": str(folder)}
    for name, value in (moto.environment | prepared.settings | own).items():
        aws_environment.setenv(name, value)
    known = looked_in()
    yield Around(folder, prepared.settings, prepared.yours)
    look_in(*known)


@pytest.mark.parametrize("example", HERE, ids=lambda example: example.place)
def test_an_example_works_as_typed(
    example: Example, around: Around, cli: Cli, aws_environment: pytest.MonkeyPatch
) -> None:
    for command in typed(example, around.folder, around.yours):
        if command.elsewhere:
            continue
        program, *words = command.words
        assert program == "newslake", f"{command.line}: run it, or say in ELSEWHERE why not"
        (around.folder / "page.html").write_bytes(page_html(command.line))
        with aws_environment.context() as own:
            for name, value in command.environment.items():
                own.setenv(name, value)
            cli(*words, code=ENDS.get((example.place.partition(":")[0], command.line), 0))


def test_what_is_run_elsewhere_is_shown_and_the_tests_that_run_it_are_there(around: Around) -> None:
    shown = [(each.place, command) for each in ALL for command in typed(each, around.folder, around.yours)]
    assert set(ELSEWHERE) - {command.elsewhere for _, command in shown} == set(), "stale: no example is one of these"
    assert set(ENDS) <= {(place.partition(":")[0], command.line) for place, command in shown}
    assert all(why for why, _ in ELSEWHERE.values())
    for test in {test for _, test in ELSEWHERE.values() if test}:
        path, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text("utf-8")
