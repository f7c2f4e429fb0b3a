"""Papers of Ippen Digital: Merkur, Frankfurter Rundschau and many regional ones."""

from typing import Final

from parsers.source.definition import Layout

IPPEN: Final = Layout(
    "2023-04",
    body="article.idjs-Story",
    blocks=".id-StoryElement-leadText, .id-StoryElement-paragraph, .id-StoryElement-crosshead, .id-StoryElement-list",
    lead=".id-StoryElement-leadText",
    title='meta[property="og:title"]',
)
