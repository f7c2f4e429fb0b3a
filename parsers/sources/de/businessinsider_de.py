"""Business Insider Deutschland, https://www.businessinsider.de. Layout verified on saved pages from 2024-01."""

from parsers.source.definition import Layout, Source

_2024_01 = Layout(
    "2024-01",
    body="article .article-body",
    lead=".bi-bulletpoints",
    drop=".bi-image, .wp-block-inline-teaser, [class^=sourcepoint], .has-inline-color, p.has-text-align-right",
    title="[itemprop=headline]",
    related=".wp-block-inline-teaser a",
    figures=".bi-image",
    caption=".bi-image__caption-wrapper",
    credit=".bi-content-image-copyright",
)

SOURCE = Source(
    name="businessinsider_de",
    title="Business Insider Deutschland",
    hosts=("businessinsider.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(_2024_01,),
    generic=True,
)
