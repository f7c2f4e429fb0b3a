"""Коммерсантъ, https://www.kommersant.ru. Layout verified on a saved page from 2025-05."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="kommersant",
    title="Коммерсантъ",
    hosts=("kommersant.ru",),
    language="ru",
    timezone="Europe/Moscow",
    layouts=(
        Layout(
            "2025-05",
            body=".article_text_wrapper",
            lead=".doc_header__subheader",
            drop=".document_authors, .ui-modal",
            figures=".doc_media__figure",
            credit=".doc_media__src",
        ),
    ),
    generic=True,
)
