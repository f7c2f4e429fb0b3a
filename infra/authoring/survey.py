"""What a site offers to somebody who writes a source for it, asked for politely."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

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
from parsers.parse import parse_as
from parsers.propose import draft_of
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
