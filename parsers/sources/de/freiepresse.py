"""Freie Presse, https://www.freiepresse.de. Layouts verified on saved pages from 2024-04 and 2024-11."""

from parsers.source.definition import Layout, Source

_2024_11 = Layout(
    "2024-11",
    body="article .article__text",
    lead="article .article__text > p.bold",
    drop=".article__location, .article__inline-images",
    byline=".author__name",
    section=".logo-rubrik__rubrik",
    figures="article .detail-img",
    caption=".detail-img__description",
    credit=".detail-img__copyright",
)
_2024_04 = Layout(
    "2024-04",
    body="article .article-text",
    lead="article .article-text > p.bold",
    drop=".firstSection > span, .appHint, #appBottomRgt",
    byline=".new-author-text",
    figures=".gallery-item",
    caption=".img-info",
)

SOURCE = Source(
    name="freiepresse",
    title="Freie Presse",
    hosts=("freiepresse.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(_2024_11, _2024_04),
    generic=True,
)
