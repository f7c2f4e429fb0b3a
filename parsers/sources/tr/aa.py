"""Anadolu Ajansı, https://www.aa.com.tr. Layouts verified on saved pages from 2025-04 and 2026-04."""

from parsers.page.page import Page
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists


def _byline(page: Page) -> str | None:
    """The name in `Jane Doe | 05.04.2025`."""
    return (page.text(".detay-spot-category .row span:not(.tarih)") or "").rstrip(" |")


SOURCE = Source(
    name="aa",
    title="Anadolu Ajansı",
    hosts=("aa.com.tr",),
    language="tr",
    timezone="Europe/Istanbul",
    discovery=(Feed("https://www.aa.com.tr/tr/rss/default?cat=guncel"), OwnLists()),
    verified="feed named on saved pages from 2025-04 and 2026-04",
    layouts=(
        Layout("2026-04", body="section .prose", lead="h1 ~ span"),
        Layout(
            "2025-04",
            body=".detay-icerik",
            lead=".detay-spot-category h4",
            drop=".detay-paylas, .detay-foto-editor",
            byline=_byline,
            published=".detay-spot-category .tarih",
            topics=".detay-paylas a.btn",
        ),
    ),
    generic=True,
)
