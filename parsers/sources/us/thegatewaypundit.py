"""The Gateway Pundit, https://www.thegatewaypundit.com. Layouts verified on saved pages from 2023-04 to 2026-07."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="thegatewaypundit",
    title="The Gateway Pundit",
    hosts=("thegatewaypundit.com",),
    language="en",
    timezone="America/Chicago",
    discovery=(Feed("https://www.thegatewaypundit.com/feed/"), OwnLists()),
    verified="feed named on saved pages from 2023-04, 2024-02 and 2026-07",
    layouts=(Layout("2023-04", body=".entry-content", drop=".speaker-mute, .code-block"),),
    generic=True,
)
