"""A site that newslake has no source for: six articles in a news sitemap and a feed, a robots file."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.servers import Answer, scripted_server

HOST = "harbour.example"
SENTENCES = (
    "The harbour board voted on Tuesday to keep the old crane where it has stood for ninety years.",
    "Engineers had warned that its foundations were sinking by three millimetres in every winter.",
    "Nobody has yet said who will pay for the concrete that is to go beneath the northern leg.",
    "Children of the harbour school painted the cabin in the colours of the vessels it had served.",
)


def article(number: int, *, zone: str = "+00:00", story: str = "story", host: str = HOST) -> str:
    title, url = f"Crane number {number} stays where it is", f"https://{host}/news/crane-{number}-stays"
    at = f"{datetime.now(UTC):%Y-%m-%dT06:30:00}{zone}"
    record: dict[str, Any] = {
        "@type": "NewsArticle",
        "headline": title,
        "url": url,
        "datePublished": at,
        "articleSection": "Harbour",
    }
    record |= {"author": {"@type": "Person", "name": "Ines Falk"}, "mainEntityOfPage": url}
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    paragraphs = paragraphs.replace("<p>Nobody", '<div class="share">Share this story</div><p>Nobody')
    return f"""<!doctype html><html lang="en"><head><title>{title} - Harbour News</title><meta charset="utf-8">
<meta property="og:site_name" content="Harbour News"><meta property="og:type" content="article">
<link rel="canonical" href="{url}"><script type="application/ld+json">{json.dumps(record)}</script></head><body>
<nav><a href="/">Home</a></nav><main><article><h1>{title}</h1><p class="byline">By Ines Falk</p>
<div class="{story}">{paragraphs}</div></article></main></body></html>"""


HOME = f"""<!doctype html><html lang="en"><head><title>Harbour News</title>
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body><h1>Harbour News</h1><ul>
{"".join(f'<li><a href="/news/crane-{n}-stays">Crane number {n} stays where it is</a></li>' for n in range(6))}
</ul></body></html>"""


@contextmanager
def harbour_site(asked: list[str], host: str = HOST) -> Iterator[str]:
    """Serve it; yields where, and notes what is asked for."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    urls = "".join(
        f"<url><loc>https://{host}/news/crane-{n}-stays</loc><news:news><news:publication_date>{now}"
        "</news:publication_date></news:news></url>"
        for n in range(6)
    )
    namespaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    pages = {
        "/": HOME,
        "/robots.txt": f"User-agent: *\nDisallow: /private/\nSitemap: https://{host}/news-sitemap.xml\n",
        "/news-sitemap.xml": f'<?xml version="1.0"?><urlset {namespaces}>{urls}</urlset>',
        "/feed.xml": f"<rss><channel><item><link>https://{host}/news/crane-0-stays</link></item></channel></rss>",
        **{f"/news/crane-{n}-stays": article(n, host=host) for n in range(6)},
    }

    def answer(_method: str, path: str, _headers: Mapping[str, str], _body: bytes) -> Answer:
        asked.append(path)
        return Answer(200, pages[path].encode()) if path in pages else Answer(404, b"no such page")

    with scripted_server(answer) as server:
        yield server.endpoint
