"""WDR, https://www1.wdr.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="wdr",
    title="WDR",
    hosts=("wdr.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(
        Layout(
            "2024-04",
            body="article[role=article]",
            blocks=".einleitung, .text, .subtitle, .checklist",
            lead=".einleitung",
            topics="meta[name=Keywords]",
        ),
    ),
    generic=True,
)
