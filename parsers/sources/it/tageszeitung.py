"""Die Neue Südtiroler Tageszeitung, https://www.tageszeitung.it. Layout verified on a saved page from 2025-04."""

import re

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="tageszeitung",
    title="Die Neue Südtiroler Tageszeitung",
    hosts=("tageszeitung.it",),
    language="de",
    timezone="Europe/Rome",
    discovery=(Feed("https://www.tageszeitung.it/feed/"), OwnLists()),
    verified="feed named on saved pages from 2025-04",
    layouts=(Layout("2025-04", body="#article_content", published=".meta_date", notes=re.compile(r"Foto\(s\): ©")),),
    generic=True,
)
