"""AFP Faktencheck, https://faktencheck.afp.com. Layout verified on saved pages from 2026-05."""

from parsers.source.definition import Layout, Source

_2026_05 = Layout(
    "2026-05",
    body="article .wrapper-body",
    lead=".wrapper-summary",
    drop=".wrapper-image",
    authors=".person-link a",
    published=".date-full-format",
    topics=".top-header .tag-like",
    figures=".image-wrapper, .wrapper-image",
    caption=".legend",
)

SOURCE = Source(
    name="afpfaktencheck",
    title="AFP Faktencheck",
    hosts=("faktencheck.afp.com",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(_2026_05,),
    generic=True,
)
