"""der Freitag, https://www.freitag.de. Layout verified on saved pages from 2025-10."""

from parsers.source.definition import Layout, Source

_2025_10 = Layout(
    "2025-10",
    body=".bo-article-text",
    lead=".bc-article-intro__text",
    drop=".pts-article-image, .placeholder-infobox, .bo-quote",  # a quote repeats a sentence of the text
    byline="address",
    figures="article figure",
    caption=".bo-image__caption__desc",
    credit=".bo-image__caption__credit",
)

SOURCE = Source(
    name="freitag",
    title="der Freitag",
    hosts=("freitag.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(_2025_10,),
    generic=True,
)
