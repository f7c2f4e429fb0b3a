"""FOCUS online, https://www.focus.de. Layout verified on saved pages from 2023-04."""

from parsers.source.definition import Layout, Source

_2023_04 = Layout(
    "2023-04",
    body="article .leadIn, article .textBlock:not(.orange-button-artobj)",
    lead="article .leadIn",
    figures="article .image",
    caption=".caption .caption",
    credit=".source",
)

SOURCE = Source(
    name="focus",
    title="FOCUS online",
    hosts=("focus.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(_2023_04,),
    generic=True,
)
