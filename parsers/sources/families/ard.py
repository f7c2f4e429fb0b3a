"""News of the German public broadcaster ARD: Tagesschau and Sportschau."""

from typing import Final

from parsers.source.definition import Layout

ARD: Final = Layout(
    "2023-04",
    body="article.content-wrapper__group",
    blocks=".textabsatz, .meldung__subhead, article > ul, article > ol",
    lead=".seitenkopf + .textabsatz",
    byline=".authorline__inner",
    figures=".absatzbild",
    caption=".absatzbild__info__text",
)
