"""El Mundo, https://www.elmundo.es. Layout verified on a saved page from 2024-12."""

from collections.abc import Sequence

from parsers.page.metadata import keywords
from parsers.page.page import Page
from parsers.source.definition import Layout, Source


def _topics(page: Page) -> Sequence[str]:
    """The keywords; the first is the path of a section."""
    return [word.rpartition("/")[2] for word in keywords(page.metadata.first("news_keywords"))]


SOURCE = Source(
    name="elmundo",
    title="El Mundo",
    hosts=("elmundo.es",),
    language="es",
    timezone="Europe/Madrid",
    layouts=(
        Layout(
            "2024-12",
            body=".ue-c-article__body",
            lead=".ue-c-article__standfirst",
            drop=".ue-c-article__listing",
            topics=_topics,
            figures=".ue-c-article__media",
            credit=".ue-c-article__media-source",
        ),
    ),
    generic=True,
)
