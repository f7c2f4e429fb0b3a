"""Украинская правда, https://www.pravda.com.ua. Layout verified on a saved page from 2026-01."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="pravda",
    title="Украинская правда",
    hosts=("pravda.com.ua",),
    language="ru",
    timezone="Europe/Kyiv",
    layouts=(
        Layout(
            "2026-01",
            body=".post_article_text",
            drop=".advtext_mob, .image-box",
            figures=".image-box",
            caption=".image-box__caption",
            credit=".image-box__author",
        ),
    ),
    generic=True,
)
