"""hessenschau, https://www.hessenschau.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source

_2024_04 = Layout(
    "2024-04",
    body="article > .region--narrow",
    drop=".hideCompletely, .infobox, .additionalInfo",
    published="article .c-contentHeader time",  # as readers see it; JSON-LD adds the seconds of the system
    figures=".copytext__captionLine",
    caption=".figcaption",
    credit=".figcaption__copyright",
)

SOURCE = Source(
    name="hessenschau",
    title="hessenschau",
    hosts=("hessenschau.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(_2024_04,),
    generic=True,
)
