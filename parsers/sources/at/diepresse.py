"""Die Presse, https://www.diepresse.com. Layout verified on saved pages from 2025-06."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="diepresse",
    title="Die Presse",
    hosts=("diepresse.com",),
    language="de",
    timezone="Europe/Vienna",
    layouts=(Layout("2025-06", body="#article-body", lead=".article > .lead", drop=".fm-box, .article__extra"),),
    generic=True,
)
