"""DER STANDARD, https://www.derstandard.at. Layout verified on saved pages from 2024-05."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="derstandard",
    title="DER STANDARD",
    hosts=("derstandard.at", "derstandard.de"),
    language="de",
    timezone="Europe/Vienna",
    layouts=(Layout("2024-05", body="div.article-body", lead=".article-subtitle", credit="footer"),),
    generic=True,
)
