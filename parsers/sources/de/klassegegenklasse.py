"""Klasse Gegen Klasse, https://www.klassegegenklasse.org. Layout verified on saved pages from 2026-01."""

from parsers.source.definition import Layout, Source

_2026_01 = Layout(
    "2026-01",
    body=".singleContent",
    lead=".singleHeader-excerpt",
    published=".metaInfoDateTime",
    authors=".metaInfoAuthorList a",
    drop=".singleTagList",
    topics=".singleTagList a",
)

SOURCE = Source(
    name="klassegegenklasse",
    title="Klasse Gegen Klasse",
    hosts=("klassegegenklasse.org",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(_2026_01,),
    generic=True,
)
