"""taz, https://taz.de. Layouts verified on saved pages from 2023-04 and 2024-10."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="taz",
    title="taz",
    hosts=("taz.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(
        Layout("2024-10", body=".main-article-corpus", lead="article > h1 ~ p.column", drop=".tzi-bottom-container"),
        Layout("2023-04", body="article.sectbody", lead=".intro", drop=".caption"),
    ),
    generic=True,
)
