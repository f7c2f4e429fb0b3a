"""The lists that a site itself names: sitemaps in its robots files, feeds on its home page."""

import re
from collections import Counter
from dataclasses import replace
from typing import Final

from infra.intake.web.fetching import FetchError
from infra.intake.web.polite_client import PoliteClient
from infra.work.live.list_client import ListClient, Reader
from parsers.fields.urls import parse_url
from parsers.lists.links import Reading
from parsers.source.definition import Source
from parsers.source.discovery import Sitemap

# Where plugins and Google's examples put sitemaps; asked only where the robots file names none.
PLACES: Final = ("/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml")
# Month or day in the address of a sitemap: `sitemap-2024-05.xml`, `ap-sitemap-202405.xml`, `?yyyy=2024&mm=05&dd=02`.
DATED: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:[-_/.]|&(?:amp;)?m+=)?(?P<month>0[1-9]|1[0-2])"
    r"(?:(?:[-_/.]|&(?:amp;)?d+=)?(?P<day>0[1-9]|[12]\d|3[01]))?(?!\d)"
)
# WordPress, Yoast and others keep a sitemap for each kind of page.
OF_ARTICLES: Final = re.compile(
    r"^(?!.*(?:categor(?:y|ies)|tags?|authors?|users|images?|videos?|taxonom(?:y|ies)|products?)[-_]*sitemap"
    r"|.*sitemaps?[-_](?:taxonomies|users|categor(?:y|ies)|tags?|authors?|images?|videos?)\b)",
    re.I,
)
_NEWS: Final = re.compile(r"news", re.I)
# Below that many links, a sitemap whose times say nothing costs little; of more, half at one moment is no newsroom.
FEW: Final = 100


def own_sitemaps(source: Source, client: PoliteClient, lists: ListClient, reader: Reader) -> list[Sitemap]:
    """The sitemaps that the robots files of a source's hosts name, or that are where most are; those of news first."""
    found: list[str] = []
    for host in source.hosts:
        home = f"https://{host}/"
        try:
            found += client.sitemaps(home, source)
        except FetchError as error:  # of hosts that articles were on before, none needs to be there any more
            lists.note_failure(f"{home}robots.txt", error, whole=host != source.hosts[0])
    if not found and not lists.host_failed:
        places = (f"https://{source.hosts[0]}{place}" for place in PLACES)
        found = [url for url in places if lists.is_there(url, reader)]
    named = sorted(dict.fromkeys(filter(OF_ARTICLES.search, found)), key=lambda url: not is_of_news(url))
    return [Sitemap(url, children=OF_ARTICLES, dated=DATED) for url in named]


def is_of_news(url: str) -> bool:
    """Whether a sitemap is of news by its address; its entries say for certain."""
    parsed = parse_url(url)
    return parsed is not None and bool(_NEWS.search(parsed.pathname + parsed.search))


def with_telling_times(reading: Reading) -> Reading:
    """A sitemap without its times where most are one and the same: when it was made, not when its pages changed."""
    times = Counter(link.hint for link in reading.links)
    if len(reading.links) < FEW or max(times.values()) <= len(reading.links) / 2:
        return reading
    return replace(reading, links=tuple(replace(link, hint=None) for link in reading.links))
