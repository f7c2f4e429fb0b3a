"""What `new-source` does: asks a site what it offers; then writes a source, saved pages in other words, and records."""

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from infra.authoring.cases import write_case
from infra.base.days import Days
from infra.base.errors import NewslakeError, UsageError
from infra.base.settings import Settings
from infra.intake.web.addresses import require_contact
from infra.intake.web.polite_client import PoliteClient
from infra.store.local_store import LocalStore
from infra.work.live.discovery import discover
from infra.work.live.discovery_state import DiscoveryState
from infra.work.live.fetch_pages import fetch_pages
from infra.work.live.list_client import FeedReport
from parsers.fields.urls import host_of
from parsers.page.decode import decode
from parsers.page.html import Tree
from parsers.parse import parse_as
from parsers.propose import Proposal, disguise, draft_of, unlike
from parsers.record.capture import Capture
from parsers.record.outcome import Parsed
from parsers.source.definition import Source

LISTED: Final = 4  # pages to read of those that the site lists: enough to see what differs, few to ask for


@dataclass(frozen=True, slots=True)
class Survey:
    """What a site gave."""

    pages: tuple[Capture, ...] = ()  # those that were asked for, or some that it lists where these are no articles
    other: Capture | None = None  # a page that is no article, the home page at best
    lists: tuple[FeedReport, ...] = ()  # the sitemaps and feeds that it names
    links: int = 0  # articles of yesterday and today that they list
    failures: tuple[str, ...] = ()  # addresses that gave nothing, each with the reason


def survey(name: str, urls: Sequence[str], settings: Settings) -> Survey:
    """Ask for pages of a site, for its lists, and for some listed pages if the given ones are no articles."""
    host = host_of(urls[0])
    if host is None:
        raise UsageError(f"{urls[0]} is no address of a page", "Write it in full: https://…")
    require_contact(urls, settings)
    draft = draft_of(name, (), hosts=[host])
    now = datetime.now(UTC)
    with PoliteClient.open(settings) as client, tempfile.TemporaryDirectory() as unused:
        given, failures = _fetched(urls, draft, client)
        days = Days(now.date() - timedelta(days=1), now.date() + timedelta(days=1))
        state = DiscoveryState(LocalStore(Path(unused)), name)  # which is not saved
        found = discover(draft, days, client, state, today=now.date())
        pages = [page for page in given if _is_article(page, draft)]
        others = [page for page in given if page not in pages]
        if not pages:
            listed, failed = _fetched([link.url for link in found.links[:LISTED]], draft, client)
            pages, failures = [page for page in listed if _is_article(page, draft)], failures + failed
        if not others:
            others, _ = _fetched([f"https://{host}/"], draft, client)
    if not pages:
        said = "; ".join([*failures, *(f"{feed.url}: {feed.detail}" for feed in found.feeds if feed.detail)])
        raise NewslakeError(
            f"no article could be read from {host} ({said or 'it lists none of yesterday or today'})",
            f"Name pages of articles: newslake new-source {name} URL…",
        )
    other = next((page for page in others if not _is_article(page, draft)), None)
    return Survey(tuple(pages), other, found.feeds, len(found.links), tuple(failures))


def _fetched(urls: Iterable[str], draft: Source, client: PoliteClient) -> tuple[list[Capture], list[str]]:
    """The pages that came, in the order of their addresses, and why others did not."""
    order = list(dict.fromkeys(urls))
    found = [each for each in fetch_pages([(url, draft) for url in order], client) if each]
    captures = [each.capture for each in found if each.capture and not each.error]
    captures.sort(key=lambda capture: order.index(capture.url or ""))
    return captures, [f"{each.url}: {each.error}" for each in found if each.error]


def _is_article(page: Capture, draft: Source) -> bool:
    return isinstance(parse_as(page, draft), Parsed)


OWN_SOURCES: Final = Path("parsers/sources")
OWN_CASES: Final = Path("tests/fixtures/sources")
_TESTS: Final = '''"""Every source of the folder above on its saved pages. Run: pytest"""

import runpy
from pathlib import Path

import pytest

from infra.authoring.cases import capture_of, cases_in, expected_of, plain
from parsers.parse import parse_as

HERE = Path(__file__).parent


@pytest.mark.parametrize("case", cases_in(HERE / "sources"), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_every_field_is_as_expected(case):
    [file] = HERE.parent.rglob(f"{case.parent.name}.py")  # it may lie in the folder of its country
    source = runpy.run_path(str(file))["SOURCE"]
    assert plain(parse_as(capture_of(case), source)) == expected_of(case)
'''


@dataclass(frozen=True, slots=True)
class Places:
    """Where a source and its cases go, and what tests them; `tests` is None where the tests are there."""

    source: Path
    cases: Path
    tests: Path | None
    command: str

    @classmethod
    def of(cls, name: str, country: str | None, into: Path | None, sources_path: str) -> "Places":
        """In the given folder, else in the checkout that we are in, else in the first folder of the user's sources."""
        file = Path(country or "", f"{name}.py")
        if into is None and OWN_SOURCES.is_dir() and OWN_CASES.is_dir():
            if country is None:
                raise UsageError("newslake's own sources lie in folders of countries", "Say which, as --country no.")
            places = cls(OWN_SOURCES / file, OWN_CASES / name, None, f'make test ARGS="-k {name}"')
        elif into is None and not sources_path:
            raise UsageError(
                "this is no checkout of newslake, and NEWSLAKE_SOURCES_PATH is not set",
                "Say where the source is to go: --into FOLDER",
            )
        else:
            folder = into or Path(sources_path.split(os.pathsep, maxsplit=1)[0])
            tests = folder / "tests"
            places = cls(folder / file, tests / "sources" / name, tests / "test_sources.py", f"pytest {tests}")
        taken = next((path for path in (places.source, places.cases) if path.exists()), None)
        if taken:
            raise UsageError(f"{taken} is there already", "Remove it, or choose another name.")
        return places


def write_source(proposal: Proposal, other: Capture | None, places: Places) -> tuple[list[Path], list[str]]:
    """Write all of the source, with the page of the fullest record; the files, and what to look at in them."""
    source = proposal.source
    pages = zip(proposal.captures, (each.outcome for each in proposal.explanations), strict=True)
    parsed = [(capture, outcome) for capture, outcome in pages if isinstance(outcome, Parsed)]
    fullest, outcome = max(parsed, key=lambda pair: len(pair[1].origins))
    page = disguise(fullest, source)
    points = []
    if differing := unlike(outcome, parse_as(page, source)):
        points.append(f"with other words, the saved page reads otherwise in: {', '.join(differing)}")
    rejected = disguise(other, source) if other else None
    if rejected is None or isinstance(parse_as(rejected, source), Parsed):
        tree = Tree(decode(page.body, page.http_charset).text)
        if tree.body is not None:
            tree.body.inner_html = ""
        rejected = replace(page, body=(tree.html or "").encode())
        points.append(f"{places.cases / 'empty'} is the page without its body; a page of a section says more")
    places.source.parent.mkdir(parents=True, exist_ok=True)
    places.source.write_text(proposal.code, "utf-8")
    example, refused = places.cases / f"{page.captured_at:%Y-%m}", places.cases / ("home" if other else "empty")
    write_case(example, page, source)
    write_case(refused, rejected, source)
    if places.tests and not places.tests.exists():
        places.tests.write_text(_TESTS, "utf-8")
    points.append(f"{example / 'expected.json'}: compare it with the page beside it, field by field")
    return [places.source, example, refused, *filter(None, [places.tests])], points
