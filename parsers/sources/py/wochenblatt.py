"""Wochenblatt, https://wochenblatt.cc. Layout verified on a saved page from 2025-04."""

import re
from collections.abc import Sequence

from parsers.page.page import Page
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

# Stands below the text: the paper, then whose report it goes back to.
_ORIGINS = re.compile(r"Wochenblatt(?: / |$)")


def _origins(page: Page) -> Sequence[str]:
    """Whose report a text goes back to: `Wochenblatt / Última Hora`."""
    named = next(filter(_ORIGINS.match, page.texts(".entry-content > p")), "")
    return named.split(" / ")[1:]


SOURCE = Source(
    name="wochenblatt",
    title="Wochenblatt",
    hosts=("wochenblatt.cc",),
    language="de",
    timezone="America/Asuncion",
    discovery=(Feed("https://wochenblatt.cc/feed/"), OwnLists()),
    verified="feed named on saved pages from 2025-04",
    layouts=(
        Layout(
            "2025-04",
            body="article .entry-content",
            headings="p > strong",
            drop=".sharedaddy, .yarpp",
            authors=_origins,
            notes=_ORIGINS,
        ),
    ),
    generic=True,
)
