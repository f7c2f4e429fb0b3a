"""Süddeutsche Zeitung, https://www.sueddeutsche.de. Layout verified on saved pages from 2023-04 and 2024-09."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="sueddeutsche",
    title="Süddeutsche Zeitung",
    hosts=("sueddeutsche.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(
        Layout(
            "2023-04",
            body="[itemprop=articleBody]",
            lead="[data-manual=teaserText]",
            drop="[data-manual-remove], .teaserable-layout",
        ),
    ),
    generic=True,
)
