"""Kleine Zeitung, https://www.kleinezeitung.at. Layout verified on saved pages from 2025-06."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="kleinezeitung",
    title="Kleine Zeitung",
    hosts=("kleinezeitung.at",),
    language="de",
    timezone="Europe/Vienna",
    layouts=(
        Layout(
            "2025-06",
            body=".article-body .prose",
            lead=".t-article-lead",
            title="h1",
            drop=".not-prose, .js-skiplink, [data-container=storyelement]",
            figures=".not-prose:has(> img)",
            caption="small",
        ),
    ),
    generic=True,
)
