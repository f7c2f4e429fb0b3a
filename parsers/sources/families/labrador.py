"""Labrador CMS, https://labradorcms.com, of papers in the north."""

from typing import Final

from parsers.source.definition import Layout

LABRADOR: Final = Layout(
    "labrador",
    body="article .bodytext",
    lead=".articleHeader .subtitle",
    drop=".factbox, .google-ad, .preview, .preview-link, .byline",
    caption="[itemprop=caption]",
    credit="[itemprop=author]",
)
