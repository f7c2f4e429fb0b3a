"""The Gateway Pundit, https://www.thegatewaypundit.com. Layouts verified on saved pages from 2023-04 to 2026-07."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="thegatewaypundit",
    title="The Gateway Pundit",
    hosts=("thegatewaypundit.com",),
    language="en",
    timezone="America/Chicago",
    layouts=(Layout("2023-04", body=".entry-content", drop=".speaker-mute, .code-block"),),
    generic=True,
)
